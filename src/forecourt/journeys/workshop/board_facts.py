"""The shapes that the planning board hands to whoever shows it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Card:
    """One appointment on the board; times are on the site's wall clock."""

    appointment_id: UUID
    job_card_id: UUID | None
    version: int
    number: int
    plate: str
    vehicle: str
    customer_id: UUID
    customer_name: str
    work: str
    stage: str
    stage_word: Promise | str
    bay_id: UUID | None
    technician_id: UUID | None
    technician_name: str
    starts_at: datetime
    ends_at: datetime
    from_minutes: int
    minutes: int
    left_percent: float
    width_percent: float
    is_movable: bool
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A bay, who usually works there, and what is in it."""

    bay_id: UUID | None  # None: what stands in no bay that is shown
    name: str
    department: str
    technician_id: UUID | None
    technician_name: str
    taken_minutes: int
    open_minutes: int
    load_percent: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, kw_only=True)
class Range:
    """What is shown of the day; `ticks` are the full hours, `closed` the gaps in it, both in minutes from its start."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    ticks: tuple[tuple[str, int], ...]
    closed: tuple[tuple[int, int], ...]
    now_minutes: int | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The numbers above the board: all of the cards below them."""

    jobs: int
    jobs_week_before: int
    in_work: int
    bays: int
    waiting_on_customer: int
    oldest_wait_minutes: int | None
    utilisation_percent: int


@dataclass(frozen=True, kw_only=True)
class Board:
    site_id: UUID
    site_name: str
    zone: str
    day: date
    is_open: bool
    range: Range
    lanes: tuple[Lane, ...]
    counts: dict[str, int]  # every stage, in order
    figures: Figures
    departments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DayLoad:
    """One day of a week: jobs and load of the site and of each bay."""

    day: date
    is_open: bool
    jobs: int
    load_percent: int
    by_bay: dict[UUID, int]  # bay -> percent


@dataclass(frozen=True, kw_only=True)
class Week:
    site_id: UUID
    starts_on: date  # a Monday
    bays: tuple[tuple[UUID, str, str], ...]  # id, name, technician
    days: tuple[DayLoad, ...]
