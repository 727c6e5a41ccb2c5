"""Who a flow writes to: the due list, less those who were written to, have booked, are complaining or cannot be reached.

Set-based: one query, however many cars are due, and one more where the flow is narrowed to a segment. The same answer the preview, so that
what a screen promises is what a run does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from forecourt.engines.audience import segments
from forecourt.engines.audience.models import DueWork
from forecourt.engines.cases.cases import UNSOLVED
from forecourt.engines.cases.models import Case
from forecourt.engines.messaging.models import Pause, Suppression
from forecourt.journeys.marketing import offers
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT
from forecourt.journeys.workshop.models import Appointment
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import clock
from forecourt.runtime.actors import system

PURPOSE = "service_reminder"
#: A car is not written to again for the same work within so many days, however its due day moves meanwhile.
NOT_AGAIN_WITHIN = timedelta(days=90)

REFUSED_REST = timedelta(hours=20)

#: Why a due car is not written to, the first that applies.
WHY_NOT = ("not_in_segment", "invited", "booked", "case_open", "no_email", "no_consent", "suppressed")


@dataclass
class Candidate:
    """One car with all its work of this flow that is due."""

    vehicle_id: UUID
    customer_id: UUID
    site_id: UUID
    email: str
    language: str
    due_on: date
    why_not: str  # empty: may be written to
    work_kinds: list[str] = field(default_factory=list)
    reason: list[dict[str, Any]] = field(default_factory=list)
    minutes: int = 0


@dataclass(frozen=True)
class Choice:
    """Those a run writes to now, and those for whom the workshop has no time yet."""

    chosen: list[Candidate]
    waiting: list[Candidate]
    free_minutes: dict[UUID, int]  # by site, before this run


def due_for(flow: Flow) -> QuerySet[DueWork]:
    """The due work a flow is about, by day."""
    today = clock.now().date()
    return DueWork.objects.filter(
        work_kind__in=flow.work_kinds,
        due_on__gte=today - timedelta(days=flow.overdue_days),
        due_on__lte=today + timedelta(days=flow.days_ahead),
        customer_id__isnull=False,
    ).order_by("due_on", "id")


def candidates(flow: Flow) -> list[Candidate]:
    """Every car the flow is about, each with why it is not written to, if so; by day."""
    rows = due_for(flow).annotate(**_flags(flow)).values_list(
        "vehicle_id", "customer_id", "site_id", "work_kind", "due_on", "because", "basis", "last_done_on", *(_FLAG[why] for why in _FLAG)
    )  # fmt: skip
    inside = _inside(flow)
    found: dict[UUID, Candidate] = {}
    minutes = dict(WorkKind.objects.values_list("code", "minutes"))
    somewhere = Site.objects.order_by("name").values_list("pk", flat=True).first()
    if somewhere is None:
        return []
    for vehicle_id, customer_id, site_id, kind, due_on, because, basis, done_on, *flags in rows:
        outside = inside is not None and vehicle_id not in inside
        why_not = "not_in_segment" if outside else next((why for why, holds in zip(_FLAG, flags, strict=True) if holds), "")
        car = found.setdefault(vehicle_id, Candidate(vehicle_id, customer_id, site_id or somewhere, "", "", due_on, why_not))
        car.work_kinds.append(kind)
        car.minutes += minutes.get(kind, 0)
        car.reason.append(
            {"work_kind": kind, "due_on": due_on.isoformat(), "because": because, "basis": basis,
             "last_done_on": done_on.isoformat() if done_on else None}
        )  # fmt: skip
    _tell_addresses(found.values())
    return list(found.values())


def _inside(flow: Flow) -> set[UUID] | None:
    """Which of the due cars are in the flow's segment; None if it is not narrowed to one."""
    if flow.segment_id is None:
        return None
    by = system(flow.organisation_id, via="flow")
    segment = segments.find(actor=by, segment_id=flow.segment_id)
    try:
        cars = segments.cars(actor=by, of=segment).filter(vehicle_id__in=due_for(flow).order_by().values("vehicle_id"))
    except Refusal:  # it asks for something that is no longer known; its page says so, and nobody is written to meanwhile
        return set()
    return set(cars.values_list("vehicle_id", flat=True))


def choose(flow: Flow, of: Sequence[Candidate] | None = None) -> Choice:
    """Whom a run of the flow writes to now: no more than the workshop can take, and no more than the flow's limit."""
    able = [car for car in (candidates(flow) if of is None else of) if not car.why_not]
    kinds = list(WorkKind.objects.filter(code__in=flow.work_kinds))
    spoken_for = offers.spoken_for()
    free = {site: offers.free_minutes(site, kinds) for site in sorted({car.site_id for car in able}, key=str)}
    left = {site: minutes - spoken_for.get(site, 0) for site, minutes in free.items()}
    chosen: list[Candidate] = []
    waiting: list[Candidate] = []
    for car in able:
        if len(chosen) < flow.most_per_run and left[car.site_id] >= car.minutes:
            left[car.site_id] -= car.minutes
            chosen.append(car)
        else:
            waiting.append(car)
    return Choice(chosen, waiting, free)


def still_due(invitation: Invitation) -> bool:
    """Whether any of the work is still on the due list of this car, for this keeper."""
    return DueWork.objects.filter(
        vehicle_id=invitation.vehicle_id, work_kind__in=invitation.work_kinds, customer_id=invitation.customer_id
    ).exists()


def open_appointments(vehicle: Any) -> QuerySet[Appointment]:
    """Appointments for which a car is expected or is here; `vehicle` is its id or an OuterRef to it."""
    expected = Q(state__in=OPEN_APPOINTMENT, ends_at__gte=clock.now())
    here = Q(state="arrived") & ~Q(job_card__stage="collected")
    return Appointment.objects.filter(expected | here, vehicle_id=vehicle)


_FLAG = {why: f"is_{why}" for why in WHY_NOT if why != "not_in_segment"}


def _flags(flow: Flow) -> dict[str, Any]:
    now = clock.now()
    invited = Invitation.objects.filter(flow=flow, vehicle_id=OuterRef("vehicle_id")).filter(
        Q(planned_at__gt=now - NOT_AGAIN_WITHIN) | Q(due_on=OuterRef("due_on"))
    )
    # What was refused on the way (no free time, the flow switched off) may be tried again another day.
    invited = invited.exclude(state="refused", planned_at__lt=now - REFUSED_REST)
    customer = Customer.objects.filter(pk=OuterRef("customer_id"))
    unsolved = Case.objects.filter(state__in=(*UNSOLVED, "solved"), customer_id=OuterRef("customer_id"))
    paused = Pause.objects.filter(Q(until_at=None) | Q(until_at__gt=now), customer_id=OuterRef("customer_id"))
    stopped = Suppression.objects.filter(Q(until=None) | Q(until__gt=now), channel="email")
    keeps = Holding.objects.filter(
        vehicle_id=OuterRef("vehicle_id"), customer_id=OuterRef("customer_id"), role="keeper", until_on__isnull=True
    )
    return {
        "is_invited": Q(Exists(invited)) | ~Q(Exists(keeps)),
        "is_booked": Q(Exists(open_appointments(OuterRef("vehicle_id")))),
        "is_case_open": Q(Exists(unsolved)) | Q(Exists(paused)),
        "is_no_email": ~Q(Exists(customer.exclude(email=""))),
        "is_no_consent": ~Q(consent.permitted(purpose=PURPOSE, channel="email", customer="customer_id")),
        "is_suppressed": Q(Exists(customer.filter(email__in=stopped.values("address")))),
    }


def _tell_addresses(cars: Iterable[Candidate]) -> None:
    cars = list(cars)
    known = {
        customer_id: (email, language)
        for customer_id, email, language in Customer.objects.filter(pk__in={car.customer_id for car in cars}).values_list(
            "pk", "email", "language"
        )
    }
    for car in cars:
        car.email, car.language = known.get(car.customer_id, ("", ""))
