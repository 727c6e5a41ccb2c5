"""The car arrives and is taken over."""

from decimal import Decimal
from typing import Any

import pytest

from forecourt.engines.offers.models import Decision, Item, Request
from forecourt.journeys.workshop import appointments, arrivals
from forecourt.journeys.workshop.models import Appointment, JobCard, Media, WorkLine
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.history.models import Visit
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import files
from tests.cast import Alpen, Rosso, local
from tests.journeys.workshop.visit import MONDAY, accept, arrived, booked, dana, events, fresh, picture


def test_checking_in_opens_job_card_lines_and_visit(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        job_card = arrivals.check_in(actor=alpen.alice, appointment_id=appointment.pk)
        assert Appointment.objects.get().state == "arrived"
        assert (job_card.number, job_card.stage, job_card.technician_id) == (1, "arrived", appointment.technician_id)
        line = job_card.lines.get()
        assert (line.title, line.minutes, line.net, line.tax_rate, line.state, line.item_id) == (
            "Ölservice", 60, Decimal("129.00"), Decimal("19.00"), "planned", None,
        )  # fmt: skip
        visit = Visit.objects.get()
        assert (visit.number, visit.is_own, visit.source, str(visit.opened_on), visit.closed_on) == ("F-1", True, "own", MONDAY, None)
        assert [(each.stage, each.by_id) for each in job_card.stage_changes.all()] == [("arrived", alpen.alice.id)]
        # Work begins at eight as agreed: 60 minutes and 20 for check and washing, by wall clock in Bozen
        assert job_card.expected_at == local(f"{MONDAY} 09:20")
        assert events()[-1] == "car_arrived"


def test_work_without_a_price_in_the_catalogue_costs_its_time(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        from forecourt.records.catalogue.models import WorkKind

        WorkKind.objects.filter(code="oil_service").update(price_net=None, minutes=50)
        line = arrivals.check_in(actor=alpen.alice, appointment_id=appointment.pk).lines.get()
        assert line.net == Decimal("100.00")  # 50 minutes at 120.00 an hour


def test_a_car_that_is_not_expected_cannot_be_checked_in(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        appointments.cancel(actor=alpen.alice, appointment_id=appointment.pk, reason="customer_asked")
        refused("wrong_state", arrivals.check_in, actor=alpen.alice, appointment_id=appointment.pk)
        job_card = arrived(alpen, vehicle_id=alpen.panda.pk, at=f"{MONDAY} 10:00")
        refused("wrong_state", arrivals.check_in, actor=alpen.alice, appointment_id=job_card.appointment_id)
        assert JobCard.objects.count() == Visit.objects.count() == 1


def test_only_the_workshop_checks_in_and_accepts(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        for actor in (alpen.bob, dana(alpen)):
            with pytest.raises(NotPermitted):
                arrivals.check_in(actor=actor, appointment_id=appointment.pk)
        with pytest.raises(NotFound):
            arrivals.check_in(actor=rosso.charlie, appointment_id=appointment.pk)
        with pytest.raises(NotFound):
            arrivals.check_in(actor=alpen.actor("T. Moser"), appointment_id=appointment.pk)  # of the sister site
    with rosso.scope(), pytest.raises(NotFound):
        arrivals.check_in(actor=rosso.charlie, appointment_id=appointment.pk)
    with alpen.scope():
        assert JobCard.objects.count() == 0
        assert Appointment.objects.get().state == "confirmed"
        job_card = arrivals.check_in(actor=alpen.alice, appointment_id=appointment.pk)
        with pytest.raises(NotPermitted):
            accept(alpen, job_card, actor=alpen.bob)
        assert fresh(job_card).stage == "arrived"


def test_acceptance_keeps_condition_pictures_and_the_signed_agreement(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = accept(alpen, arrived(alpen))
        job_card = fresh(job_card)
        assert (job_card.stage, job_card.mileage, job_card.fuel_percent, job_card.valuables, job_card.signed_name) == (
            "accepted", 84_210, 60, "sunglasses", "Dana Dorfer",
        )  # fmt: skip
        assert job_card.damage == [{"x": 0.25, "y": 0.5, "kind": "scratch", "note": "left door"}]
        assert job_card.promised_at == job_card.expected_latest_at
        assert sorted(Media.objects.filter(job_card=job_card).values_list("purpose", flat=True)) == ["acceptance", "signature"]
        assert (Vehicle.objects.get(pk=alpen.golf.pk).mileage, Visit.objects.get().mileage) == (84_210, 84_210)
        request, decision, line = Request.objects.get(), Decision.objects.get(), WorkLine.objects.get()
        assert (request.kind, request.state, request.currency) == ("estimate", "answered", "EUR")
        assert (decision.how, decision.decided_by_id, decision.shown["title"], decision.shown["gross"]) == (
            "signature", alpen.alice.id, "Ölservice", "153.51",
        )  # fmt: skip
        assert line.item_id == decision.item_id == Item.objects.get(state="approved").pk
        assert events()[-1] == "car_accepted"


def test_a_falling_mileage_is_looked_at_twice(alpen: Alpen) -> None:
    with alpen.scope():
        Vehicle.objects.filter(pk=alpen.golf.pk).update(mileage=90_000)
        job_card = arrived(alpen)
        refusal = refused("mileage_falls", accept, alpen, job_card)
        assert refusal.facts["known"] == 90_000
        assert_nothing_accepted(job_card)
        assert Vehicle.objects.get(pk=alpen.golf.pk).mileage == 90_000
        assert accept(alpen, job_card, is_mileage_confirmed=True).mileage == 84_210
        assert Vehicle.objects.get(pk=alpen.golf.pk).mileage == 84_210


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fuel_percent": 101}, "fuel_wrong"),
        ({"fuel_percent": -1}, "fuel_wrong"),
        ({"mileage": 3_000_000}, "mileage_wrong"),
        ({"signed_name": "  "}, "not_signed"),
        ({"damage": [{"x": 1.2, "y": 0, "kind": "dent"}]}, "damage_wrong"),
        ({"damage": [{"x": 0.2, "y": 0, "kind": "<script>"}]}, "damage_wrong"),
        ({"damage": [{"kind": "dent"}]}, "damage_wrong"),
    ],
)
def test_an_unsound_acceptance_is_refused_whole(alpen: Alpen, changes: dict[str, Any], code: str) -> None:
    with alpen.scope():
        job_card = arrived(alpen)
        refused(code, accept, alpen, job_card, **changes)
        assert_nothing_accepted(job_card)


def test_a_document_is_no_signature(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = arrived(alpen)
        document = files.keep(actor=alpen.alice, name="x", data=b"%PDF", media_type="application/pdf")
        refused("not_a_picture", accept, alpen, job_card, signature=document)
        refused("not_a_picture", accept, alpen, job_card, photos=[picture(alpen.alice), document])
        assert_nothing_accepted(job_card)


def test_a_car_is_accepted_once(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = accept(alpen, arrived(alpen))
        refused("wrong_state", accept, alpen, job_card, mileage=99_999)
        assert fresh(job_card).mileage == 84_210
        assert Request.objects.count() == 1


def refused(code: str, call: Any, *args: Any, **more: Any) -> Refusal:
    before = events()
    with pytest.raises(Refusal) as caught:
        call(*args, **more)
    assert caught.value.code == code
    assert caught.value.text
    assert events() == before
    return caught.value


def assert_nothing_accepted(job_card: JobCard) -> None:
    now = fresh(job_card)
    assert (now.stage, now.mileage, now.signed_name, now.damage, now.version) == ("arrived", None, "", [], job_card.version)
    assert Request.objects.count() == Media.objects.filter(job_card=job_card).count() == 0
    assert WorkLine.objects.get().item_id is None
