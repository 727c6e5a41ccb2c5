"""The daily build killed with SIGKILL at random moments: facts and lake are those of a build that nobody disturbs, and nothing is left lying.

A real worker finds by itself that a dealer's facts are of yesterday. It is shot while it builds all anew, for the lake is gone, and while it
builds a new day's lines into the lake. Only in full, with FORECOURT_PROVE=1: 250,000 lines (or FORECOURT_PROVE_LINES), other moments with
FORECOURT_PROVE_SEED; `tests/engines/audience/test_lake.py` kills one build in `make test`.
"""

import os
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import psycopg
import pytest

from forecourt.engines.audience.lake import engine
from forecourt.engines.audience.lake.place import Manifest
from tests.proof import lake_rows
from tests.proof.parts import IN_FULL, SEED, Parts, on, tell

pytestmark = pytest.mark.skipif(not IN_FULL, reason="long; make prove runs it, and tests/engines/audience has a short form")

LINES = int(os.environ.get("FORECOURT_PROVE_LINES", "250000"))
SHOTS = 15  # at each of both builds
HOUSE: Final = "tests.proof.build_house"
TABLES: Final = ("audience_vehiclefacts", "audience_workdone", "audience_duework")


class Building(Parts):
    """A worker and one dealer with a lake."""

    organisation_id: str

    @property
    def lake(self) -> Path:
        return self.data / "analytics" / self.organisation_id

    def build(self) -> tuple[str, date]:
        """The token of the build that counts, and its day."""
        [(token, built_for)] = self.ask("SELECT token, built_for FROM audience_build WHERE organisation_id = %s", self.organisation_id)
        assert isinstance(built_for, date)
        return str(token), built_for

    def manifest(self) -> Manifest:
        return lake_rows.manifest(self.lake, self.build()[0])

    def is_at_it(self) -> bool:
        """Whether somebody builds, or is still dying over it."""
        ours = "((classid::bigint << 32) | objid::bigint) = hashtextextended(%s, 7)"
        lock = f"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND {ours})"
        return self.ask(lock, f"audience {self.organisation_id}") == [(True,)]

    @contextmanager
    def without_an_end(self) -> Iterator[None]:
        """No build can come to its end: it waits before it tells of itself."""
        with psycopg.connect(self.cluster.url("super")) as line:
            line.execute("LOCK TABLE runtime_event IN SHARE ROW EXCLUSIVE MODE")
            yield

    def shoot_after(self, seconds: float) -> None:
        """Let a build begin, and kill the worker when it was at it for so long."""
        with self.without_an_end():
            self.wait(self.is_at_it)
            time.sleep(seconds)
            self.shoot("worker")
        self.note(f"after {seconds:.2f} s, {len(list(self.lake.glob('*.*')))} files")
        ends = time.monotonic() + 120
        while self.is_at_it():  # what the worker asked of the database last
            assert time.monotonic() < ends, self.told()
            time.sleep(0.05)

    def facts(self) -> dict[str, list[str]]:
        """All derived rows, without the ids that each row gets anew and the day on which it came out so."""
        asked = "SELECT (to_jsonb(t) - 'id' - 'computed_on')::text FROM {} t WHERE organisation_id = %s ORDER BY 1"
        return {name: [str(row) for (row,) in self.ask(asked.format(name), self.organisation_id)] for name in TABLES}


@pytest.fixture
def building(ground: Parts) -> Iterator[Building]:
    with on(ground, Building) as parts:
        parts.commands = {"worker": ["-m", HOUSE, "work"]}
        yield parts


def killed_and_resumed(building: Building, moments: Sequence[float]) -> None:
    """The build of the day is shot at each of these moments, then left alone."""
    before, facts = building.build(), building.facts()
    for moment in moments:
        building.shoot_after(moment)
        assert building.build() == before
    assert building.facts() == facts, "half of it was written"
    building.wait(lambda: building.build()[1] > before[1])
    building.wait(lambda: not building.is_at_it())
    building.note("built")
    building.shoot("worker")


def as_undisturbed(building: Building, folder: Path) -> dict[str, int]:
    """How many rows of each table there are, all of them the same as in a build from nothing that nobody disturbs."""
    made, manifest, facts = shutil.copytree(building.lake, folder), building.manifest(), building.facts()
    building.run("-m", HOUSE, "anew", building.organisation_id)
    with engine.duckdb(folder.with_suffix(".spill")) as duck:
        assert lake_rows.differences(duck, (made, manifest), (building.lake, building.manifest())) == {}
    anew = building.facts()
    assert {name: len(set(rows) ^ set(anew[name])) for name, rows in facts.items()} == dict.fromkeys(TABLES, 0)
    assert facts == anew
    return {name: len(rows) for name, rows in facts.items()}


@pytest.mark.timeout(4 * 3600)
def test_a_build_that_is_killed_again_and_again_ends_as_if_nothing_had_been(building: Building, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    building.organisation_id, told = building.run("-m", HOUSE, "seed", str(LINES)).split()
    whole = float(told)
    shutil.rmtree(building.lake)  # as after a person was erased: the next build is one of everything
    building.start("worker")
    killed_and_resumed(building, [chance.uniform(0, whole) for _shot in range(SHOTS)])
    assert lake_rows.unnamed(building.lake, building.manifest()) == set()
    as_undisturbed(building, tmp_path / "whole")

    building.run("-m", HOUSE, "new-day", building.organisation_id, str(LINES // 40))
    base = building.manifest()
    killed_and_resumed(building, [chance.uniform(0, whole / 2) for _shot in range(SHOTS)])
    assert building.manifest().layers == [*base.layers, base.number + 1]
    assert lake_rows.unnamed(building.lake, base, building.manifest()) == set()
    rows = as_undisturbed(building, tmp_path / "day")
    tell(
        f"daily build of {LINES:,} lines, worker killed {2 * SHOTS} times (seed {SEED})", limit="facts and lake as if nothing had been",
        measured=f"{sum(rows.values()):,} rows of {len(rows)} tables and all files equal",
    )  # fmt: skip
