"""Rows that are no records: a person says so once, and a sum at the end holds back no longer what is gone from the source."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forecourt.engines.intake import no_records, rejections, running, sources, uploads
from forecourt.engines.intake.mapping import load
from forecourt.engines.intake.models import Import, SourceMapping
from forecourt.engines.intake.parts import shape
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import sent

COLUMNS = {"vehicle.vin": "FIN", "vehicle.plate": "Kennzeichen", "vehicle.make": "Marke"}


@pytest.fixture
def max_mair(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Max Mair")


def cars(*numbers: int, foot: str = "") -> bytes:
    rows = (f"WVWZZZ1KZAW{each:06};BZ {each:03} AA;VW" for each in numbers)
    return "\n".join(("FIN;Kennzeichen;Marke", *rows, foot, "")).encode()


def listed(actor: Actor, content: bytes) -> Import:
    """A complete list of cars, read as saved for its source, else as said here."""
    found = sent(actor, content, source="cars")
    saved = sources.saved_mapping("cars")
    mapping = saved or load({"columns": COLUMNS, "complete": ["vehicle"]})
    return uploads.choose_mapping(actor=actor, import_id=found.pk, mapping=mapping)


def applied(actor: Actor, content: bytes) -> Import:
    return running.run(actor=actor, import_id=listed(actor, content).pk)


def gone() -> set[str]:
    return set(Vehicle.objects.filter(gone_on__isnull=False).values_list("plate", flat=True))


def test_rows_that_a_person_calls_no_records_hold_nothing_back_in_this_and_in_later_files(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        applied(max_mair, cars(1, 2, 3, 4))
        second = listed(max_mair, cars(1, 2, 3, foot="Summe: 3;;3 Stück"))
        running.dry_run(actor=max_mair, import_id=second.pk)
        second.refresh_from_db()
        assert (second.gone["vehicle"]["unread"], no_records.of(second)) == (1, [("summe", 1)])
        no_records.remember(actor=max_mair, import_id=second.pk, shapes=["summe", "never offered"])
        assert load(SourceMapping.objects.get().mapping).no_records == ("summe",)
        done = running.run(actor=max_mair, import_id=second.pk)
        assert (done.rows_rejected, done.gone["vehicle"].get("unread"), gone()) == (1, None, {"BZ 004 AA"})
        third = applied(max_mair, cars(1, 2, foot="Summe: 2;;2 Stück"))
        assert (no_records.of(third), gone()) == ([], {"BZ 003 AA", "BZ 004 AA"})


def test_another_unreadable_row_holds_back_as_before_and_so_does_the_sum_once_it_is_taken_back(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        first = applied(max_mair, cars(1, 2, 3, foot="Summe: 3;;3 Stück"))
        no_records.remember(actor=max_mair, import_id=first.pk, shapes=["summe"])
        second = applied(max_mair, cars(1, foot="Summe: 1;;1\nWVWZZZ;;VW"))
        assert (second.gone["vehicle"]["unread"], gone()) == (1, set())
        mapping = sources.saved_mapping("cars")
        assert mapping is not None
        sources.save_mapping(actor=max_mair, source="cars", mapping=replace(mapping, no_records=()))
        assert applied(max_mair, cars(1, foot="Summe: 1;;1")).gone["vehicle"]["unread"] == 1
        assert gone() == set()


def test_nothing_is_remembered_that_holds_nothing_back_or_by_whom_may_not(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        done = applied(max_mair, cars(1, 2, foot="Summe: 3;;3 Stück"))
        with pytest.raises(Refusal, match="choose"):
            no_records.remember(actor=max_mair, import_id=done.pk, shapes=["total"])
        with pytest.raises(NotPermitted):
            no_records.remember(actor=alpen.actor("Bob Brenner"), import_id=done.pk, shapes=["summe"])
        assert load(SourceMapping.objects.get().mapping).no_records == ()


def test_what_is_no_record_is_told_apart_in_the_file_it_was_said_of_and_in_later_ones_until_it_is_taken_back(
    alpen: Alpen, max_mair: Actor
) -> None:
    with alpen.scope():
        first = applied(max_mair, cars(1, 2, foot="Summe: 2;;2 Stück\nWVWZZZ;;VW"))
        assert (no_records.lines(first), left(max_mair, first)) == ({}, [4, 5])
        no_records.remember(actor=max_mair, import_id=first.pk, shapes=["summe"])
        assert (no_records.of(first), no_records.lines(first), left(max_mair, first)) == ([("wvwzzz", 1)], {"summe": [4]}, [5])
        assert "Summe" not in rejections.rejected_file(actor=max_mair, import_id=first.pk).decode()
        second = applied(max_mair, cars(1, 2, foot="Stück 1, Summe;;\nSUMME 2;;2 Stück"))
        assert (no_records.lines(second), left(max_mair, second)) == ({"summe": [5]}, [4])
        no_records.take_back(actor=max_mair, import_id=second.pk, shapes=["summe", "never said"])
        assert (no_records.lines(first), left(max_mair, first), left(max_mair, second)) == ({}, [4, 5], [4, 5])
        assert "Summe" in rejections.rejected_file(actor=max_mair, import_id=first.pk).decode()
        assert load(SourceMapping.objects.get().mapping).no_records == ()
        with pytest.raises(NotPermitted):
            no_records.take_back(actor=alpen.actor("Bob Brenner"), import_id=second.pk, shapes=["summe"])


def test_words_that_the_database_folds_otherwise_are_told_apart_too(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        first = applied(max_mair, cars(1, foot="ÜBERTRAG große Liste;;1"))
        no_records.remember(actor=max_mair, import_id=first.pk, shapes=["übertrag grosse liste"])
        assert no_records.lines(first) == {"übertrag grosse liste": [3]}


def left(actor: Actor, found: Import) -> list[int]:
    """The lines that are to be corrected."""
    but = [line for lines in no_records.lines(found).values() for line in lines]
    wrong = rejections.to_correct(actor=actor, import_id=found.pk, but=but)
    return sorted(set(wrong.values_list("line", flat=True)))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["Summe", "", "1.234,50"], "summe"), (["", "Total 12,345", "x"], "total"), (["Gesamt: 27 Fahrzeuge", "27"], "gesamt fahrzeuge"),
        (["合计", "12"], "合计"), (["WVWZZZ1KZ", "x"], ""), (["BZ 032 AA", "x"], ""), (["12345", "x"], ""), (["", ""], ""),
    ],
)  # fmt: skip
def test_a_row_is_known_again_by_the_words_of_its_first_filled_cell(cells: list[Any], said: str) -> None:
    assert shape(cells) == said
