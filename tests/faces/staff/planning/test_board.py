"""The planning board as staff see it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from forecourt.journeys.workshop import appointments
from forecourt.journeys.workshop.models import Appointment
from tests.cast import Alpen, local

DAY = "2026-03-02"


@pytest.fixture(autouse=True)
def _early_on_monday(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local(f"{DAY} 06:59"))


def signed_in(dealer: Alpen, name: str = "Alice Adler") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(dealer.staff[name].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def book(dealer: Alpen, car: str, at: str, kinds: list[str], bay: str, **more: Any) -> Appointment:
    with dealer.scope():
        vehicle = dealer.cars[car]
        return appointments.book(
            actor=dealer.alice, customer_id=vehicle.holdings.get().customer_id, vehicle_id=vehicle.pk, site_id=dealer.bozen.pk,
            work_kinds=kinds, starts_at=local(f"{DAY} {at}"), source="staff", bay_id=dealer.bays[bay].pk, **more,
        )  # fmt: skip


def test_a_card_says_plate_work_and_stage_and_stands_in_its_bay(alpen: Alpen) -> None:
    booked = book(alpen, "golf", "08:00", ["oil_service"], "Bay 1")
    page = signed_in(alpen).get(f"/staff/board/?day={DAY}").content.decode()
    [card] = [part for part in page.split("<a ") if f'id="card-{booked.pk}"' in part]
    assert f'data-move-url="/staff/board/{booked.pk}/move/"' in card
    assert 'style="--from:60;--for:60"' in card
    assert '<span class="plate" translate="no">BZ 346 AN</span>' in card
    assert '<span class="board-card-work">Oil service</span><span class="board-card-stage">Booked</span>' in card
