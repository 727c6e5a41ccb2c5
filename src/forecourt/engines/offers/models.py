"""Prices: what was shown, what was agreed to, what was invoiced."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class Request(ScopedModel):
    """Items put to a customer for a decision. States: draft, open, answered, withdrawn."""

    subject_kind = models.CharField(max_length=16)  # job_card
    subject_id = models.UUIDField()
    site_id = models.UUIDField()
    customer_id = models.UUIDField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)  # estimate | extra
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default="draft")
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "offers"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "subject_id", "number"], name="one_request_per_subject_and_number")
        ]


class Item(ScopedModel):
    """One thing to say yes or no to. Once shown it is not changed; a change is a new item. States: pending, approved, rejected, withdrawn."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    detail = models.TextField(blank=True)
    urgency = models.CharField(max_length=10)  # safety | soon | can_wait
    net = models.DecimalField(max_digits=12, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    gross = models.DecimalField(max_digits=12, decimal_places=2)
    minutes = models.PositiveIntegerField(default=0)
    photos = ArrayField(models.UUIDField(), default=list, blank=True)  # runtime.StoredFile
    shown_digest = models.CharField(max_length=64, blank=True)  # over exactly what is shown
    state = models.CharField(max_length=10, default="pending")

    class Meta:
        app_label = "offers"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="one_item_per_position"),
            models.CheckConstraint(condition=models.Q(net__gte=0), name="item_costs_nothing_or_more"),
        ]


class Decision(ScopedModel):
    """Who agreed to what, when, how and to which wording. Append-only."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10)  # approved | rejected
    shown_digest = models.CharField(max_length=64)
    shown = models.JSONField()  # the exact wording, price and pictures
    decided_at = models.DateTimeField()
    decided_by_kind = models.CharField(max_length=12)
    decided_by_id = models.UUIDField(null=True)
    how = models.CharField(max_length=12)  # link | phone | desk | signature
    address = models.CharField(max_length=45, blank=True)  # network address of the decider

    class Meta:
        app_label = "offers"


class InvoiceSequence(ScopedModel):
    """The locked row that makes numbers gap-free per legal entity."""

    legal_entity_id = models.UUIDField(unique=True)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "offers"


class Invoice(ScopedModel):
    """Issued and never changed; corrections are credit notes."""

    legal_entity_id = models.UUIDField()
    site_id = models.UUIDField()
    subject_kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    customer_id = models.UUIDField()
    number = models.CharField(max_length=32)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    parties = models.JSONField()  # seller and buyer as printed
    about = models.JSONField(default=dict)  # what it is for, as printed: plate, VIN, mileage, day of delivery …
    net = models.DecimalField(max_digits=12, decimal_places=2)
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    gross = models.DecimalField(max_digits=12, decimal_places=2)
    tax_groups = models.JSONField()
    pdf = models.ForeignKey("runtime.StoredFile", on_delete=models.PROTECT, null=True)

    class Meta:
        app_label = "offers"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "legal_entity_id", "number"], name="one_invoice_per_number"),
            models.UniqueConstraint(fields=["organisation_id", "subject_kind", "subject_id"], name="one_invoice_per_subject"),
        ]


class InvoiceLine(ScopedModel):
    """`item` is the approval that allows the line; triggers refuse a line whose item is not approved or was cheaper, and later lines."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=10, decimal_places=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        app_label = "offers"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="one_invoice_line_per_position")]
