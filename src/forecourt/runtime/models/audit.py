"""Who saw or changed what: append-only, in the same transaction as the act; and the seals that chain the entries."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class AuditEntry(ScopedModel):
    """One act of one actor. Ids, digests and numbers, never a name, an address or free text."""

    seen_everywhere = "entries of every dealer wait for their seal"

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    about = ArrayField(models.UUIDField(), default=list)  # the persons whom it concerns, besides the object itself
    values = models.JSONField(default=dict)

    class Meta:
        app_label = "runtime"
        indexes = [
            models.Index(fields=["organisation_id", "object_kind", "object_id", "-at"], name="audit_by_object"),
            models.Index(fields=["organisation_id", "actor_id", "-at"], name="audit_by_actor"),
            models.Index(fields=["organisation_id", "-at", "-id"], name="audit_by_time"),
        ]


class AuditCheck(ScopedModel):
    """That the chain was followed from its beginning: when, how long it was, and what did not fit. Times are the machine's."""

    at = models.DateTimeField()
    lines = models.PositiveBigIntegerField()
    broken = models.PositiveIntegerField()
    findings = ArrayField(models.CharField(max_length=80), default=list)  # the first of them: kind, number, id of the entry

    class Meta:
        app_label = "runtime"
        indexes = [models.Index(fields=["organisation_id", "-at"], name="audit_check_by_time")]


class AuditSeal(ScopedModel):
    """A link of an organisation's chain: one entry, behind the one before it. Written by `runtime.sealing` alone."""

    number = models.PositiveBigIntegerField()
    entry_id = models.UUIDField(unique=True)  # no foreign key: a removed entry is what the chain shall find
    digest = models.CharField(max_length=64)

    class Meta:
        app_label = "runtime"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_seal_per_number")]
