"""Which database the application and the migrations speak to, as URLs and as Django's dictionary.

Importing or asking never starts a server: settings are read by processes that need none.
"""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from forecourt.config.environment import environment
from forecourt.config.postgres.cluster import locate
from forecourt.config.postgres.problem import PostgresProblem


def application_url() -> str:
    """The role without rights over the schema: DATABASE_URL, or the embedded cluster's."""
    here = environment()
    return here.database_url or locate(here.data).url("app")


def owner_url() -> str:
    """The role that owns the schema, for migrations: DATABASE_ADMIN_URL, or the embedded cluster's."""
    here = environment()
    if here.runs_database:
        return locate(here.data).url("owner")
    if not here.database_admin_url:
        raise PostgresProblem("Set DATABASE_ADMIN_URL to the role that owns the database; DATABASE_URL's role may not change tables.")
    return here.database_admin_url


def django_database(url: str) -> dict[str, Any]:
    """The entry of Django's DATABASES for a libpq URL; whatever Django has no word for becomes an option of the connection."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry: dict[str, Any] = {name: str(parts.pop(key, None) or "") for name, key in known.items()}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": parts}
