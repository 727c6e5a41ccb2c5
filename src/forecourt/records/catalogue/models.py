"""Kinds of work: the one vocabulary that audience, booking, offers and history share. Each dealer has its own rows."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class WorkKind(ScopedModel):
    """A kind of work with its usual time, skill, bay equipment, interval and price."""

    code = models.CharField(max_length=40)  # "inspection", "oil_service", …
    names = models.JSONField(default=dict)  # language -> name, all five languages
    minutes = models.PositiveIntegerField()
    skill = models.CharField(max_length=40, default="basic")
    equipment = models.CharField(max_length=40, default="lift")
    interval_months = models.PositiveIntegerField(null=True)
    interval_km = models.PositiveIntegerField(null=True)
    price_net = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    is_invited = models.BooleanField(default=False)  # falls due by itself and is worth an invitation
    is_paid_service = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        app_label = "catalogue"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "code"], name="one_work_kind_per_code")]
        ordering = ["position", "code"]

    def label(self, language: str) -> str:
        """The kind's name in a language, else English, else its code."""
        return str(self.names.get(language) or self.names.get("en") or self.code)
