"""References that are checked as sets hold what a foreign key holds: orders and their lines are the ones that have them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, models, transaction

from forecourt.kernel.ids import uuid7
from forecourt.records.history.models import JobLine, Visit
from forecourt.runtime import scope
from tests.cast import Alpen, Rosso, autohaus_alpen

pytestmark = pytest.mark.django_db


def opened(alpen: Alpen, number: str = "A-1", **changed: Any) -> Visit:
    facts: dict[str, Any] = {"site_id": alpen.bozen.pk, "vehicle_id": alpen.golf.pk, "customer_id": alpen.dana.pk, **changed}
    return Visit.objects.create(number=number, source="dms", opened_on=date(2026, 1, 7), **facts)


def lines_of(visit_id: Any, *positions: int) -> list[JobLine]:
    return [JobLine(visit_id=visit_id, position=position, text_key="") for position in positions]


def gone(visit: Visit) -> None:
    """Past Django, which would see to it by itself."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM history_visit WHERE id = %s AND organisation_id = %s", [visit.pk, visit.organisation_id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def by_sets() -> list[tuple[str, str, str]]:
    """Each reference that has no foreign key: table, column, and the table it names."""
    return [
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and not vars(field)["db_constraint"]
    ]


@pytest.mark.parametrize(("table", "column", "to"), by_sets())
def test_each_reference_without_a_foreign_key_is_checked(table: str, column: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgenabled, tgargs FROM pg_trigger "
            "WHERE tgfoid::regproc::text IN ('forecourt_refer', 'forecourt_refer_anew', 'forecourt_is_referred_to')"
        )
        standing = [(there, enabled, tuple(bytes(given).decode().split("\0"))) for there, enabled, given in cursor.fetchall()]
    named, kept = (column, to, ""), (table, column, "")
    assert [each for each in standing if each[2] == named and each[0] == table] == [(table, "O", named)] * 2
    assert [each for each in standing if each[2] == kept] == [(to, "O", kept)]


def test_nothing_names_what_is_not_there(alpen: Alpen) -> None:
    with alpen.scope():
        for column in ("site_id", "vehicle_id", "customer_id"):
            unknown: dict[str, Any] = {column: uuid7()}
            with pytest.raises(IntegrityError, match=f"history_visit.{column} names what is not in"), transaction.atomic():
                opened(alpen, **unknown)
        visit = opened(alpen)
        lines = [*lines_of(visit.pk, *range(1, 50)), *lines_of(uuid7(), 1)]
        with pytest.raises(IntegrityError, match=r"history_jobline\.visit_id names what is not in history_visit"), transaction.atomic():
            JobLine.objects.bulk_create(lines)
        JobLine.objects.bulk_create(lines[:-1])
        assert opened(alpen, "A-2", customer_id=None).customer_id is None


def test_nothing_is_changed_to_name_what_is_not_there(alpen: Alpen) -> None:
    with alpen.scope():
        visit, other = opened(alpen), opened(alpen, "A-2")
        JobLine.objects.bulk_create(lines_of(visit.pk, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            JobLine.objects.update(visit_id=uuid7())
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(vehicle_id=uuid7())
        JobLine.objects.update(visit_id=other.pk)
        Visit.objects.update(customer_id=None)


def test_nothing_goes_that_is_referred_to(alpen: Alpen) -> None:
    with alpen.scope():
        visit = opened(alpen)
        JobLine.objects.bulk_create(lines_of(visit.pk, 1))
        with pytest.raises(IntegrityError, match=r"history_visit is named by history_jobline\.visit_id"), transaction.atomic():
            gone(visit)
        with transaction.atomic(), connection.cursor() as cursor:  # in any order, as long as it is right in the end
            cursor.execute("DELETE FROM history_visit WHERE organisation_id = %s", [alpen.id])
            cursor.execute("DELETE FROM history_jobline WHERE organisation_id = %s", [alpen.id])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_no_temporary_table_stands_in_for_what_is_named(alpen: Alpen) -> None:
    with alpen.scope():
        unknown = uuid7()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE history_visit (id uuid) ON COMMIT DROP")
            cursor.execute("INSERT INTO history_visit VALUES (%s)", [unknown])
        with pytest.raises(IntegrityError), transaction.atomic():
            JobLine.objects.bulk_create(lines_of(unknown, 1))


def test_no_dealer_names_what_is_anothers(alpen: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        theirs = Visit.objects.create(
            site_id=rosso.torino.pk, vehicle_id=rosso.punto.pk, number="R-1", source="dms", opened_on=date(2026, 1, 7)
        )
    with alpen.scope():
        with pytest.raises(IntegrityError), transaction.atomic():
            JobLine.objects.bulk_create(lines_of(theirs.pk, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            opened(alpen, vehicle_id=rosso.punto.pk)


@pytest.fixture
def visit(transactional_db: None) -> Iterator[Visit]:
    alpen = autohaus_alpen()
    with alpen.scope():
        yield opened(alpen)


def beside(act: Callable[[], Any], *, after: Event) -> "Future[str]":
    """On a connection of its own, as soon as `after` has come; "refused" where it may not be."""
    organisation = scope.organisation_id()

    def there() -> str:
        try:
            with scope.of(organisation):
                assert after.wait(10)
                act()
        except IntegrityError:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(there)
    finally:
        pool.shutdown(wait=False)


@pytest.mark.django_db(transaction=True)
def test_what_is_being_referred_to_is_not_taken_away_meanwhile(visit: Visit) -> None:
    is_added = Event()
    taking = beside(lambda: gone(visit), after=is_added)
    with transaction.atomic():
        JobLine.objects.bulk_create(lines_of(visit.pk, 1))
        is_added.set()
        assert not _is_done_soon(taking)
    assert taking.result(10) == "refused"
    assert Visit.objects.count() == JobLine.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_being_taken_away_is_not_referred_to_meanwhile(visit: Visit) -> None:
    is_taken = Event()
    adding = beside(lambda: JobLine.objects.bulk_create(lines_of(visit.pk, 1)), after=is_taken)
    with transaction.atomic():
        gone(visit)
        is_taken.set()
        assert not _is_done_soon(adding)
    assert adding.result(10) == "refused"
    assert Visit.objects.count() == JobLine.objects.count() == 0


def _is_done_soon(work: "Future[str]") -> bool:
    try:
        work.result(0.5)
    except TimeoutError:
        return False
    return True
