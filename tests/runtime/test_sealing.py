"""The audit trail is added to alone, sealed soon after, and a changed, removed or inserted line is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from forecourt.config import command
from forecourt.kernel.ids import uuid7
from forecourt.runtime import audit, scope, sealing
from forecourt.runtime.actors import system
from forecourt.runtime.models import AuditEntry, AuditSeal
from tests.cast import Alpen, Rosso

HERE = UUID("01900000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def trail(transactional_db: None, postgres_cluster: Any) -> Iterator[psycopg.Connection[Any]]:
    """Six sealed lines, and somebody who owns the database and is stopped by no trigger."""
    with scope.of(HERE):
        for number in range(6):
            audit.record(by=system(HERE), act="test.done", object_kind="thing", object_id=uuid7(), number=number)
        assert sealing.seal() == 6
    name = connection.settings_dict["NAME"]
    with psycopg.connect(postgres_cluster.url("super", name), autocommit=True) as intruder:
        intruder.execute("SET session_replication_role = replica")
        yield intruder


def found() -> list[tuple[str, int]]:
    with scope.of(HERE):
        _, findings = sealing.verify()
    return [(each.kind, each.number) for each in findings]


def nth(intruder: psycopg.Connection[Any], number: int) -> UUID:
    row = intruder.execute("SELECT entry_id FROM runtime_auditseal WHERE number = %s", [number]).fetchone()
    assert row
    found: UUID = row[0]
    return found


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (None, []),
        ("UPDATE runtime_auditentry SET values = '{\"number\": 7}' WHERE id = %(third)s", [("changed", 3)]),
        ("UPDATE runtime_auditentry SET actor_id = %(other)s WHERE id = %(third)s", [("changed", 3)]),
        ("UPDATE runtime_auditentry SET about = ARRAY[%(other)s]::uuid[] WHERE id = %(third)s", [("changed", 3)]),
        ("DELETE FROM runtime_auditentry WHERE id = %(third)s", [("removed", 3)]),
        ("DELETE FROM runtime_auditseal WHERE number = 3", [("seal missing", 3), ("inserted", 0)]),
        (
            (
                "INSERT INTO runtime_auditentry SELECT %(old)s, organisation_id, at, actor_kind, actor_id, act, object_kind, object_id, values, about "
                "FROM runtime_auditentry WHERE id = %(third)s"
            ),
            [("inserted", 0)],
        ),
        (
            (
                "WITH gone AS (DELETE FROM runtime_auditseal WHERE number = 6 RETURNING entry_id) "
                "DELETE FROM runtime_auditentry USING gone WHERE id = gone.entry_id"
            ),
            [("head differs", 6)],
        ),
    ],
    ids=["nothing", "values", "who", "about whom", "removed", "unsealed", "inserted", "the end cut off"],
)
def test_what_is_not_as_it_was_sealed_is_found(harm: Any, told: list[tuple[str, int]], trail: psycopg.Connection[Any]) -> None:
    if harm:
        names = {"third": nth(trail, 3), "other": uuid7(), "old": UUID("01800000-0000-7000-8000-000000000001")}
        trail.execute(harm, {name: value for name, value in names.items() if f"%({name})s" in harm})
    if harm and "number = 3" in harm:  # the unsealed line is too old to be taken for a new one
        trail.execute(
            "UPDATE runtime_auditentry SET id = %s WHERE id NOT IN (SELECT entry_id FROM runtime_auditseal)", [uuid_of_long_ago()]
        )
    assert found() == told


def uuid_of_long_ago() -> UUID:
    return UUID("01800000-0000-7000-8000-000000000002")


@pytest.mark.django_db
def test_a_later_line_is_chained_to_the_one_before_and_each_dealer_has_a_chain_of_their_own() -> None:
    for organisation in (HERE, uuid7()):
        with scope.of(organisation):
            for _ in range(3):
                audit.record(by=system(organisation), act="test.done", object_kind="thing")
                sealing.seal()
            assert list(AuditSeal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
            assert len(set(AuditSeal.objects.values_list("digest", flat=True))) == 3
            assert sealing.verify() == (3, [])


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["runtime_auditentry", "runtime_auditseal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET organisation_id = organisation_id", "DELETE FROM {}"])
def test_postgresql_refuses_to_change_the_trail(table: str, change: str) -> None:
    with scope.of(HERE):
        audit.record(by=system(HERE), act="test.done", object_kind="thing")
        sealing.seal()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.format(table))


@pytest.mark.django_db
def test_an_act_that_is_taken_back_leaves_no_line() -> None:
    with scope.of(HERE):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.record(by=system(HERE), act="test.done", object_kind="thing")
            raise ZeroDivisionError
        assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_the_trail_is_found_by_who_acted_and_by_whom_it_is_about() -> None:
    actor, dana, eve = uuid7(), uuid7(), uuid7()
    with scope.of(HERE):
        audit.record(by=system(HERE), act="customer.changed", object_kind="customer", object_id=dana)
        audit.read(by=system(HERE), what="customers", about=[dana, eve, dana], asked="Dorfer")
        assert [each.act for each in audit.entries(person_id=dana)] == ["read.customers", "customer.changed"]
        assert [each.act for each in audit.entries(person_id=eve)] == ["read.customers"]
        assert not audit.entries(person_id=actor)
        seen = audit.entries(act=audit.READ).get()
        assert (seen.about, seen.values["shown"]) == ([dana, eve], 2)
        assert "Dorfer" not in str(seen.values)


def test_the_poll_seals_for_every_dealer(alpen: Alpen, rosso: Rosso) -> None:
    for dealer in (alpen, rosso):
        with dealer.scope():
            audit.record(by=dealer.system, act="test.done", object_kind="thing")
    sealing.seal_all()
    for dealer in (alpen, rosso):
        with dealer.scope():
            assert AuditSeal.objects.count() == AuditEntry.objects.count() > 0


def test_the_command_says_which_line_it_is(alpen: Alpen, capsys: Any) -> None:
    with alpen.scope():
        audit.record(by=alpen.system, act="test.done", object_kind="thing")
    assert command.main(["audit", "verify", "--organisation", alpen.organisation.slug]) == 0
    assert "none not as sealed" in capsys.readouterr().out
    assert command.main(["audit", "verify", "--organisation", "nobody"]) == 1
