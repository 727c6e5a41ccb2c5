"""One PostgreSQL, two roles: pages and workers use the application's; migrations run as the owner (`FORECOURT_AS_OWNER=1`)."""

import os

from forecourt.config.postgres import application_url, django_database, owner_url

_as_owner = os.environ.get("FORECOURT_AS_OWNER") == "1"

DATABASES = {
    "default": {
        **django_database(owner_url() if _as_owner else application_url()),
        "ENGINE": "forecourt.runtime.database",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
