"""The embedded PostgreSQL: made, used by two roles, killed and back, as whoever runs the tests (root or not)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from forecourt.config.postgres import Cluster, PostgresProblem, ensure_running, locate, refuse_privileged_role, running
from forecourt.config.postgres.cluster import buffers


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = ensure_running(tmp_path_factory.mktemp("data"))
    yield made
    made.release()
    shutil.rmtree(made.place.home)


def test_the_application_can_write_what_the_owner_makes_but_can_change_no_table(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE bays (id bigserial PRIMARY KEY, name citext)")
    with psycopg.connect(cluster.url("app"), autocommit=True) as application:
        application.execute("INSERT INTO bays (name) VALUES ('Bay 1')")
        assert application.execute("SELECT name FROM bays WHERE name = 'BAY 1'").fetchall() == [("Bay 1",)]
        for forbidden in ("DROP TABLE bays", "TRUNCATE bays", "CREATE TABLE mine (id int)", "ALTER TABLE bays ADD colour text"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(forbidden)


def test_neither_role_is_privileged_and_a_privileged_one_is_refused(cluster: Cluster) -> None:
    refuse_privileged_role(cluster.url("app"))
    refuse_privileged_role(cluster.url("owner"))
    with pytest.raises(PostgresProblem, match="must not work as 'postgres', which is a superuser"):
        refuse_privileged_role(cluster.url("super"))
    with psycopg.connect(cluster.url("super"), autocommit=True) as administrator:
        administrator.execute("CREATE ROLE peeker LOGIN BYPASSRLS PASSWORD 'peek'")
    peeking = cluster.url("app").replace(f"forecourt_app:{cluster.place.password('app')}", "peeker:peek")
    with pytest.raises(PostgresProblem, match="has BYPASSRLS"):
        refuse_privileged_role(peeking)


def test_nobody_gets_in_without_the_password_and_passwords_are_ours_alone(cluster: Cluster) -> None:
    wrong = cluster.url("app").replace(cluster.place.password("app"), "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    modes = {path.name: path.stat().st_mode & 0o777 for path in cluster.place.notes.glob("*.password")}
    assert modes == {"app.password": 0o600, "owner.password": 0o600, "super.password": 0o600}
    assert cluster.place.socket_folder.stat().st_mode & 0o777 == 0o700


def test_after_kill_9_the_same_rows_are_back(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(_postmaster(cluster), signal.SIGKILL)

    with running(cluster.place.notes.parent) as again, psycopg.connect(again.url("app")) as application:
        assert application.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_the_database_keeps_an_eighth_of_the_memory_within_bounds(cluster: Cluster) -> None:
    assert [buffers(mib) for mib in (512, 1024, 2048, 4096, 65_536)] == [128, 128, 256, 512, 512]
    with psycopg.connect(cluster.url("super")) as connection:
        [kept] = connection.execute("SELECT setting::int * 8 / 1024 FROM pg_settings WHERE name = 'shared_buffers'").fetchone() or (0,)
    assert kept == buffers(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20)


def test_a_process_id_left_from_before_a_reboot_does_not_keep_the_server_away(tmp_path: Path) -> None:
    first = ensure_running(tmp_path)
    first.release()
    try:
        assert not first.works
        # The number now belongs to somebody else: to us.
        (first.place.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{first.place.cluster}\n", encoding="ascii")
        again = ensure_running(tmp_path)
        assert again.works
        again.release()
    finally:
        shutil.rmtree(first.place.home, ignore_errors=True)


def test_two_processes_that_start_it_at_once_share_one_server_and_the_last_one_stops_it(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from forecourt.config.postgres import ensure_running\n"
        "cluster = ensure_running(Path(sys.argv[1])); print(cluster.works, flush=True); sys.stdin.readline(); cluster.release()"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": "src"},
        )
        for _ in range(2)
    ]
    cluster = locate(tmp_path)
    try:
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == b"True\n"
        both[0].communicate(b"\n", timeout=30)
        assert cluster.works
        both[1].communicate(b"\n", timeout=30)
        assert not cluster.works
    finally:
        for process in both:
            process.kill()
        shutil.rmtree(cluster.place.home, ignore_errors=True)


def test_a_very_deep_data_folder_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("deeper" * 10)

    place = locate(deep).place

    assert len(os.fsencode(place.socket_folder)) <= 85
    if place.home != place.notes:
        shutil.rmtree(place.home)


def _postmaster(cluster: Cluster) -> int:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        text = (cluster.place.cluster / "postmaster.pid").read_text(encoding="ascii")
        if text:
            return int(text.split("\n", 1)[0])
    raise AssertionError("no postmaster.pid")
