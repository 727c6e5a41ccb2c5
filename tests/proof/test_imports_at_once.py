"""Imports of one dealer that race in processes of their own end as one after the other, row for row, in the order in which they were applied.

Only in full, with FORECOURT_PROVE=1: `tests/engines/intake/test_imports_at_once.py` shows the same by threads in `make test`. Once by two commands at
once, once by two workers.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.proof import overlapping, rows
from tests.proof.parts import IN_FULL, Parts, on, tell

pytestmark = pytest.mark.skipif(not IN_FULL, reason="long; make prove runs it, and tests/engines/intake has the short form")

LINES = int(os.environ.get("FORECOURT_PROVE_LINES", "100000")) // 50 * 50
HOUSE = "tests.proof.import_house"


class Racing(Parts):
    """Commands and workers that all want to import."""

    def dealer(self) -> tuple[str, str]:
        """A new one's id and name."""
        organisation_id, slug = self.run("-m", HOUSE, "dealer").split()
        return organisation_id, slug

    def command(self, slug: str, path: Path) -> None:
        self.run("-m", "forecourt.config.command", "import", str(path), "--organisation", slug, "--source", "dms", "--json")

    def by_commands(self, paths: Sequence[Path], at_once: int) -> str:
        """The dealer that took these in, so many at once."""
        organisation_id, slug = self.dealer()
        with ThreadPoolExecutor(at_once) as crowd:
            list(crowd.map(lambda path: self.command(slug, path), paths))
        return organisation_id

    def by_workers(self, paths: Sequence[Path]) -> str:
        organisation_id, _slug = self.dealer()
        self.run("-m", HOUSE, "queue", organisation_id, *map(str, paths))
        left = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'engines.intake.background.perform'"
        )
        self.wait(lambda: self.ask(left) == [(0,)], seconds=900)
        return organisation_id

    def applied(self, organisation_id: str) -> list[str]:
        """The files in the order in which they were, all of them."""
        asked = "SELECT file_name, state FROM intake_import WHERE organisation_id = %s ORDER BY finished_at"
        imports = self.ask(asked, organisation_id)
        assert {state for _name, state in imports} == {"applied"}
        return [str(name) for name, _state in imports]

    def rows(self, organisation_id: str, since: datetime) -> rows.Texts:
        """But for the imports' own and their numbers at the records: those are as the files came, not as they were applied."""
        with psycopg.connect(self.cluster.url("super")) as line:
            found = rows.read(line, organisation_id, since=since, without=frozenset({"brought_by", "changed_by"}))
        return {name: texts for name, texts in found.items() if name.startswith(("people_", "vehicles_", "history_"))}


@pytest.fixture(scope="module")
def racing(ground: Parts) -> Iterator[Racing]:
    with on(ground, Racing) as parts:
        parts.commands = {name: ["-m", HOUSE, "work"] for name in ("worker", "another")}
        yield parts


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("is_same", [True, False], ids=["the same file", "overlapping files"])
def test_imports_that_race_end_as_one_after_the_other(racing: Racing, tmp_path: Path, is_same: bool) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    one, other = overlapping.write(tmp_path, LINES)
    files = [one, one] if is_same else [one, other]
    in_turn = {tuple(path.name for path in paths): racing.by_commands(paths, at_once=1) for paths in (files, files[::-1])}
    together = [racing.by_commands(files, at_once=2)]
    for name in racing.commands:
        racing.start(name)
    together.append(racing.by_workers(files))
    for name in racing.commands:
        racing.end(name)
    racing.processes.clear()
    expected = {names: racing.rows(dealer, began) for names, dealer in in_turn.items()}
    for dealer in together:
        order = tuple(racing.applied(dealer))
        assert rows.differences(expected[order], racing.rows(dealer, began)) == {}
    lines = LINES if is_same else LINES * 3 // 2
    assert {texts["history_jobline"].total() for texts in expected.values()} == {lines}
    assert is_same or rows.differences(*expected.values())
    tell(
        f"two imports of {LINES:,} lines at once, {'the same file' if is_same else 'half of it in both'}, by commands and by workers",
        limit="as one after the other", measured=f"{sum(each.total() for each in next(iter(expected.values())).values()):,} rows equal",
    )  # fmt: skip
