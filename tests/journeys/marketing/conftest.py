"""A Monday morning in March: three cars are due for inspection, Dana agreed to be reminded, Dieter did not."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from forecourt.engines.audience import facts, rules
from forecourt.journeys.marketing import flows
from forecourt.journeys.marketing.models import Flow
from forecourt.records.people import consent
from tests.cast import Alpen, local
from tests.engines.audience.history import been
from tests.engines.messaging.conftest import mail_server, mailbox  # noqa: F401 - fixtures

NOW = "2026-03-02 08:00"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def due(alpen: Alpen, set_clock: Callable[[datetime], None]) -> Alpen:
    set_clock(local(NOW))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2024-03-10", 40_000, "Inspektion nach Herstellervorgabe")
        been(alpen.panda, "2024-02-01", 20_000, "Tagliando 20.000 km")
        been(alpen.cars["octavia"], "2024-03-20", 60_000, "Inspektion")
        consent.enter(actor=alpen.alice, customer_id=alpen.dana.pk, purpose="service_reminder", channel="email", act="give", wording="desk")
        facts.refresh()
    return alpen


@pytest.fixture
def flow(due: Alpen) -> Flow:
    """The flow for due services, on."""
    with due.scope():
        flows.install()
        return flows.start(actor=due.actor("Max Mair"), flow_id=Flow.objects.get(kind="service_due").pk)
