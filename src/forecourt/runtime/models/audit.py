"""Who saw or changed what: append-only, in the same transaction as the act."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class AuditEntry(ScopedModel):
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    values = models.JSONField(default=dict)

    class Meta:
        app_label = "runtime"
        indexes = [models.Index(fields=["organisation_id", "object_kind", "object_id", "-at"], name="audit_by_object")]
