"""The pages as a WSGI application: `granian --interface wsgi forecourt.config.wsgi:application` runs it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")

application = get_wsgi_application()
