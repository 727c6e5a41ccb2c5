"""Languages and time."""

from django.utils.translation import gettext_lazy as _

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("de", _("German")),
    ("it", _("Italian")),
    ("en", _("English")),
    ("ro", _("Romanian")),
    ("zh-hans", _("Chinese")),
]
LANGUAGE_COOKIE_NAME = "forecourt_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
