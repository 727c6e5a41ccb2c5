"""Sets of rows on their way into PostgreSQL: COPY beside other work, and ids that are made there."""

import time
import uuid

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from forecourt.runtime.database import bulk
from forecourt.runtime.database.bulk import CopyBeside, create_temporary, in_parts, new_id
from tests.cast import Alpen

pytestmark = pytest.mark.django_db


def test_batches_are_copied_while_the_next_is_prepared_and_none_is_lost() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        create_temporary(cursor, "arriving", ("number integer",))
        with CopyBeside(cursor) as copying:
            for batch in range(20):
                copying.copy({"arriving": [f"{batch * 1000 + number}\n" for number in range(1000)]})
            copying.wait()
            cursor.execute("SELECT count(*) FROM arriving")
            assert cursor.fetchone() == (20_000,)
            copying.copy({"arriving": ["20000\n"]})
        cursor.execute("SELECT count(*), max(number) FROM arriving")
        assert cursor.fetchone() == (20_001, 20_000)


def test_what_cannot_be_copied_is_told_at_the_latest_at_the_end() -> None:
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        create_temporary(cursor, "arriving", ("number integer",))
        with CopyBeside(cursor) as copying:
            copying.copy({"arriving": ["one\n"]})


class Late(list[str]):
    """Lines whose COPY has not begun for a while."""

    def __len__(self) -> int:
        time.sleep(0.2)
        return super().__len__()


def test_after_an_error_of_the_caller_nothing_is_copied_any_more() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        create_temporary(cursor, "arriving", ("number integer",))
        with pytest.raises(KeyError), CopyBeside(cursor) as copying:
            copying.copy({"arriving": Late(["1\n"])})
            raise KeyError
        cursor.execute("SELECT count(*) FROM arriving")
        assert cursor.fetchone() == (1,)


def test_ids_that_postgresql_makes_are_of_version_7_and_in_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {new_id("number")}, (extract(epoch FROM statement_timestamp()) * 1000)::bigint
                FROM generate_series(1, 10000) AS number ORDER BY number"""
        )
        rows = cursor.fetchall()

    ids = [row[0] for row in rows]
    assert ids == sorted(set(ids))
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
    assert [each.int >> 80 for each in (ids[0], ids[-1])] == [rows[0][1], rows[0][1] + 10_000 // 4096]


def test_references_are_checked_after_each_part_and_not_noted_up_to_the_end(alpen: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_ROWS_AT_ONCE", 1)
    statement = """INSERT INTO people_customerreference (id, organisation_id, source, number, customer_id)
                   SELECT gen_random_uuid(), %(organisation)s, 'x', number, gen_random_uuid() FROM given WHERE number > %(after)s AND number <= %(upto)s"""
    with alpen.scope(), connection.cursor() as cursor:
        create_temporary(cursor, "given", ("number integer",))
        cursor.execute("INSERT INTO given VALUES (1), (2)")
        with pytest.raises(IntegrityError, match="customer_id"):
            in_parts(cursor, statement, {"organisation": alpen.organisation.pk}, table="given", where="true", number="number")


def test_of_parts_in_which_nothing_is_to_be_done_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_ROWS_AT_ONCE", 2)
    statement = "INSERT INTO seen SELECT number, %(after)s FROM given WHERE is_new AND number > %(after)s AND number <= %(upto)s"
    with connection.cursor() as cursor:
        create_temporary(cursor, "given", ("number integer", "is_new boolean"))
        create_temporary(cursor, "seen", ("number integer", "part integer"))
        assert in_parts(cursor, statement, {}, table="given", where="is_new", number="number") == 0
        cursor.execute("INSERT INTO given SELECT number, number IN (5, 6, 7) FROM generate_series(1, 10) AS number")
        assert in_parts(cursor, statement, {}, table="given", where="is_new", number="number") == 3
        cursor.execute("SELECT number, part FROM seen ORDER BY number")
        assert cursor.fetchall() == [(5, 4), (6, 4), (7, 6)]
