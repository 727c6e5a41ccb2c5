"""Fragments of pages on their way to the browsers that show them; written by `runtime.live.fragments` alone."""

from django.db import models
from django.db.models.functions import Now


class LiveFragment(models.Model):
    """One change, rendered once per variant. Read by the live process within milliseconds, replayed for ten minutes, then deleted.

    Not a scoped model: the live process serves all organisations and compares each row's with that of the token.
    """

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.UUIDField(null=True)
    """None for what concerns a session, not an organisation's rows."""
    topic = models.CharField(max_length=120)
    variants = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "runtime"
        indexes = [models.Index(fields=["created_at"], name="live_by_age")]
