"""The dealer's customers, how each source calls them, which of them are one person, and the consent ledger."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.corrections import Correction
from forecourt.runtime.departures import Departure
from forecourt.runtime.origins import Origin, indexes
from forecourt.runtime.scope import ScopedModel


class Customer(Origin, ScopedModel):
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
    tier = models.CharField(max_length=10, blank=True, default="", db_default="")  # standing.TIERS
    looks_for = models.CharField(max_length=10, blank=True, default="", db_default="")  # standing.LOOKS_FOR
    home_site_id = models.UUIDField(null=True)
    adviser_id = models.UUIDField(null=True)  # dealership.StaffMember
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")  # the record that stands for this one
    created_at = models.DateTimeField(auto_now_add=True)
    gone_on = models.DateField(null=True)  # since when no source has it that once had it

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["organisation_id", "sort_key", "id"], name="customer_by_name"),
            models.Index(fields=["organisation_id", "email"], name="customer_by_email"),
            models.Index(fields=["organisation_id", "match_name"], name="customer_by_match_name"),
            models.Index(fields=["organisation_id"], condition=models.Q(kind="internal"), name="customer_internal"),  # left out of segments
            *indexes("customer"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_customer_per_number")]

    @property
    def name(self) -> str:
        return self.company if self.kind == "business" and self.company else f"{self.first_name} {self.last_name}".strip()

    def __str__(self) -> str:
        return self.name


class CustomerCorrection(Correction):
    """What staff or the customer put right, and what the dealer management system says meanwhile."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["customer", "part"], name="one_correction_per_part_of_customer")]


class CustomerReference(Departure, ScopedModel):
    """The number a source (a dealer management system) knows a customer by."""

    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="references")
    # It came with a record that was merged into another: what the source says under this number does not overwrite what was chosen then.
    is_secondary = models.BooleanField(default=False, db_default=False)
    listed_at_id = models.UUIDField(null=True)  # the site whose own complete list named it last

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "source"], condition=models.Q(gone_on__isnull=False), name="customer_gone")]
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


class Erasure(ScopedModel):
    """That a person is to be, or was, erased: ids, codes and counts, never who it was. States: waiting, running, done, failed."""

    customer_id = models.UUIDField()
    customer_ids = ArrayField(models.UUIDField(), default=list)  # with the records merged into it
    reason = models.CharField(max_length=20)  # asked | withdrew | no_longer_needed | wrongly_kept | replayed
    state = models.CharField(max_length=10, default="waiting")
    is_patient = models.BooleanField(default=False)  # waits by itself until nothing stands in the way
    requested_at = models.DateTimeField()
    requested_by_kind = models.CharField(max_length=12)
    requested_by_id = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # table or place -> how many rows or things
    kept = models.JSONField(default=list)  # [{"label": "offers.invoice", "number": …, "until": …}]

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "-requested_at"], name="erasure_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["customer_id"], condition=models.Q(state__in=("waiting", "running")), name="one_open_erasure")
        ]


class RetentionRun(ScopedModel):
    """That what was past its time was looked for and taken away: figures by kind, never what it was."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)  # none: it was cut short, and the next one goes on
    gone = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=list)  # [{"label": "messaging.click", "rows": …, "due": …, "oldest": …, "next_at": …, "gone": …}, …]

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "-started_at"], name="retention_run_by_time")]


class Takeout(ScopedModel):
    """All that is known of a person as one archive, made on request and kept for a week. States: waiting, ready, failed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="waiting")
    requested_at = models.DateTimeField()
    requested_by_kind = models.CharField(max_length=12)
    requested_by_id = models.UUIDField(null=True)
    ready_at = models.DateTimeField(null=True)
    stored_file = models.ForeignKey("runtime.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "customer", "-requested_at"], name="takeout_by_customer")]


class ConsentEntry(ScopedModel):
    """One line of the append-only ledger; the state of a consent is computed from its lines (docs/reference/consent.md)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consent_entries")
    controller = models.CharField(max_length=60, default="dealer", db_default="dealer")  # who may send by it: Controller.key
    purpose = models.CharField(max_length=24)  # contract | recall | service_reminder | survey | offers | pixel | connected_car
    channel = models.CharField(max_length=12)  # email | sms | phone | post | app | car
    brand = models.CharField(max_length=40, default="", db_default="", blank=True)  # empty: all brands
    act = models.CharField(max_length=10)  # give | confirm | withdraw | object
    basis = models.CharField(max_length=16, default="consent", db_default="consent")  # consent | order | soft_opt_in
    form = models.CharField(max_length=16, default="unknown", db_default="unknown")  # how it was given; see consent.terms.FORMS
    confirms = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="confirmations")
    sale_reference = models.CharField(max_length=60, default="", db_default="", blank=True)  # what a soft opt-in rests on
    sold_at = models.DateTimeField(null=True)
    wording = models.CharField(max_length=40)  # key of the text shown; Wording has the text
    wording_version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=40)  # import:<name> | staff | link | app | dealer_rule
    staff_id = models.UUIDField(null=True)
    evidence = models.JSONField(default=dict)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["organisation_id", "customer", "purpose", "channel", "-entered_at"], name="consent_state"),
            models.Index(fields=["confirms"], condition=models.Q(confirms__isnull=False), name="consent_confirmation"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(act__in=("give", "confirm", "withdraw", "object")), name="consent_act_known"),
            models.CheckConstraint(
                condition=models.Q(act="confirm", confirms__isnull=False) | (~models.Q(act="confirm") & models.Q(confirms__isnull=True)),
                name="only_a_confirmation_confirms",
            ),
        ]


class ConsentRule(ScopedModel):
    """What the dealer's counsel decided for the whole house."""

    double_opt_in = models.CharField(max_length=12, default="by_country")  # by_country | always | never

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_consent_rule_per_organisation")]


class Controller(ScopedModel):
    """Somebody who answers for a customer's data in their own right; the dealer itself is `dealer` and needs no row."""

    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)  # dealer | group | importer
    name = models.CharField(max_length=120)

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "key"], name="one_controller_per_key")]

    def __str__(self) -> str:
        return self.name


class Wording(ScopedModel):
    """A text that people agreed to or refused, as it stood; another text under the same key is another version. Append-only."""

    key = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    text = models.TextField()
    shown_since = models.DateTimeField()

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "key", "language", "version"], name="one_wording_per_version")]


class Share(ScopedModel):
    """That one controller lets another see some fields of its customers, for a purpose and a time."""

    from_controller = models.CharField(max_length=60)
    to_controller = models.CharField(max_length=60)
    purpose = models.CharField(max_length=24)
    fields = ArrayField(models.CharField(max_length=40))
    basis = models.CharField(max_length=200)  # the agreement or law it rests on
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        app_label = "people"
        indexes = [models.Index(fields=["organisation_id", "to_controller", "purpose"], name="share_by_receiver")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(from_controller=models.F("to_controller")), name="a_share_has_two_ends"),
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_share_ends_after_it_starts"),
        ]
