"""A file that two processes read says the same as one that is read alone, block for block, whatever becomes of the second one."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from forecourt.engines.intake import reading_along, running
from forecourt.engines.intake.models import Import
from forecourt.engines.intake.rows import RowReader
from forecourt.engines.intake.staging import Rejections
from forecourt.runtime import twins
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import ANNA, ANNAS_GOLF, LINES, export, sent

MOVED = LINES[0].replace("Königstraße 1", "Gasse 7").replace("+39 333 1112223", "abends anrufen")
WRONG = LINES[2].replace("15.03.2025", "45.03.2025", 1)


@pytest.fixture
def found(alpen: Alpen, small_blocks: None) -> Import:
    """A file in which Anna moves and moves back, a cell goes over two lines, one row is wrong, and one says too much."""
    orders = [f"{ANNA};{ANNAS_GOLF};BOZ;A-{number};31.12.2024;;45.210;1;L;0100;Inspektion;1,50;1;180,00" for number in range(4)]
    quoted = LINES[1].replace("Motoröl 5W30", '"Motoröl\n5W30"')
    lines = (*orders, MOVED, MOVED, LINES[0], WRONG, quoted, f"{LINES[2]};x", MOVED, LINES[0], LINES[1], LINES[2], WRONG)
    with alpen.scope():
        return sent(alpen.actor("Max Mair"), export(*lines))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_along, "ROWS", 2)
    monkeypatch.setattr(reading_along, "_WORTH_ROWS", 0)
    monkeypatch.setattr(twins, "is_of_use", lambda: True)


def told(actor: Actor, found: Import) -> tuple[list[Any], list[str]]:
    """By each block, and about what is wrong."""
    rejections = Rejections()
    attempt = running._Attempt(actor, found, rejections, None)
    blocks = []
    for rows, block in reading_along.blocks(attempt._rows, attempt._table, attempt._reader):
        rejections.take(block)
        blocks.append((rows, {table: "".join(lines) for table, lines in block.lines.items() if lines}, block.staged))
    entries = list(rejections._entries())
    rejections.close()
    return blocks, entries


def test_two_tell_what_one_tells(alpen: Alpen, found: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []
    monkeypatch.setattr(twins.Twin, "fetch", _noting(twins.Twin.fetch, fetched))
    with alpen.scope():
        actor = alpen.actor("Max Mair")
        both = told(actor, found)
        assert len(fetched) == 4
        assert all(fetched)
        monkeypatch.setattr(twins, "is_of_use", lambda: False)
        assert told(actor, found) == both
        blocks, entries = both
        assert [rows for rows, _lines, _staged in blocks] == [2] * 7 + [1]
        assert sum("abends anrufen" in entry for entry in entries) == 1


def _noting(fetch: Callable[[Any], Any], fetched: list[Any]) -> Callable[[Any], Any]:
    def fetch_and_note(twin: Any) -> Any:
        fetched.append(fetch(twin))
        return fetched[-1]

    return fetch_and_note


@pytest.mark.parametrize("how", ["killed", "failing"])
def test_what_the_second_one_leaves_is_read_by_the_first(alpen: Alpen, found: Import, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    read_along, here = reading_along._read_along, os.getpid()

    def die(*given: Any) -> Iterator[Any]:
        works = read_along(*given)
        yield next(works)
        assert os.getpid() != here
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise MemoryError

    with alpen.scope():
        actor = alpen.actor("Max Mair")
        undisturbed = told(actor, found)
        monkeypatch.setattr(reading_along, "_read_along", die)
        assert told(actor, found) == undisturbed


@pytest.mark.parametrize("rows", [1, 3, 4000])
def test_rows_that_stand_together_say_what_each_says_by_itself(alpen: Alpen, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(reading_along, "ROWS", rows)
    golf, of_no_number = LINES[0], LINES[0].replace(";1;L;", ";;L;")
    broken = (
        of_no_number, golf.replace(";1;L;", ";x;L;"), golf.replace("180,00", "viel"), golf.replace("0100;Inspektion mit Ölwechsel", ";"),
        f"{golf};zu viel", golf.rsplit(";", 3)[0], golf.replace("L;0100", "???;0100"), golf.replace("45.210", "45 tausend"),
        golf.replace("BOZ;A-1", "BOZ;"), golf.replace("0100;Inspektion mit Ölwechsel;1,50;1;180,00", ";;;;"), MOVED, WRONG,
    )  # fmt: skip
    lines = [line for each in broken for line in (LINES[0], each, LINES[1])]
    with alpen.scope():
        actor = alpen.actor("Max Mair")
        found = sent(actor, export(*lines))
        together = told(actor, found)
        monkeypatch.setattr(RowReader, "runs", lambda _self, rows: iter([(rows, None, [])]))
        assert told(actor, found) == together
        assert len({entry for entry in together[1] if "A-1" in entry}) > 5
