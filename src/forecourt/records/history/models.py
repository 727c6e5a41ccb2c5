"""Visits and their job lines, whoever did them: imported from a dealer management system or our own."""

from django.db import models

from forecourt.runtime.corrections import Correction
from forecourt.runtime.departures import Departure
from forecourt.runtime.origins import Origin, indexes
from forecourt.runtime.scope import ScopedModel


class Visit(Departure, Origin, ScopedModel):
    """A repair order: one car, one stay. `source` is "own" for visits that our own workshop opened. One that is gone counts no more."""

    # What these name is checked as a set, see `runtime.database.references`; that asks within a dealer, as the indexes further down do.
    site = models.ForeignKey("dealership.Site", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.PROTECT, related_name="visits", db_index=False, db_constraint=False)
    customer = models.ForeignKey(
        "people.Customer", on_delete=models.PROTECT, null=True, related_name="visits", db_index=False, db_constraint=False
    )
    number = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    is_own = models.BooleanField(default=False)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    mileage = models.PositiveIntegerField(null=True)  # kilometres
    net_total = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        app_label = "history"
        indexes = [
            models.Index(fields=["organisation_id", "vehicle", "-opened_on"], name="visit_by_vehicle"),
            models.Index(fields=["organisation_id", "customer", "-opened_on"], name="visit_by_customer"),
            models.Index(fields=["organisation_id"], condition=models.Q(gone_on__isnull=False), name="visit_gone"),
            *indexes("visit"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "site", "number"], name="one_visit_per_site_and_number")]


class VisitCorrection(Correction):
    """What staff put right about an order, and what its source says meanwhile."""

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )  # the constraint's index begins with it

    class Meta:
        app_label = "history"
        constraints = [models.UniqueConstraint(fields=["visit", "part"], name="one_correction_per_part_of_visit")]


class JobLine(ScopedModel):
    """One line of a repair order. `text_key` names its normalised code and words, so that equal texts are classified once."""

    # Checked as a set, see `runtime.database.references`; the constraint's index begins with it.
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="lines", db_index=False, db_constraint=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, default="labour")  # labour | part
    code = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=400, blank=True)
    text_key = models.CharField(max_length=32)
    hours = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, default=1)
    net_amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        app_label = "history"
        indexes = [models.Index(fields=["organisation_id", "text_key"], name="job_line_by_text")]
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="one_job_line_per_position")]
