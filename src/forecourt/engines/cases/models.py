"""Promises with a deadline."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class Case(ScopedModel):
    """States: open, contacted, solved, confirmed, reopened."""

    seen_everywhere = "cases fall due at every dealer"

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)  # low_score, later complaint, claim …
    site_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    vehicle_id = models.UUIDField(null=True)
    cause_kind = models.CharField(max_length=16)
    cause_id = models.UUIDField()
    urgency = models.CharField(max_length=8, default="high")
    owner_id = models.UUIDField(null=True)  # dealership.StaffMember
    state = models.CharField(max_length=10, default="open")
    opened_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    solve_due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    contact_told_at = models.DateTimeField(null=True)  # when it was said that the contact is late
    solution_told_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="one_case_per_number"),
            models.UniqueConstraint(fields=["organisation_id", "cause_kind", "cause_id"], name="one_case_per_cause"),
        ]


class Note(ScopedModel):
    """What was said or done about a case; free text that can be erased."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    kind = models.CharField(max_length=12, default="note")  # note | call | solution | customer
    written_at = models.DateTimeField()
    written_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "cases"
        ordering = ["written_at"]
