"""Two imports of one dealer at once end as one after the other, row for row, in the order in which they took their turn; so do two mappings.

Here by threads; `tests/proof/test_imports_at_once.py` lets processes race, with longer files.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from bench import ground
from forecourt.engines.intake import running, sources, uploads
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import, SourceMapping
from forecourt.runtime import scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import Event
from tests.proof import overlapping, rows

LINES = 100


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return overlapping.write(tmp_path, LINES)


@pytest.fixture
def superuser(transactional_db: None, postgres_cluster: Any) -> Iterator[psycopg.Connection[Any]]:
    """Sees all dealers."""
    with psycopg.connect(postgres_cluster.url("super", connection.settings_dict["NAME"]), autocommit=True) as line:
        yield line


def taken_in(actor: Actor, path: Path) -> str:
    """What becomes of the file."""
    try:
        with scope.of(actor.organisation_id):
            found = uploads.receive_path(actor=actor, path=path, source="dms")
            return running.run(actor=actor, import_id=found.pk).state
    finally:
        connection.close()


def one_after_the_other(paths: Sequence[Path]) -> Actor:
    _site, actor = ground.site("in-turn", has_work=False)
    assert [taken_in(actor, path) for path in paths] == ["applied", "applied"]
    return actor


def at_once(superuser: psycopg.Connection[Any], paths: Sequence[Path]) -> Actor:
    """All have read how the others left the dealer, namely empty, before the first may begin."""
    _site, actor = ground.site("at-once", has_work=False)
    with ThreadPoolExecutor(len(paths)) as crowd:
        with turn_held(superuser, actor):
            running = []
            for number, path in enumerate(paths, start=1):
                running.append(crowd.submit(taken_in, actor, path))
                wait_until_so_many_wait(superuser, number)
        assert [each.result(60) for each in running] == ["applied", "applied"]
    return actor


@contextmanager
def turn_held(superuser: psycopg.Connection[Any], actor: Actor) -> Iterator[None]:
    superuser.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"intake:{actor.organisation_id}"])
    yield
    superuser.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"intake:{actor.organisation_id}"])


def wait_until_so_many_wait(superuser: psycopg.Connection[Any], number: int) -> None:
    ours = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ends = time.monotonic() + 20
    while superuser.execute(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {ours}").fetchone() != (
        number,
    ):
        assert time.monotonic() < ends, "no import waits for its turn"
        time.sleep(0.01)


def test_the_same_file_twice_at_once_is_in_once(superuser: psycopg.Connection[Any], files: tuple[Path, Path]) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    file, _other = files
    in_turn, together = one_after_the_other([file, file]), at_once(superuser, [file, file])
    one, other = (rows.read(superuser, actor.organisation_id, since=began) for actor in (in_turn, together))
    assert rows.differences(one, other) == {}
    assert other["history_jobline"].total() == LINES
    with scope.of(together.organisation_id):
        assert list(Import.objects.order_by("number").values_list("rows_created", "rows_unchanged")) == [(LINES, 0), (0, LINES)]
        assert Event.objects.filter(name="intake.import_applied").count() == 2


def test_of_two_overlapping_files_at_once_the_one_whose_turn_comes_last_has_the_last_word(
    superuser: psycopg.Connection[Any], files: tuple[Path, Path]
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    in_turn, turned, together = one_after_the_other(files), one_after_the_other(files[::-1]), at_once(superuser, files)
    one, wrong, other = (rows.read(superuser, actor.organisation_id, since=began) for actor in (in_turn, turned, together))
    assert rows.differences(one, other) == {}
    assert {"people_customer", "vehicles_vehicle", "history_visit", "history_jobline"} <= rows.differences(wrong, other).keys()
    assert (other["history_jobline"].total(), other["history_visit"].total()) == (LINES * 3 // 2, LINES * 3 // 10)
    assert (other["people_customer"].total(), other["vehicles_vehicle"].total()) == (LINES * 3 // 50, LINES * 3 // 50)


def test_of_two_first_mappings_of_a_source_at_once_the_later_one_is_the_second_version(superuser: psycopg.Connection[Any]) -> None:
    _site, actor = ground.site("at-once", has_work=False)
    with ThreadPoolExecutor(1) as crowd, scope.of(actor.organisation_id):
        with transaction.atomic():
            assert saved(actor, "Nr").version == 1
            later = crowd.submit(saved_elsewhere, actor, "Kd-Nr.")
            wait_until_so_many_wait(superuser, 1)
        assert (later.result(60).version, sources.saved_mapping("dms")) == (2, Mapping({"customer.number": "Kd-Nr."}))


def saved(actor: Actor, column: str) -> SourceMapping:
    return sources.save_mapping(actor=actor, source="dms", mapping=Mapping({"customer.number": column}))


def saved_elsewhere(actor: Actor, column: str) -> SourceMapping:
    """On a connection of its own."""
    try:
        with scope.of(actor.organisation_id):
            return saved(actor, column)
    finally:
        connection.close()
