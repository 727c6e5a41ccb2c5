"""How it was: one question after each visit."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class Survey(ScopedModel):
    """States: planned, sent, answered, skipped. Score 0 to 10."""

    seen_everywhere = "evenings come at every dealer"

    customer = models.ForeignKey("people.Customer", on_delete=models.PROTECT, related_name="surveys")
    vehicle_id = models.UUIDField()
    site_id = models.UUIDField()
    job_card_id = models.UUIDField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="planned")
    skipped_because = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        app_label = "care"
        indexes = [models.Index(fields=["state", "due_at"], name="survey_to_send")]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "job_card_id"], name="one_survey_per_job_card")]
