"""Pages: middleware, templates, static files, sign-in."""

from pathlib import Path

from forecourt.config.environment import environment

ROOT_URLCONF = "forecourt.config.urls"
WSGI_APPLICATION = "forecourt.config.wsgi.application"
PUBLIC_URL = environment().public_url or environment().origin

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "forecourt.faces.ui.security.ContentSecurityPolicy",
    "forecourt.faces.api.door.SpeaksJson",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "forecourt.faces.api.door.TokenScope",
    "forecourt.faces.ui.language.PersonsLanguage",
    "forecourt.faces.ui.refusals.AnswerRefusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "forecourt.faces.ui.context.interface",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "forecourt.faces.ui.templatetags.ui"],
        },
    }
]
COTTON_DIR = "cotton"

STATIC_URL = "/static/"
STATIC_ROOT = environment().data / "static"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = environment().debug

# Who signs in how: docs/decisions/0007-signing-in.md.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "forecourt.faces.staff.signin.adapter.InvitedOnly"
ACCOUNT_RATE_LIMITS = False  # counted in PostgreSQL by runtime.limits, for all processes together
ACCOUNT_REAUTHENTICATION_REQUIRED = False  # faces.staff.signin.confirming asks again before powerful acts
PASSWORD_RESET_TIMEOUT = 3600  # seconds; what the mail about a forgotten password promises
MFA_ADAPTER = "forecourt.records.accounts.factors.Sealed"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"authenticate": "forecourt.faces.staff.signin.forms.CodeForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_REAUTHENTICATION_REQUIRED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever was invited has shown by the link that the address is theirs
MFA_RATE_LIMITS = False
MFA_TOTP_ISSUER = "Forecourt"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = environment().is_local  # localhost has no TLS

FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20
FORMS_URLFIELD_ASSUME_HTTPS = True
LOCALE_PATHS = [Path(__file__).resolve().parents[2] / "locale"]
