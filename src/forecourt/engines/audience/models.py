"""What job lines mean, and what is known of each car because of them."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from forecourt.runtime.scope import ScopedModel


class Rule(ScopedModel):
    """What a dealer says on top of our rules: a rule of their own, or a change of one of ours. What they mean is in `layers`."""

    work_kind = models.CharField(max_length=40)
    standard = models.CharField(max_length=120, blank=True)  # key of ours that it changes; "*": of all of this kind; empty: its own
    codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    words = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    unless_words = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    without = ArrayField(models.CharField(max_length=80), default=list, blank=True)  # what of ours is taken out
    language = models.CharField(max_length=10, blank=True)  # empty: any
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "audience"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "work_kind", "standard"], condition=~models.Q(standard=""), name="one_change_per_rule_of_ours"
            )
        ]


class RuleVersion(ScopedModel):
    """The rules after one change: who, when, what, and all that the dealer said on top of ours then. Never changed afterwards."""

    number = models.PositiveIntegerField()
    rules_version = models.CharField(max_length=16)
    made_by = models.UUIDField(null=True)  # dealership.StaffMember; none: the product
    made_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list)  # layers.differences
    layer = models.JSONField(default=list)  # layers.Own, each as `plain`
    edition = models.JSONField(default=dict)  # standard.edition: what ours were
    restored = models.PositiveIntegerField(null=True)  # the number of the version that was gone back to

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="one_rule_version_per_number")]


class Classification(ScopedModel):
    """What one distinct text means, and what decided: a person before the rules, the rules before what was learned from both."""

    text_key = models.CharField(max_length=32)
    rules_version = models.CharField(max_length=16)
    work_kinds = ArrayField(models.CharField(max_length=40), default=list)
    decided_by = models.JSONField(default=list)  # [{"work_kind": …, "by": "code" | "word" | "model" | "person" | "denied", "value": …}]
    told_by = models.CharField(max_length=8, blank=True, db_default="")  # rules | denied | model | person; empty: nothing decided
    certainty = models.FloatField(null=True)  # of the answer, or of what is suggested
    suggested = ArrayField(models.CharField(max_length=40), null=True)  # what the learner thinks; empty: of no kind; none: it says nothing
    language = models.CharField(max_length=10, blank=True, db_default="")  # what the learner takes it for
    lines = models.PositiveIntegerField(default=0, db_default=0)  # that have this text, and their cars, when they were last counted
    cars = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "told_by", "-lines", "text_key"], name="text_by_lines")]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "text_key"], name="one_classification_per_text")]


class DecidedText(ScopedModel):
    """What a member of staff said a text is; empty kinds: none. It stands until it is taken back, whatever rules say."""

    text_key = models.CharField(max_length=32)
    work_kinds = ArrayField(models.CharField(max_length=40), default=list)
    batch_id = models.UUIDField()  # what was decided at once is taken back at once
    decided_by_id = models.UUIDField(null=True)  # dealership.StaffMember
    decided_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by_id = models.UUIDField(null=True)

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "batch_id"], name="decided_text_by_batch")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "text_key"], condition=models.Q(taken_back_at=None), name="one_standing_decision_per_text"
            )
        ]


class Learner(ScopedModel):
    """What was learned from the dealer's own lines, and whether the dealer lets it decide; no row means the defaults. See learning.shelf."""

    is_on = models.BooleanField(default=True)
    version = models.CharField(max_length=32, blank=True)  # empty: it says nothing
    taught_at = models.DateTimeField(null=True)
    basis = models.JSONField(default=dict)  # method, rules_version, texts, by_people: what it was taught from, and when to do it anew
    threshold = models.FloatField(null=True)  # the certainty from which on it decides; none: it only suggests
    right = models.FloatField(default=0)  # share right from there on, of texts that were held back

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_learner")]


class Build(ScopedModel):
    """When all facts of a dealer were last worked out, for which day, and on which files of the lake; one row a dealer."""

    seen_everywhere = "whose facts are of yesterday"

    built_for = models.DateField()  # facts hang on the day: lost, service customer
    built_at = models.DateTimeField()
    token = models.CharField(max_length=32, blank=True)  # of the lake's manifest; empty: built without a lake

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_build_per_dealer")]


class VehicleFacts(ScopedModel):
    """Derived per car; recomputed, never edited. `computed_on` is the day on which the row came out as it stands, here and below.

    The second half is what `profiles` copies here, so that a segment reads one table.
    """

    seen_everywhere = "whose facts are of yesterday"

    vehicle = models.OneToOneField("vehicles.Vehicle", on_delete=models.CASCADE, related_name="facts")
    customer_id = models.UUIDField(null=True)  # the keeper
    site_id = models.UUIDField(null=True)  # of the last visit
    last_visit_on = models.DateField(null=True)
    last_mileage = models.PositiveIntegerField(null=True)
    km_per_year = models.PositiveIntegerField(null=True)
    visits = models.PositiveIntegerField(default=0)
    spent_net = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    is_service_customer = models.BooleanField(default=False)
    is_tyre_customer = models.BooleanField(default=False)
    is_lost = models.BooleanField(default=False)
    tyres_stored_on = models.DateField(null=True)  # when the last line said so, unless they were handed back since
    computed_on = models.DateField()

    make = models.CharField(max_length=40, default="", db_default="")
    model = models.CharField(max_length=80, default="", db_default="")
    fuel = models.CharField(max_length=16, default="", db_default="")
    model_year = models.PositiveSmallIntegerField(null=True)
    first_registered_on = models.DateField(null=True)
    statutory_test_due_on = models.DateField(null=True)
    vehicle_kind = models.CharField(max_length=12, default="", db_default="")
    warranty_until = models.DateField(null=True)
    contract_until = models.DateField(null=True)
    customer_kind = models.CharField(
        max_length=10, default="", db_default=""
    )  # private | business | internal | none; empty: not copied yet
    language = models.CharField(max_length=10, default="", db_default="")
    country = models.CharField(max_length=2, default="", db_default="")
    postcode = models.CharField(max_length=12, default="", db_default="")
    city = models.CharField(max_length=80, default="", db_default="")
    km_from_site = models.PositiveSmallIntegerField(null=True)  # as the crow flies, by town; none: no known town
    tier = models.CharField(max_length=10, default="", db_default="")
    looks_for = models.CharField(max_length=10, default="", db_default="")
    lifecycle = models.CharField(max_length=10, default="", db_default="")  # of lifecycle.STAGES, by all that the keeper did
    has_email = models.BooleanField(default=False, db_default=False)
    may_write = models.IntegerField(default=0, db_default=0)  # a bit for each of profiles.PERMISSIONS
    visits_6 = models.PositiveSmallIntegerField(default=0, db_default=0)  # within so many months
    visits_12 = models.PositiveSmallIntegerField(default=0, db_default=0)
    visits_24 = models.PositiveSmallIntegerField(default=0, db_default=0)
    visits_36 = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        app_label = "audience"
        indexes = [
            models.Index(fields=["organisation_id", "last_visit_on"], name="car_by_last_visit"),
            models.Index(fields=["organisation_id", "customer_id"], name="car_by_keeper"),
            models.Index(fields=["organisation_id", "city"], name="car_by_city"),
            # Answers the commonest criteria without the table.
            models.Index(
                fields=["organisation_id", "make", "model"],
                include=["fuel", "first_registered_on", "last_visit_on", "customer_kind", "postcode", "km_from_site", "site_id", "vehicle"],
                name="car_by_criteria",
            ),
        ]


class WorkDone(ScopedModel):
    """When a kind of work was last done on a car; derived from every visit, and there only where it ever was."""

    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.CASCADE, related_name="work_done", db_index=False)  # the constraint's
    work_kind = models.CharField(max_length=40)
    last_on = models.DateField()
    last_mileage = models.PositiveIntegerField(null=True)  # of that day; the highest, if it was done twice

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "work_kind", "last_on", "vehicle"], name="work_done_by_day")]
        constraints = [models.UniqueConstraint(fields=["vehicle", "work_kind"], name="one_last_time_per_car_and_kind")]


class DueWork(ScopedModel):
    """Work that falls due on a car: when, why, and from which earlier visit that was worked out."""

    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.CASCADE, related_name="due_work", db_index=False)  # the constraint's
    customer_id = models.UUIDField(null=True)
    site_id = models.UUIDField(null=True)
    work_kind = models.CharField(max_length=40)
    due_on = models.DateField()
    because = models.CharField(max_length=20)  # time | distance | test_date | first_registration | condition
    last_done_on = models.DateField(null=True)
    last_done_mileage = models.PositiveIntegerField(null=True)
    last_line_id = models.UUIDField(null=True)  # history.JobLine that decided
    basis = models.JSONField(
        default=dict
    )  # interval_months, interval_km, km_per_year, decided_by; of a condition: named_on, named_km, told_on
    computed_on = models.DateField()

    class Meta:
        app_label = "audience"
        indexes = [
            models.Index(fields=["organisation_id", "due_on", "id"], name="due_by_day"),
            models.Index(fields=["organisation_id", "work_kind", "due_on", "vehicle"], name="due_by_kind_and_day"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation_id", "vehicle", "work_kind"], name="one_due_per_car_and_kind")]


class DueExperience(ScopedModel):
    """How right due dates of one kind of work would have been in this dealer's own past; gathered by `hindsight`, never edited."""

    work_kind = models.CharField(max_length=40)
    cases = models.PositiveIntegerField()
    uses_distance = models.BooleanField()  # else the interval in months alone is nearer to what came
    plain_error = models.FloatField()  # days, median without sign: last visit plus interval
    used_error = models.FloatField()  # days: the rule in use
    plain_near = models.FloatField()  # share within 30 days, 0 to 1
    used_near = models.FloatField()
    usual = models.IntegerField()  # days after the date on which half of the cars have come
    expected_error = models.FloatField()  # days: of the date moved by `usual`
    expected_near = models.FloatField()
    early = models.IntegerField()  # days after the date by which one car of ten has come; negative: before it
    late = models.IntegerField()  # days after the date by which nine of ten have come
    gathered_on = models.DateField()

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "work_kind"], name="one_experience_per_kind")]


class LeavingExperience(ScopedModel):
    """How many cars like one another did not come in the year that followed, in this dealer's own past; gathered by `leaving`, never edited."""

    visits = models.PositiveSmallIntegerField()  # so many before that year; the highest: so many or more
    months = models.PositiveSmallIntegerField()  # so many or more since the last one, see leaving.MONTHS
    cars = models.PositiveIntegerField()
    stayed_away = models.PositiveIntegerField()
    gathered_on = models.DateField()

    class Meta:
        app_label = "audience"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "visits", "months"], name="one_leaving_experience_per_kind_of_car")
        ]


class Segment(ScopedModel):
    """Cars with their keepers that a rule finds, under a name. Who is in it is asked each time."""

    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    rule = models.JSONField()  # kernel.conditions
    version = models.PositiveIntegerField(default=1)  # counts changes, so that two people do not overwrite each other
    is_shared = models.BooleanField(default=True)  # else only who made it sees it
    ready_made = models.CharField(max_length=40, blank=True)  # which of segments.ready_made it began as
    made_by = models.UUIDField(null=True)  # dealership.StaffMember
    made_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["organisation_id", "name"], name="segment_by_name")]

    def __str__(self) -> str:
        return self.name

    def may_be_seen_by(self, kind: str, person_id: UUID | None) -> bool:
        """Whether it is shared, or this member of staff made it; the product itself sees all."""
        return self.is_shared or kind == "system" or (person_id is not None and self.made_by == person_id)


class Membership(ScopedModel):
    """That a car was in a saved segment from one day until another; open while it is. Written once a day, kept for some weeks."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_index=False)
    vehicle = models.ForeignKey("vehicles.Vehicle", on_delete=models.CASCADE, related_name="+")
    came_on = models.DateField()
    left_on = models.DateField(null=True)  # the first day without it

    class Meta:
        app_label = "audience"
        indexes = [models.Index(fields=["segment", "left_on", "came_on"], name="member_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["segment", "vehicle"], condition=models.Q(left_on=None), name="one_open_membership_per_car"),
            models.CheckConstraint(
                condition=models.Q(left_on=None) | models.Q(left_on__gt=models.F("came_on")), name="a_member_stays_a_day"
            ),
        ]


class SegmentDay(ScopedModel):
    """How many cars a segment had on a day, and how many had come and gone since the day before."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    cars = models.PositiveIntegerField()
    came = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    version = models.PositiveIntegerField()  # of the segment: another rule explains a jump

    class Meta:
        app_label = "audience"
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="one_count_per_segment_and_day")]
