"""What happens to the dealer's own set-up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("dealership.organisation_founded")
@dataclass(frozen=True, kw_only=True)
class OrganisationFounded(Event):
    sentence = gettext_noop("The organisation was set up")
    icon = "building-2"
    concerns = ()


@event("dealership.site_opened")
@dataclass(frozen=True, kw_only=True)
class SiteOpened(Event):
    site_id: UUID

    sentence = gettext_noop("A site was opened")
    icon = "building-2"
    concerns = ("site",)


@event("dealership.site_hours_changed")
@dataclass(frozen=True, kw_only=True)
class SiteHoursChanged(Event):
    site_id: UUID

    sentence = gettext_noop("Opening hours were changed")
    icon = "clock"
    concerns = ("site",)


@event("dealership.staff_joined")
@dataclass(frozen=True, kw_only=True)
class StaffJoined(Event):
    staff_member_id: UUID
    site_id: UUID | None
    role: str

    sentence = gettext_noop("A member of staff joined as {role}")
    icon = "user-plus"
    concerns = ("staff_member", "site")


@event("dealership.staff_changed")
@dataclass(frozen=True, kw_only=True)
class StaffChanged(Event):
    """Role, skills, hours or presence at a site changed."""

    staff_member_id: UUID
    site_id: UUID | None

    sentence = gettext_noop("Details of a member of staff were changed")
    icon = "user-cog"
    concerns = ("staff_member", "site")


@event("dealership.staff_absent")
@dataclass(frozen=True, kw_only=True)
class StaffAbsent(Event):
    staff_member_id: UUID
    site_id: UUID | None
    starts_at: datetime
    ends_at: datetime

    sentence = gettext_noop("A member of staff is away from {starts_at} to {ends_at}")
    icon = "user-minus"
    concerns = ("staff_member", "site")


@event("dealership.bay_added")
@dataclass(frozen=True, kw_only=True)
class BayAdded(Event):
    bay_id: UUID
    site_id: UUID

    sentence = gettext_noop("A bay was added")
    icon = "warehouse"
    concerns = ("bay", "site")


@event("dealership.bay_changed")
@dataclass(frozen=True, kw_only=True)
class BayChanged(Event):
    bay_id: UUID
    site_id: UUID

    sentence = gettext_noop("A bay was changed")
    icon = "warehouse"
    concerns = ("bay", "site")


@event("dealership.staff_invited")
@dataclass(frozen=True, kw_only=True)
class StaffInvited(Event):
    invitation_id: UUID
    role: str

    sentence = gettext_noop("Somebody was invited to work here as {role}")
    icon = "mail-plus"
    concerns = ("invitation",)


@event("dealership.invitation_withdrawn")
@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    invitation_id: UUID

    sentence = gettext_noop("An invitation was withdrawn")
    icon = "mail-x"
    concerns = ("invitation",)


@event("dealership.staff_left")
@dataclass(frozen=True, kw_only=True)
class StaffLeft(Event):
    staff_member_id: UUID

    sentence = gettext_noop("A member of staff left; sessions, tokens and deputies ended")
    icon = "user-minus"
    concerns = ("staff_member",)


@event("dealership.staff_returned")
@dataclass(frozen=True, kw_only=True)
class StaffReturned(Event):
    staff_member_id: UUID

    sentence = gettext_noop("A member of staff came back")
    icon = "user-plus"
    concerns = ("staff_member",)


@event("dealership.role_adjusted")
@dataclass(frozen=True, kw_only=True)
class RoleAdjusted(Event):
    role: str
    right: str
    allowed: bool

    sentence = gettext_noop("The rights of a role were changed")
    icon = "shield-check"
    concerns = ()


@event("dealership.right_granted")
@dataclass(frozen=True, kw_only=True)
class RightGranted(Event):
    staff_member_id: UUID
    right: str

    sentence = gettext_noop("A powerful right was given to a member of staff")
    icon = "shield-plus"
    concerns = ("staff_member",)


@event("dealership.right_taken")
@dataclass(frozen=True, kw_only=True)
class RightTaken(Event):
    staff_member_id: UUID
    right: str

    sentence = gettext_noop("A powerful right was taken from a member of staff")
    icon = "shield-minus"
    concerns = ("staff_member",)


@event("dealership.deputy_named")
@dataclass(frozen=True, kw_only=True)
class DeputyNamed(Event):
    deputy_id: UUID
    staff_member_id: UUID
    stand_in_id: UUID
    starts_at: datetime
    ends_at: datetime

    sentence = gettext_noop("A member of staff stands in for another from {starts_at} to {ends_at}")
    icon = "users"
    concerns = ("staff_member",)


@event("dealership.deputy_ended")
@dataclass(frozen=True, kw_only=True)
class DeputyEnded(Event):
    deputy_id: UUID
    staff_member_id: UUID
    stand_in_id: UUID

    sentence = gettext_noop("Somebody no longer stands in for a member of staff")
    icon = "users"
    concerns = ("staff_member",)


@event("dealership.identity_provider_set")
@dataclass(frozen=True, kw_only=True)
class IdentityProviderSet(Event):
    provider_id: UUID
    has_new_secret: bool

    sentence = gettext_noop("Sign-in by the identity provider of the house was set up")
    icon = "key-round"
    concerns = ()


@event("dealership.sign_in_rules_changed")
@dataclass(frozen=True, kw_only=True)
class SignInRulesChanged(Event):
    needs_second_factor: bool

    sentence = gettext_noop("What staff need to sign in was changed")
    icon = "key-round"
    concerns = ()


@event("dealership.support_began")
@dataclass(frozen=True, kw_only=True)
class SupportBegan(Event):
    support_visit_id: UUID
    staff_member_id: UUID
    minutes: int

    sentence = gettext_noop("Support looks in as a member of staff")
    icon = "eye"
    concerns = ("staff_member",)


@event("dealership.support_ended")
@dataclass(frozen=True, kw_only=True)
class SupportEnded(Event):
    support_visit_id: UUID
    staff_member_id: UUID

    sentence = gettext_noop("Support no longer looks in")
    icon = "eye-off"
    concerns = ("staff_member",)
