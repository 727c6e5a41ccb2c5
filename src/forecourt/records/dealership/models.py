"""The dealer: organisation, legal entities, sites, staff, their skills and shifts, bays."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from forecourt.kernel.ids import uuid7
from forecourt.runtime.scope import ScopedModel


class Organisation(models.Model):
    """A dealer group, or a network of them. Its id is the scope of all rows below."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, default="dealer")  # dealer | network
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=10, default="en")
    brand_colour = models.CharField(max_length=7, default="#0f5fd7")
    is_demo = models.BooleanField(default=False)
    needs_second_factor = models.BooleanField(default=True)  # of staff: a password alone does not let them in
    adjusted_rights = models.JSONField(default=dict)  # role -> right -> allowed, where it differs from what is declared

    class Meta:
        app_label = "dealership"

    def __str__(self) -> str:
        return self.name


class LegalEntity(ScopedModel):
    """Who invoices: name, address, tax number, currency."""

    name = models.CharField(max_length=160)
    address = models.TextField()
    tax_number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3, default="EUR")
    invoice_prefix = models.CharField(max_length=12, blank=True)
    iban = models.CharField(max_length=34, blank=True)

    class Meta:
        app_label = "dealership"


class Site(ScopedModel):
    seen_everywhere = "the hour at each dealer, asked before flows run"

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="sites")
    slug = models.SlugField()
    code = models.CharField(max_length=12)  # as the dealer management system calls it
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=24)
    email = models.EmailField()
    zone = models.CharField(max_length=40, default="Europe/Berlin")
    opening_hours = models.CharField(max_length=200, default="Mo-Fr 07:00-18:00; Sa 08:00-12:00")  # kernel.hours text
    closed_on = ArrayField(models.DateField(), default=list, blank=True)
    lead_minutes = models.PositiveIntegerField(default=120)  # how long before a customer may book at the latest
    hourly_rate_net = models.DecimalField(max_digits=10, decimal_places=2, default=120)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, default=19)  # percent

    class Meta:
        app_label = "dealership"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "slug"], name="one_site_per_slug")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StaffMember(ScopedModel):
    """A person who works here: role, sites, skills, working hours."""

    seen_everywhere = "whose staff an account is, asked when it comes in"

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="employments")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20)
    sites = ArrayField(models.UUIDField(), default=list, blank=True)  # empty: all sites
    home_site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    working_hours = models.CharField(max_length=200, blank=True)  # empty: the site's
    phone = models.CharField(max_length=24, blank=True)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)
    granted_rights = ArrayField(models.CharField(max_length=60), default=list, blank=True)  # powerful ones, given to this person
    identity_subject = models.CharField(max_length=255, blank=True)  # who this is at the dealer's identity provider

    class Meta:
        app_label = "dealership"
        constraints = [models.UniqueConstraint(fields=["organisation_id", "account"], name="one_employment_per_account")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Invitation(ScopedModel):
    """An offer to work here, on its way by mail. Its link works once, and only the one sent last."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20)
    sites = ArrayField(models.UUIDField(), default=list, blank=True)  # empty: all sites
    language = models.CharField(max_length=10, default="en")
    link_id = models.UUIDField(default=uuid7)
    invited_by = models.UUIDField(null=True)
    invited_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")  # open | accepted | withdrawn
    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "dealership"
        constraints = [
            models.UniqueConstraint(
                "organisation_id", Lower("email"), condition=models.Q(state="open"), name="one_open_invitation_per_address"
            )
        ]


class Deputy(ScopedModel):
    """Somebody stands in for another: with the other's rights at the other's sites, for a time."""

    absent = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="stood_in_for")
    stand_in = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="stands_in")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # before its time

    class Meta:
        app_label = "dealership"


class SupportVisit(ScopedModel):
    """Whoever runs Forecourt looks in as a member of staff: who, why, how long. Its link works once."""

    seen_everywhere = "visits whose time is over are ended"

    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="support_visits")
    operator = models.CharField(max_length=80)  # who made the link, as the operator's machine calls them
    reason = models.CharField(max_length=300)
    minutes = models.PositiveSmallIntegerField()
    link_id = models.UUIDField(default=uuid7)
    invited_at = models.DateTimeField()
    link_ends_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    session_key = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "dealership"
        indexes = [models.Index(fields=["organisation_id", "-invited_at"], name="support_visit_by_time")]


class IdentityProvider(ScopedModel):
    """The dealer's own sign-in. The secret is sealed under a key outside the database and never shown again."""

    name = models.CharField(max_length=60)
    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    sealed_secret = models.TextField()
    secret_set_at = models.DateTimeField()
    is_on = models.BooleanField(default=True)

    class Meta:
        app_label = "dealership"
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_identity_provider_per_organisation")]


class Absence(ScopedModel):
    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=24, default="holiday")

    class Meta:
        app_label = "dealership"


class Bay(ScopedModel):
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="bays")
    name = models.CharField(max_length=60)
    department = models.CharField(max_length=24, default="mechanical")  # mechanical | tyres | body | diagnosis | detailing
    equipment = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    technician = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")  # who usually works here
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        app_label = "dealership"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
