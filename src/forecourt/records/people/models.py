"""The dealer's customers, how each source calls them, which of them are one person, and the consent ledger."""

from django.db import models

from forecourt.runtime.scope import ScopedModel


class Customer(ScopedModel):
    """A dealer's own record of a person or firm; several cars may hang on it."""

    number = models.CharField(max_length=40)  # what people see and say
    kind = models.CharField(max_length=10, default="private")  # private | business | internal
    salutation = models.CharField(max_length=20, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=160, blank=True)
    sort_key = models.CharField(max_length=160, blank=True)  # kernel.identifiers.sort_key
    match_name = models.CharField(max_length=200, blank=True)  # kernel.identifiers.normal_name
    language = models.CharField(max_length=10, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=24, blank=True)  # E.164
    mobile = models.CharField(max_length=24, blank=True)  # E.164
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    home_site_id = models.UUIDField(null=True)
    adviser_id = models.UUIDField(null=True)  # dealership.StaffMember
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")  # the record that stands for this one
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["organisation_id", "sort_key", "id"], name="customer_by_name"),
            models.Index(fields=["organisation_id", "email"], name="customer_by_email"),
            models.Index(fields=["organisation_id", "match_name"], name="customer_by_match_name"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_customer_per_number")]

    @property
    def name(self) -> str:
        return self.company if self.kind == "business" and self.company else f"{self.first_name} {self.last_name}".strip()

    def __str__(self) -> str:
        return self.name


class CustomerReference(ScopedModel):
    """The number a source (a dealer management system) knows a customer by."""

    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="references")
    # It came with a record that was merged into another: what the source says under this number does not overwrite what was chosen then.
    is_secondary = models.BooleanField(default=False, db_default=False)

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "source", "number"], name="one_customer_per_reference")]


class NameWord(ScopedModel):
    """One word of a customer's name, for search by range. A trigger keeps these whenever `match_name` is written, however that was."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=200)

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["organisation_id", "word", "customer"], name="customer_by_word"),
            models.Index(fields=["customer"], name="word_of_customer"),
        ]


class Likeness(ScopedModel):
    """Two records that may be one person, with the evidence as codes and weights, never as values. States: waiting, merged, different, gone."""

    one = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)  # the smaller id of the two
    other = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    weight = models.DecimalField(max_digits=6, decimal_places=2)
    evidence = models.JSONField(default=list)  # [{"of": "email", "level": "same", "weight": 13.14}, …]
    is_clear = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="waiting")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)  # dealership.StaffMember; none when it was decided by rule

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "state", "-weight", "id"], name="likeness_to_decide")]
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="one_likeness_per_pair")]


class Merge(ScopedModel):
    """That one record was taken into another, and all that is needed to take it back."""

    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    taken = models.JSONField(default=dict)  # column -> [before, after] of the survivor
    weight = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    merged_at = models.DateTimeField()
    merged_by_kind = models.CharField(max_length=12)
    merged_by_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "-merged_at"], name="merge_by_time")]


class MovedRow(ScopedModel):
    """One row that followed in a merge."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moved")
    label = models.CharField(max_length=80)  # of runtime.references: "workshop.appointment.customer_id"
    row_id = models.UUIDField()

    class Meta:
        app_label = "people"


class MergePolicy(ScopedModel):
    """How the dealer wants it; no row means the defaults."""

    merges_clear_pairs = models.BooleanField(default=True)
    looked_at = models.DateTimeField(null=True)  # when all records were last compared

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_merge_policy")]


class ConsentEntry(ScopedModel):
    """One line of the append-only ledger; the state of a consent is computed from its lines."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consent_entries")
    purpose = models.CharField(max_length=24)  # contract | service_reminder | survey | offers | recall
    channel = models.CharField(max_length=12)  # email | sms | phone | post | app
    act = models.CharField(max_length=10)  # give | withdraw | object
    wording = models.CharField(max_length=40)  # key of the text shown
    wording_version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=40)  # import:<name> | staff | link | double_opt_in | dealer_rule
    staff_id = models.UUIDField(null=True)
    evidence = models.JSONField(default=dict)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "customer", "purpose", "channel", "-entered_at"], name="consent_state")]
