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
