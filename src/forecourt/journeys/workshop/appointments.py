"""What customers agree to: booking, moving, cancelling, one action each for screen, signed link and API alike.

Which times can be had is asked of `slots`; taking them is the business of booking, where PostgreSQL judges; how a refusal is put into
words stands in `refusals`. Who is told follows from the events.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forecourt.engines.booking import reservations
from forecourt.engines.booking import slots as free_time
from forecourt.engines.booking.models import Reservation
from forecourt.engines.booking.slots import Requirement
from forecourt.journeys.workshop import counters, locks, refusals, resources, slots
from forecourt.journeys.workshop.events import AppointmentBooked, AppointmentCancelled, AppointmentMissed, AppointmentMoved
from forecourt.journeys.workshop.lifecycles import APPOINTMENT, OPEN_APPOINTMENT
from forecourt.journeys.workshop.models import Appointment
from forecourt.journeys.workshop.notes import add_media, add_note, joined_notes, refuse_too_long
from forecourt.journeys.workshop.resources import BAY, CAR, TECHNICIAN
from forecourt.journeys.workshop.slots import Demand
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.kernel.periods import Period
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

__all__ = ["HOLDER", "REASONS", "add_media", "add_note", "book", "cancel", "hold_their_cars", "missed", "move"]

HOLDER = "appointment"
REASONS = ("customer_asked", "other_time", "not_my_car", "dealer", "other")
"""Why an appointment was cancelled; other words are kept in its note, not in the event."""
_CAUSE_CONSTRAINT = "one_live_appointment_per_cause"
_A_WALK_IN = timedelta(minutes=30)


@transaction.atomic
def book(
    *,
    actor: Actor,
    customer_id: UUID,
    vehicle_id: UUID,
    site_id: UUID,
    work_kinds: Sequence[str],
    starts_at: datetime,
    note: str = "",
    source: str,
    cause_kind: str = "",
    cause_id: UUID | None = None,
    bay_id: UUID | None = None,
    technician_id: UUID | None = None,
) -> Appointment:
    """Book work for a car. A customer may book only the cars they keep; a cause (an invitation) is booked once.

    Refusal: "slot_taken" with the next best three as `alternatives`, "closed", "too_early", "already_booked" with the `appointment`
    (by the same cause, or the same again), "too_long", "unknown_work", "not_possible_here", "not_able". NotFound for what is not the actor's.
    """
    customer, vehicle = _parties(actor, customer_id, vehicle_id, site_id)
    _refuse_second_booking(cause_kind, cause_id)
    refuse_too_long(note.strip())
    demand = slots.demand_of(site_id=site_id, work_kinds=work_kinds, car=resources.car(vehicle))
    demand = _narrowed(demand, bay_id, technician_id)
    period = Period.of(starts_at, timedelta(minutes=demand.need.minutes))
    _refuse_too_early(actor, demand, starts_at)
    appointment = Appointment(
        id=uuid7(), site_id=site_id, customer=customer, vehicle=vehicle, work_kinds=list(work_kinds), minutes=demand.need.minutes,
        starts_at=period.starts_at, ends_at=period.ends_at, adviser_id=_adviser(actor, customer), state="confirmed", note=note.strip(),
        source=source, cause_kind=cause_kind, cause_id=cause_id, booked_at=clock.now(),
    )  # fmt: skip
    try:
        _take(appointment, demand, period)
    except Refusal:
        _refuse_repetition(appointment)
        raise
    _save_once_per_cause(appointment)
    publish(AppointmentBooked(**_about(appointment), ends_at=appointment.ends_at, source=source), by=actor)
    return appointment


@transaction.atomic
def move(
    *,
    actor: Actor,
    appointment_id: UUID,
    starts_at: datetime,
    version: int,
    bay_id: UUID | None = None,
    technician_id: UUID | None = None,
    minutes: int | None = None,
) -> Appointment:
    """Move an appointment in time, to another bay or technician, or make it longer; None leaves bay and technician where they can stay.

    Refusal: "changed_meanwhile" with the current `appointment` if `version` is not its version, "period_taken" with what stands in the
    way and `alternatives`, "closed", "too_early", "wrong_state", "not_able".
    """
    appointment = locks.appointment(appointment_id, actor=actor, right="workshop.move_appointment")
    _refuse_unless_current(appointment, version)
    movable = OPEN_APPOINTMENT if actor.kind == "customer" else (*OPEN_APPOINTMENT, "arrived")
    APPOINTMENT.refuse_unless(appointment.state, *movable, text=_("This appointment can no longer be moved."))
    demand = slots.demand_of(
        site_id=appointment.site_id, work_kinds=appointment.work_kinds, minutes=minutes or appointment.minutes,
        car=resources.car(appointment.vehicle),
    )  # fmt: skip
    period = Period.of(starts_at, timedelta(minutes=demand.need.minutes))
    if appointment.state != "arrived" and period.starts_at != appointment.starts_at:
        _refuse_too_early(actor, demand, period.starts_at)
    requirements = _requirements_of_move(actor, appointment, _narrowed(demand, bay_id, technician_id), period)
    earlier, was = appointment.starts_at, (appointment.starts_at, appointment.ends_at)
    try:
        taken = reservations.move(holder_id=appointment.pk, to=period, requirements=requirements)
    except Refusal as lost:
        raise refusals.period_taken(actor, demand, period, BAY, appointment.pk) from lost
    _settle(appointment, demand, taken, period)
    appointment.version += 1
    appointment.save()
    time_changed = was != (appointment.starts_at, appointment.ends_at)
    moved = AppointmentMoved(**_about(appointment), ends_at=appointment.ends_at, earlier_starts_at=earlier, time_changed=time_changed)
    publish(moved, by=actor)
    return appointment


@transaction.atomic
def cancel(*, actor: Actor, appointment_id: UUID, reason: str = "other") -> Appointment:
    """Cancel and give the time back. `reason` is one of REASONS; any other words are kept in the note. Refusal("wrong_state")."""
    appointment = locks.appointment(appointment_id, actor=actor, right="workshop.cancel_appointment")
    text = _("This appointment can no longer be cancelled.")
    appointment.state = APPOINTMENT.move(appointment.state, "cancelled", text=text)
    code = reason if reason in REASONS else "other"
    if reason != code:
        appointment.note = joined_notes(appointment.note, reason)
    appointment.version += 1
    appointment.save()
    reservations.release(holder_id=appointment.pk)
    publish(AppointmentCancelled(**_about(appointment), reason=code), by=actor)
    return appointment


@transaction.atomic
def missed(*, actor: Actor, appointment_id: UUID) -> Appointment:
    """The car did not come. Refusal("too_early") before the agreed time, "wrong_state" if it is here or cancelled."""
    appointment = locks.appointment(appointment_id, actor=actor, right="workshop.miss_appointment")
    if clock.now() < appointment.starts_at:
        raise Refusal("too_early", _("The car is not expected before its time."))
    appointment.state = APPOINTMENT.move(appointment.state, "missed", text=_("Only a confirmed appointment can be missed."))
    appointment.version += 1
    appointment.save()
    reservations.release(holder_id=appointment.pk)
    publish(AppointmentMissed(**_about(appointment)), by=actor)
    return appointment


@transaction.atomic
def hold_their_cars(*, vehicle_ids: Iterable[UUID]) -> None:
    """Every appointment to come of these cars takes the time of the car it is for, unless another has it by now. Repeatable."""
    to_come = Appointment.objects.filter(vehicle_id__in=vehicle_ids, state__in=(*OPEN_APPOINTMENT, "arrived"), ends_at__gt=clock.now())
    for appointment in to_come.select_related("vehicle").order_by("pk"):
        of_car = resources.car(appointment.vehicle)
        for held in reservations.of(appointment.pk):
            if held.resource.kind == CAR and held.resource_id != of_car.pk:
                reservations.exchange(holder_id=appointment.pk, resource_id=held.resource_id, instead=of_car.pk)


def _parties(actor: Actor, customer_id: UUID, vehicle_id: UUID, site_id: UUID) -> tuple[Customer, Vehicle]:
    """Customer and car, if the actor may book for them here."""
    customer = access.fetch(Customer, customer_id, actor=actor, right="workshop.book")
    if not actor.may_act_at(site_id) or (actor.kind == "customer" and customer.pk != actor.id):
        raise NotFound
    vehicle = vehicles.standing(pk=vehicle_id)
    if vehicle is None:
        raise NotFound
    if actor.kind == "customer" and not Holding.objects.filter(vehicle=vehicle, customer=customer, until_on=None).exists():
        raise NotFound
    return customer, vehicle


def _refuse_second_booking(cause_kind: str, cause_id: UUID | None) -> None:
    if cause_id is None:
        return
    live = (*OPEN_APPOINTMENT, "arrived")
    known = Appointment.objects.filter(cause_kind=cause_kind, cause_id=cause_id, state__in=live).first()
    if known is not None:
        raise Refusal("already_booked", _("This appointment is already booked."), appointment=known)


def _refuse_repetition(wanted: Appointment) -> None:
    """Who never got our answer asks again, and is told that the time is theirs rather than taken."""
    same = {name: getattr(wanted, name) for name in ("customer_id", "vehicle_id", "site_id", "starts_at", "work_kinds")}
    known = Appointment.objects.filter(**same, state__in=OPEN_APPOINTMENT).first()
    if known is not None:
        raise Refusal("already_booked", _("This appointment is already booked."), appointment=known)


def _save_once_per_cause(appointment: Appointment) -> None:
    """Number and save it; whoever taps twice at once is told of the first one's appointment."""
    try:
        with transaction.atomic():
            appointment.number = counters.take_next("appointment")
            appointment.save(force_insert=True)
    except IntegrityError as conflict:
        if _CAUSE_CONSTRAINT not in str(conflict):
            raise
        _refuse_second_booking(appointment.cause_kind, appointment.cause_id)
        raise


def _refuse_too_early(actor: Actor, demand: Demand, starts_at: datetime) -> None:
    """Customers keep the site's lead time; staff may book who stands at the counter. The product itself may fill in what was."""
    if actor.kind == "system":
        return
    if starts_at < (slots.earliest_start(demand.site) if actor.kind in {"customer", "api"} else clock.now() - _A_WALK_IN):
        raise Refusal("too_early", _("This time is too soon, or already over."))


def _narrowed(demand: Demand, bay_id: UUID | None, technician_id: UUID | None) -> Demand:
    """The same demand with the bay or technician that staff chose. Refusal("not_able") if it cannot do the work."""
    chosen = {BAY: bay_id, TECHNICIAN: technician_id}
    narrowed = []
    for each in demand.requirements:
        thing = chosen.get(each.role)
        ids = tuple(resource_id for resource_id in each.resource_ids if thing is None or demand.things[resource_id] == thing)
        if not ids:
            text = _("This bay lacks what the work needs.") if each.role == BAY else _("This technician lacks the skill for the work.")
            raise Refusal("not_able", text, role=each.role)
        narrowed.append(Requirement(each.role, ids))
    return demand.asking(tuple(narrowed))


def _take(appointment: Appointment, demand: Demand, period: Period) -> None:
    if refused := refusals.closed(demand, period):
        raise refused
    free = free_time.choices(requirements=demand.requirements, period=period, known=demand.resources)
    if not all(free.values()):
        raise refusals.slot_taken(demand, period.starts_at)
    wanted = [Requirement(role, ids) for role, ids in slots.pair(demand, free).items()]
    try:
        taken = reservations.take(holder_kind=HOLDER, holder_id=appointment.pk, period=period, requirements=wanted)
    except Refusal as lost:
        raise refusals.slot_taken(demand, period.starts_at) from lost
    _settle(appointment, demand, taken, period)


def _requirements_of_move(actor: Actor, appointment: Appointment, demand: Demand, period: Period) -> list[Requirement]:
    """Who could do it then, the present bay and technician first."""
    if refused := refusals.closed(demand, period):
        raise refused
    free = free_time.choices(requirements=demand.requirements, period=period, besides=appointment.pk, known=demand.resources)
    for role, ids in free.items():
        if not ids:
            raise refusals.period_taken(actor, demand, period, role, appointment.pk)
    now = {BAY: appointment.bay_id, TECHNICIAN: appointment.technician_id}
    stays = any(demand.things.get(resource_id) == appointment.bay_id for resource_id in free[BAY])
    if not stays:  # with another bay comes its usual technician
        free = slots.pair(demand, free)
    kept = (BAY, TECHNICIAN) if stays else ()
    return [Requirement(role, _kept_first(ids, now[role] if role in kept else None, demand)) for role, ids in free.items()]


def _kept_first(ids: tuple[UUID, ...], thing: UUID | None, demand: Demand) -> tuple[UUID, ...]:
    return tuple(sorted(ids, key=lambda resource_id: thing is None or demand.things.get(resource_id) != thing))


def _settle(appointment: Appointment, demand: Demand, taken: Sequence[Reservation], period: Period) -> None:
    by_role = {role.role: each.resource_id for role, each in zip(demand.requirements, taken, strict=True)}
    appointment.bay_id = demand.things[by_role[BAY]]
    appointment.technician_id = demand.things[by_role[TECHNICIAN]]
    appointment.starts_at, appointment.ends_at = period.starts_at, period.ends_at
    appointment.minutes = demand.need.minutes


def _refuse_unless_current(appointment: Appointment, version: int) -> None:
    if appointment.version != version:
        raise Refusal(
            "changed_meanwhile", _("Somebody changed this appointment meanwhile. This is how it stands now."), appointment=appointment
        )


def _adviser(actor: Actor, customer: Customer) -> UUID | None:
    return actor.id if actor.kind == "staff" and actor.role == "adviser" else customer.adviser_id


def _about(appointment: Appointment) -> dict[str, Any]:
    """What every event of an appointment says of it."""
    return {
        "appointment_id": appointment.pk,
        "customer_id": appointment.customer_id,
        "vehicle_id": appointment.vehicle_id,
        "site_id": appointment.site_id,
        "starts_at": appointment.starts_at,
        "cause_kind": appointment.cause_kind,
        "cause_id": appointment.cause_id,
    }
