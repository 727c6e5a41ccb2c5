"""Booking, moving and cancelling, from every side."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from forecourt.engines.booking.models import Reservation
from forecourt.journeys.workshop import appointments, slots
from forecourt.journeys.workshop.models import Appointment
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership import staff
from forecourt.records.vehicles import merges
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import events
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, customer_actor, local

MONDAY = "2026-03-02"


@pytest.fixture(autouse=True)
def _early_on_monday(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local(f"{MONDAY} 06:59"))


def book(dealer: Alpen, at: str, *, actor: Actor | None = None, car: Vehicle | None = None, **more: Any) -> Appointment:
    wanted: dict[str, Any] = {"work_kinds": ["oil_service"], "source": "staff", "site_id": dealer.bozen.pk, **more}
    return appointments.book(
        actor=actor or dealer.alice, customer_id=dealer.dana.pk, vehicle_id=(car or dealer.golf).pk, starts_at=local(at), **wanted
    )


def names(dealer: Alpen, appointment: Appointment) -> tuple[str, str]:
    bay = next(name for name, bay in dealer.bays.items() if bay.pk == appointment.bay_id)
    return bay, next(name for name, member in dealer.staff.items() if member.pk == appointment.technician_id)


def test_booking_takes_bay_technician_and_car_and_says_so_once(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00", note="  squeaks ")
        assert (appointment.number, appointment.state, appointment.note, appointment.minutes) == (1, "confirmed", "squeaks", 60)
        assert names(alpen, appointment) == ("Bay 1", "M. Huber")
        held = Reservation.objects.filter(holder_id=appointment.pk).select_related("resource").order_by("resource__kind")
        assert [(each.resource.kind, each.resource.name, each.state) for each in held] == [
            ("bay", "Bay 1", "confirmed"),
            ("car", "BZ 346 AN", "confirmed"),
            ("technician", "M. Huber", "confirmed"),
        ]
        event = Event.objects.get(name="workshop.appointment_booked")
        assert (event.actor_id, event.values["appointment_id"]) == (alpen.alice.id, str(appointment.pk))
        subjects = event.subjects.values_list("kind", "subject_id")
        assert sorted(subjects) == sorted([("appointment", appointment.pk), ("customer", alpen.dana.pk), ("vehicle", alpen.golf.pk)])


def test_a_bays_usual_technician_is_preferred_and_the_next_pair_taken_after(alpen: Alpen) -> None:
    with alpen.scope():
        book(alpen, f"{MONDAY} 10:00")
        assert names(alpen, book(alpen, f"{MONDAY} 10:00", car=alpen.panda)) == ("Bay 2", "L. Rossi")
        assert names(alpen, book(alpen, f"{MONDAY} 10:00", car=alpen.cars["octavia"])) == ("Test lane", "A. Popescu")


def test_a_taken_slot_is_refused_with_the_next_best_three_and_leaves_nothing_behind(alpen: Alpen) -> None:
    with alpen.scope():
        book(alpen, f"{MONDAY} 14:00", work_kinds=["statutory_test"])
        with pytest.raises(Refusal) as refusal:
            book(alpen, f"{MONDAY} 14:15", work_kinds=["statutory_test"], car=alpen.panda)
        assert refusal.value.code == "slot_taken"
        alternatives: Any = refusal.value.facts["alternatives"]
        assert [each.starts_at for each in alternatives] == [local(f"{MONDAY} {at}") for at in ("13:15", "14:45", "15:45")]
        assert (Appointment.objects.count(), Event.objects.filter(name="workshop.appointment_booked").count()) == (1, 1)
        assert Reservation.objects.exclude(holder_id=Appointment.objects.get().pk).count() == 0


def test_a_car_is_never_in_two_places(alpen: Alpen) -> None:
    with alpen.scope():
        book(alpen, f"{MONDAY} 10:00", site_id=alpen.bozen.pk)
        with pytest.raises(Refusal) as refusal:
            book(alpen, f"{MONDAY} 10:30", site_id=alpen.meran.pk, actor=alpen.actor("Max Mair"))
        assert refusal.value.code == "slot_taken"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (f"{MONDAY} 06:00", "too_early"),
        (f"{MONDAY} 11:30", "closed"),  # would run into the midday break
        (f"{MONDAY} 12:30", "closed"),
        (f"{MONDAY} 17:00", "closed"),
        ("2026-03-08 10:00", "closed"),  # a Sunday
    ],
)
def test_outside_the_hours_nothing_is_booked(alpen: Alpen, at: str, code: str) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as refusal:
            book(alpen, at)
        assert (refusal.value.code, Appointment.objects.count()) == (code, 0)


def test_a_customer_keeps_the_lead_time_and_staff_need_not(alpen: Alpen) -> None:
    with alpen.scope():
        with pytest.raises(Refusal, match="too soon"):
            book(alpen, f"{MONDAY} 08:00", actor=customer_actor(alpen.dana))
        assert book(alpen, f"{MONDAY} 08:00").state == "confirmed"
        assert book(alpen, f"{MONDAY} 09:15", actor=customer_actor(alpen.dana), car=alpen.panda).source == "staff"


def test_a_customer_books_only_cars_they_keep(alpen: Alpen) -> None:
    with alpen.scope():
        with pytest.raises(NotFound):
            book(alpen, f"{MONDAY} 10:00", actor=customer_actor(alpen.customers["dieter"]))
        with pytest.raises(NotFound):
            book(alpen, f"{MONDAY} 10:00", actor=customer_actor(alpen.dana), car=alpen.cars["octavia"])


def test_who_may_only_look_books_nothing(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(NotPermitted):
        book(alpen, f"{MONDAY} 10:00", actor=alpen.bob)


def test_alice_books_nothing_at_a_site_where_she_does_not_work(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(NotFound):
        book(alpen, f"{MONDAY} 10:00", site_id=alpen.meran.pk)


def test_another_organisations_customer_car_and_site_do_not_exist(alpen: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        mine = {"customer_id": rosso.eve.pk, "vehicle_id": rosso.punto.pk, "site_id": rosso.torino.pk}
        for foreign in ({"customer_id": alpen.dana.pk}, {"vehicle_id": alpen.golf.pk}, {"site_id": alpen.bozen.pk}):
            with pytest.raises(NotFound):
                appointments.book(
                    actor=rosso.charlie, work_kinds=["oil_service"], starts_at=local(f"{MONDAY} 10:00"), source="staff", **mine | foreign
                )
        assert Appointment.objects.count() == 0


def test_an_invitation_is_booked_once(alpen: Alpen) -> None:
    cause = uuid7()
    with alpen.scope():
        first = book(alpen, f"{MONDAY} 10:00", cause_kind="invitation", cause_id=cause)
        with pytest.raises(Refusal) as refusal:
            book(alpen, f"{MONDAY} 15:00", cause_kind="invitation", cause_id=cause)
        assert (refusal.value.code, refusal.value.facts["appointment"]) == ("already_booked", first)
        appointments.cancel(actor=alpen.alice, appointment_id=first.pk, reason="customer_asked")
        assert book(alpen, f"{MONDAY} 15:00", cause_kind="invitation", cause_id=cause).number == 2


def test_moving_keeps_bay_and_technician_where_it_can_and_frees_the_old_time(alpen: Alpen) -> None:
    with alpen.scope():
        book(alpen, f"{MONDAY} 10:00", car=alpen.panda)
        appointment = book(alpen, f"{MONDAY} 10:00")
        assert names(alpen, appointment) == ("Bay 2", "L. Rossi")
        moved = appointments.move(actor=alpen.alice, appointment_id=appointment.pk, starts_at=local(f"{MONDAY} 15:00"), version=1)
        assert (moved.version, moved.starts_at, names(alpen, moved)) == (2, local(f"{MONDAY} 15:00"), ("Bay 2", "L. Rossi"))
        assert names(alpen, book(alpen, f"{MONDAY} 10:00", car=alpen.cars["octavia"])) == ("Bay 2", "L. Rossi")
        event = Event.objects.get(name="workshop.appointment_moved")
        assert event.values["earlier_starts_at"] == local(f"{MONDAY} 10:00").isoformat()
        assert event.values["time_changed"] is True


def test_moving_into_its_own_time_is_no_conflict(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00")
        longer = appointments.move(
            actor=alpen.alice, appointment_id=appointment.pk, starts_at=local(f"{MONDAY} 10:00"), version=1, minutes=90
        )
        assert (longer.minutes, longer.ends_at) == (90, local(f"{MONDAY} 11:30"))


def test_moving_to_another_bay_takes_its_usual_technician_along(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00")
        moved = appointments.move(
            actor=alpen.alice, appointment_id=appointment.pk, starts_at=appointment.starts_at, version=1, bay_id=alpen.bays["Bay 2"].pk
        )
        assert names(alpen, moved) == ("Bay 2", "L. Rossi")
        assert Event.objects.get(name="workshop.appointment_moved").values["time_changed"] is False


def test_moving_into_a_full_bay_is_refused_in_plain_words_and_tells_nobody(alpen: Alpen) -> None:
    with alpen.scope():
        book(alpen, f"{MONDAY} 10:00")
        other = book(alpen, f"{MONDAY} 15:00", car=alpen.panda)
        wanted = {"appointment_id": other.pk, "starts_at": local(f"{MONDAY} 10:30"), "version": 1, "bay_id": alpen.bays["Bay 1"].pk}
        with pytest.raises(Refusal) as refusal:
            appointments.move(actor=alpen.alice, **wanted)
        assert (refusal.value.code, refusal.value.text) == ("period_taken", "Bay 1 is taken 10:00–11:00 by BZ 346 AN.")
        with pytest.raises(Refusal, match=r"^This time is taken\.$"):
            appointments.move(actor=customer_actor(alpen.dana), **wanted)
        other.refresh_from_db()
        assert (other.starts_at, other.version) == (local(f"{MONDAY} 15:00"), 1)
        assert Event.objects.filter(name="workshop.appointment_moved").count() == 0


def test_a_technician_who_is_away_stands_in_the_way_by_name(alpen: Alpen) -> None:
    from forecourt.journeys.workshop import resources

    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00")
        staff.be_absent(
            actor=alpen.actor("Max Mair"), staff_member_id=alpen.staff["L. Rossi"].pk,
            starts_at=local("2026-03-03 00:00"), ends_at=local("2026-03-04 00:00"),
        )  # fmt: skip
        resources.refresh(site_id=alpen.bozen.pk)
        with pytest.raises(Refusal) as refusal:
            appointments.move(
                actor=alpen.alice, appointment_id=appointment.pk, starts_at=local("2026-03-03 10:00"), version=1,
                technician_id=alpen.staff["L. Rossi"].pk,
            )  # fmt: skip
        assert refusal.value.text == "L. Rossi is away at this time."


def test_a_move_seen_too_late_answers_with_the_current_state(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00")
        appointments.move(actor=alpen.alice, appointment_id=appointment.pk, starts_at=local(f"{MONDAY} 15:00"), version=1)
        with pytest.raises(Refusal) as refusal:
            appointments.move(actor=alpen.alice, appointment_id=appointment.pk, starts_at=local(f"{MONDAY} 16:00"), version=1)
        current: Any = refusal.value.facts["appointment"]
        assert (refusal.value.code, current.version, current.starts_at) == ("changed_meanwhile", 2, local(f"{MONDAY} 15:00"))


def test_a_bay_without_the_equipment_is_refused(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(Refusal, match="lacks what the work needs"):
        book(alpen, f"{MONDAY} 10:00", work_kinds=["statutory_test"], bay_id=alpen.bays["Bay 1"].pk)


def test_cancelling_gives_the_time_back_and_keeps_the_words_out_of_the_event(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00")
        cancelled = appointments.cancel(actor=customer_actor(alpen.dana), appointment_id=appointment.pk, reason="My dog ate the key")
        assert (cancelled.state, cancelled.note) == ("cancelled", "My dog ate the key")
        assert Event.objects.get(name="workshop.appointment_cancelled").values["reason"] == "other"
        assert names(alpen, book(alpen, f"{MONDAY} 10:00")) == ("Bay 1", "M. Huber")
        with pytest.raises(Refusal) as refusal:
            appointments.cancel(actor=alpen.alice, appointment_id=appointment.pk)
        assert refusal.value.code == "wrong_state"


def test_an_appointment_is_missed_only_after_its_time(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00")
        with pytest.raises(Refusal) as refusal:
            appointments.missed(actor=alpen.alice, appointment_id=appointment.pk)
        assert refusal.value.code == "too_early"
        set_clock(local(f"{MONDAY} 12:00"))
        assert appointments.missed(actor=alpen.alice, appointment_id=appointment.pk).state == "missed"


def test_three_offers_lie_on_different_days_and_parts_of_the_day(alpen: Alpen) -> None:
    with alpen.scope():
        offers = slots.offer(site_id=alpen.bozen.pk, work_kinds=["inspection"], vehicle_id=alpen.golf.pk)
        assert [each.starts_at for each in offers] == [
            local(f"{MONDAY} 09:00"),
            local("2026-03-03 13:00"),
            local("2026-03-04 14:00"),
        ]
        assert offers[0].bay_ids[0] == alpen.bays["Bay 1"].pk
        assert offers[0].technician_ids[0] == alpen.staff["M. Huber"].pk


def test_what_is_offered_can_be_booked(alpen: Alpen) -> None:
    with alpen.scope():
        for opening in slots.openings(site_id=alpen.bozen.pk, work_kinds=["statutory_test"], days=2):
            appointments.book(
                actor=alpen.alice, customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk,
                work_kinds=["statutory_test"], starts_at=opening.starts_at, source="staff",
            )  # fmt: skip
            break
        first = slots.openings(site_id=alpen.bozen.pk, work_kinds=["statutory_test"], days=2)[0]
        assert first.starts_at == local(f"{MONDAY} 10:00")


def test_a_note_is_added_below_what_is_known(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = book(alpen, f"{MONDAY} 10:00", note="squeaks")
        appointments.add_note(actor=customer_actor(alpen.dana), appointment_id=appointment.pk, note="and rattles")
        appointment.refresh_from_db()
        assert appointment.note == "squeaks\nand rattles"


def heard() -> None:
    """Let the workshop hear what happened."""
    for name, subscriber in events.subscribers().items():
        if name.startswith("journeys.workshop.subscribers.hold_"):
            told = [cls.name for cls in subscriber.listens_to]
            events.react(name, [str(pk) for pk in Event.objects.filter(name__in=told).order_by("pk").values_list("pk", flat=True)])


def test_of_two_records_that_became_one_car_each_booking_keeps_the_other_from_its_hour(alpen: Alpen) -> None:
    with alpen.scope():
        anna = alpen.actor("Anna Amort")
        theirs = book(alpen, f"{MONDAY} 10:00", car=alpen.panda)
        done = merges.merge(actor=anna, survivor_id=alpen.golf.pk, absorbed_id=alpen.panda.pk)
        heard()
        with pytest.raises(Refusal):
            book(alpen, f"{MONDAY} 10:30")
        merges.undo(actor=anna, vehicle_merge_id=done.pk)
        heard()
        assert book(alpen, f"{MONDAY} 10:30").vehicle_id == alpen.golf.pk
        with pytest.raises(Refusal):
            book(alpen, f"{MONDAY} 10:30", car=alpen.panda)
        theirs.refresh_from_db()
        assert theirs.vehicle_id == alpen.panda.pk


def test_two_bookings_of_one_hour_stay_as_they_are_when_their_cars_become_one(alpen: Alpen) -> None:
    with alpen.scope():
        both = [book(alpen, f"{MONDAY} 10:00"), book(alpen, f"{MONDAY} 10:00", car=alpen.panda)]
        before = sorted(Reservation.objects.values_list("holder_id", "resource_id", "state"))
        merges.merge(actor=alpen.actor("Anna Amort"), survivor_id=alpen.golf.pk, absorbed_id=alpen.panda.pk)
        heard()
        assert sorted(Reservation.objects.values_list("holder_id", "resource_id", "state")) == before
        assert set(Appointment.objects.filter(pk__in=[each.pk for each in both]).values_list("vehicle_id", flat=True)) == {alpen.golf.pk}
