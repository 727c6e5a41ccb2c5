"""The database: an embedded PostgreSQL for the first run, or the server that DATABASE_URL names.

Owns where the cluster lies, who runs it, its roles and the URLs by which the rest of Forecourt reaches it. Leaves tables to the
migrations and policies to the records.
"""

from forecourt.config.postgres.cluster import Cluster, PostgresProblem, ensure_running, locate, running
from forecourt.config.postgres.roles import refuse_privileged_role
from forecourt.config.postgres.urls import application_url, django_database, owner_url

__all__ = [
    "Cluster",
    "PostgresProblem",
    "application_url",
    "django_database",
    "ensure_running",
    "locate",
    "owner_url",
    "refuse_privileged_role",
    "running",
]
