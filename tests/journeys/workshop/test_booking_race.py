"""A crowd on one slot: one gets it, the others get the next best three."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.models import Appointment
from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.runtime.models import Event
from tests.cast import Alpen, add_customer_with_car, customer_actor, local

CROWD = 20


@pytest.mark.django_db(transaction=True)
def test_twenty_customers_on_the_only_test_lane(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2026-03-02 06:59"))
    customers = [add_customer_with_car(alpen, f"c{number}", plate=f"BZ {number:03} XX") for number in range(CROWD)]
    start = Barrier(CROWD)

    def try_it(number: int) -> tuple[str, list[datetime]]:
        customer, car = customers[number]
        try:
            with alpen.scope():
                start.wait(timeout=30)
                appointments.book(
                    actor=customer_actor(customer), customer_id=customer.pk, vehicle_id=car.pk, site_id=alpen.bozen.pk,
                    work_kinds=["statutory_test"], starts_at=local("2026-03-02 10:00"), source="link",
                )  # fmt: skip
        except Refusal as refusal:
            offered: Any = refusal.facts["alternatives"]
            return refusal.code, [each.starts_at for each in offered]
        finally:
            connection.close()
        return "booked", []

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(try_it, range(CROWD)))

    next_best = [local(f"2026-03-02 {at}") for at in ("09:15", "10:45", "13:00")]
    assert sorted(code for code, _ in answers) == ["booked"] + ["slot_taken"] * (CROWD - 1)
    assert [offered for code, offered in answers if code == "slot_taken"] == [next_best] * (CROWD - 1)
    with alpen.scope():
        assert [each.number for each in Appointment.objects.all()] == [1]
        assert Event.objects.filter(name="workshop.appointment_booked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_tapped_ten_times_at_once_is_booked_once(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2026-03-02 06:59"))
    cause, start = uuid7(), Barrier(10)

    def tap(number: int) -> str:
        try:
            with alpen.scope():
                start.wait(timeout=30)
                appointments.book(
                    actor=customer_actor(alpen.dana), customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk,
                    work_kinds=["oil_service"], starts_at=local(f"2026-03-{9 + number % 5:02} {10 + number % 2 * 5}:00"), source="link",
                    cause_kind="invitation", cause_id=cause,
                )  # fmt: skip
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(10) as taps:
        answers = sorted(taps.map(tap, range(10)))
    assert answers == ["already_booked"] * 9 + ["booked"]
    with alpen.scope():
        assert Appointment.objects.count() == 1
