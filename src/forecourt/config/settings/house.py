"""Which rooms the house has."""

from forecourt.config import parts
from forecourt.config.environment import environment

INSTALLED_APPS = [
    # First, because whose template is found first is shown: ours for signing in and for errors, not those that libraries bring.
    "forecourt.faces.ui",
    "forecourt.faces.staff",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_cotton",
    "forecourt.runtime",
    "forecourt.records.accounts",
    "forecourt.records.catalogue",
    "forecourt.records.dealership",
    "forecourt.records.people",
    "forecourt.records.vehicles",
    "forecourt.records.history",
    "forecourt.records.timeline",
    "forecourt.engines.intake",
    "forecourt.engines.audience",
    "forecourt.engines.messaging",
    "forecourt.engines.booking",
    "forecourt.engines.offers",
    "forecourt.engines.cases",
    "forecourt.engines.exchange",
    "forecourt.journeys.workshop",
    "forecourt.journeys.marketing",
    "forecourt.journeys.care",
    "forecourt.faces.customer",
    "forecourt.faces.api",
    "forecourt.faces.hooks",
    "forecourt.config",
]

AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ANALYTICS = environment().analytics
CLOCK = environment().clock
DATA = environment().data
DEBUG = environment().debug
INBOX = environment().inbox
INTERNAL_HOSTS = environment().internal_hosts
IS_LOCAL = environment().is_local
RUN_FOLDER = environment().run_folder
LIVE_HEALTH_URL = f"http://{environment().reached_at}:{environment().live_port}/healthz"
LIVE_WORKER_NAME = parts.LIVE_WORKER.connections
WORKER_NAME = parts.WORKER.connections
BULK_WORKER_NAME = parts.BULK_WORKER.connections
FETCH_WORKER_NAME = parts.FETCH_WORKER.connections
RUNS_MAIL_SERVER = environment().runs_mail_server
HAS_TEXTS = bool(environment().texts_url)
TEXTS_PLACE = environment().texts_place
RUNS_TEXTS_GATEWAY = environment().runs_texts_gateway
# E-mail is unique by a constraint over its lower case, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
