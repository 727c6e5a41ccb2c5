"""Whether tyres are stored, as lines tell it: storing, handing back and fees in five languages, and what a car's history makes of them."""

from datetime import date

import pytest

from forecourt.engines.audience import facts, rules, tyres
from forecourt.engines.audience.models import VehicleFacts, WorkDone
from tests.cast import Alpen
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "is_out"),
    [
        ("Räder auslagern", True), ("Auslagerung Winterräder", True), ("Kunde hat WR mitgenommen", True), ("Raeder aus Lager", True),
        ("Räder einlagern", False), ("Auslagerung WR / Einlagerung SR", False), ("Lagergebühr Saison", False), ("WR ins Regal 12", False),
        ("ritiro gomme da deposito", True), ("Deposito gomme invernali", False), ("ritiro dal deposito invernali, estive in deposito", False),
        ("Tyres out of storage", True), ("Winter set collected from storage", True), ("Tyre storage fee", False), ("wheels stored", False),
        ("Roti scoase din depozit", True), ("Depozitare anvelope", False), ("Anvelope ridicate din hotel", True),
        ("轮胎出库", True), ("取走寄存轮胎", True), ("轮胎寄存", False), ("冬胎取出, 夏胎入库", False),
    ],
)  # fmt: skip
def test_words_tell_tyres_that_leave_from_those_that_stay(text: str, is_out: bool) -> None:
    assert tyres.take_out(text) is is_out


@pytest.mark.parametrize(
    ("visits", "since"),
    [
        ([("2025-04-02", "Einlagerung Winterräder")], date(2025, 4, 2)),
        ([("2024-11-02", "Einlagerung Sommerräder"), ("2025-04-02", "Räder auslagern")], None),
        ([("2024-11-02", "Einlagerung Sommerräder"), ("2025-04-02", "Räder auslagern"), ("2025-11-03", "Einlagerung Räder")], date(2025, 11, 3)),
        ([("2025-04-02", "Räder auslagern"), ("2025-04-02", "Einlagerung Winterräder")], date(2025, 4, 2)),
        ([("2025-04-02", "Räderwechsel")], None),
    ],
)  # fmt: skip
def test_tyres_are_there_since_the_last_line_that_says_so_unless_they_were_handed_back(
    alpen: Alpen, visits: list[tuple[str, str]], since: date | None
) -> None:
    with alpen.scope():
        rules.install()
        for day, text in visits:
            been(alpen.golf, day, 20_000, text)
        facts.refresh(vehicle_ids=[alpen.golf.pk], today=TODAY)
        assert VehicleFacts.objects.get(vehicle=alpen.golf).tyres_stored_on == since
        facts.refresh(today=TODAY)
        assert VehicleFacts.objects.get(vehicle=alpen.golf).tyres_stored_on == since


def test_each_kind_of_work_has_the_mileage_at_which_it_was_last_done(alpen: Alpen) -> None:
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2024-03-01", 20_000, "Inspektion", "Ölwechsel")
        been(alpen.golf, "2025-03-01", 35_000, "Ölwechsel")
        been(alpen.golf, "2025-06-01", None, "Räderwechsel")
        facts.refresh(today=TODAY)
        told = {each.work_kind: (str(each.last_on), each.last_mileage) for each in WorkDone.objects.filter(vehicle=alpen.golf)}
        assert told == {
            "inspection": ("2024-03-01", 20_000), "oil_service": ("2025-03-01", 35_000), "tyre_change": ("2025-06-01", None),
        }  # fmt: skip
