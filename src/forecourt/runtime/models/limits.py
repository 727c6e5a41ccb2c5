"""How often something was tried lately; written by `runtime.limits` alone."""

from django.db import models


class Budget(models.Model):
    """What one source has spent of one limit. Of no organisation: whoever signs in has not said yet where."""

    key = models.CharField(max_length=64, primary_key=True)
    """A digest: the table tells nobody who tried."""
    spent = models.FloatField(default=0)
    at = models.DateTimeField()

    class Meta:
        app_label = "runtime"
        indexes = [models.Index(fields=["at"], name="budget_by_age")]
