"""Nobody sees or writes another organisation's rows, and nobody asks without saying whose rows are meant."""

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from forecourt.kernel.ids import uuid7
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import scope
from forecourt.runtime.scope import ForeignRow, ScopedModel, ScopeMissing
from tests.cast import Alpen, Rosso

SCOPED = [model for model in apps.get_models() if issubclass(model, ScopedModel)]

_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "aggregate": (models.Count("pk"),),
    "alias": (),
    "bulk_create": ([],),
    "bulk_update": ([], ["id"]),
    "contains": (WorkKind(),),
    "dates": ("position", "day"),
    "datetimes": ("position", "day"),
    "difference": (WorkKind.objects,),
    "extra": (),
    "in_bulk": ([],),
    "intersection": (WorkKind.objects,),
    "raw": ("SELECT 1",),
    "union": (WorkKind.objects,),
}


def _public_methods() -> list[str]:
    """What a manager hands on of its QuerySet, by introspection, so that the next release of Django adds its own to this test."""
    return sorted(
        name
        for name, _ in inspect.getmembers(type(WorkKind.objects), inspect.isfunction)
        if not name.startswith("_") and hasattr(models.QuerySet, name) and not inspect.iscoroutinefunction(getattr(models.QuerySet, name))
    )


def test_the_introspection_finds_the_methods_that_matter() -> None:
    found = set(_public_methods())
    assert {"all", "filter", "get", "exists", "count", "create", "bulk_create", "update", "values_list", "aggregate", "raw"} <= found


@pytest.mark.parametrize("name", _public_methods())
def test_every_method_of_a_scoped_table_raises_outside_a_scope(name: str) -> None:
    with pytest.raises(ScopeMissing):
        getattr(WorkKind.objects, name)(*_ARGUMENTS.get(name, ()))


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("ask", ["all", "exists", "count", "first"])
def test_every_scoped_table_raises_outside_a_scope(model: type[ScopedModel], ask: str) -> None:
    with pytest.raises(ScopeMissing):
        getattr(model.objects, ask)()


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_table_that_names_an_organisation_has_the_scoped_door(model: type[ScopedModel]) -> None:
    assert isinstance(model._default_manager, scope.ScopedManager)


def test_every_table_with_an_organisation_is_scoped() -> None:
    named = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.label.startswith(tuple(f"{each.label}." for each in apps.get_app_configs() if each.name.startswith("forecourt.")))
        and any(field.name == "organisation_id" for field in model._meta.get_fields())
        and not issubclass(model, ScopedModel)
    }
    # Read before it is known whose they are; tests/architecture/test_walls.py says what stands around them.
    assert named == {"accounts.CustomerLink", "runtime.LiveFragment"}


def test_related_rows_are_asked_through_the_same_door(alpen: Alpen) -> None:
    with pytest.raises(ScopeMissing):
        alpen.dana.holdings.exists()


def test_foreign_rows_are_invisible_by_every_way_in(alpen: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        assert Customer.objects.filter(pk=alpen.dana.pk).exists() is False
        assert Customer.objects.filter(pk=alpen.dana.pk).count() == 0
        assert Customer.objects.in_bulk([alpen.dana.pk]) == {}
        assert alpen.dana.holdings.count() == 0
        assert Vehicle.objects.filter(holdings__customer=alpen.dana).count() == 0
        assert list(Customer.objects.values_list("first_name", flat=True)) == ["Eve"]
        assert Customer.objects.filter(pk=alpen.dana.pk).update(first_name="Nobody") == 0
        assert Customer.objects.filter(pk=alpen.dana.pk).delete() == (0, {})
        with pytest.raises(Customer.DoesNotExist):
            alpen.dana.refresh_from_db(from_queryset=Customer.objects.all())
    with alpen.scope():
        assert Customer.objects.get(pk=alpen.dana.pk).first_name == "Dana"


def test_the_first_wall_stands_without_the_second(alpen: Alpen) -> None:
    """Every question names the organisation itself; PostgreSQL's policies are not what it relies on."""
    with alpen.scope():
        for model in SCOPED:
            assert f'"organisation_id" = {alpen.id}' in str(model.objects.all().query), model


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.save(update_fields=["first_name"]),
        lambda row: row.delete(),
        lambda row: Customer.objects.bulk_create([row]),
        lambda row: Customer.objects.bulk_update([row], ["first_name"]),
        lambda row: Customer.objects.update(organisation_id=uuid7()),
        lambda row: Customer.objects.bulk_create([row], update_conflicts=True, update_fields=["first_name"], unique_fields=["id"]),
    ],
    ids=["save", "save fields", "delete", "bulk_create", "bulk_update", "update organisation", "upsert"],
)
def test_a_foreign_row_is_not_written(alpen: Alpen, rosso: Rosso, write: Callable[[Customer], Any]) -> None:
    row = alpen.dana
    row.first_name = "Nobody"
    with rosso.scope(), pytest.raises(ForeignRow):
        write(row)
    with alpen.scope():
        assert Customer.objects.get(pk=row.pk).first_name == "Dana"


def test_a_row_is_not_saved_without_a_scope() -> None:
    with pytest.raises(ScopeMissing):
        Holding().save()


def test_a_new_row_belongs_to_the_organisation_in_scope(alpen: Alpen) -> None:
    with alpen.scope():
        assert Customer.objects.create(number="X-1").organisation_id == alpen.id
        assert Customer.objects.bulk_create([Customer(number="X-2")])[0].organisation_id == alpen.id


def test_everywhere_sees_all_and_says_why(alpen: Alpen, rosso: Rosso) -> None:
    with scope.everywhere("the test counts both"):
        seen = set(StaffMember.objects.values_list("organisation_id", flat=True))
        assert seen == {alpen.id, rosso.id}
        with pytest.raises(ScopeMissing):
            scope.organisation_id()
    with pytest.raises(AssertionError), scope.everywhere(""):
        pass


def test_everywhere_only_looks_and_only_at_what_says_why(alpen: Alpen) -> None:
    member = alpen.staff["Alice Adler"]
    with scope.everywhere("the test tries more than looking"):
        with pytest.raises(ScopeMissing):
            Customer.objects.count()
        with pytest.raises(ScopeMissing):
            member.save()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            StaffMember.objects.filter(pk=member.pk).update(name="Nobody")


def _told() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('forecourt.organisation', true)")
        return cursor.fetchone()[0]  # type: ignore[no-any-return,index]


@pytest.mark.django_db(transaction=True)
def test_postgresql_is_told_the_scope_for_the_transaction_and_no_longer() -> None:
    here, there = uuid7(), uuid7()
    with scope.of(here):
        with transaction.atomic():
            assert _told() == str(here)
            with scope.of(there):
                assert _told() == str(there)
            assert _told() == str(here)
        assert _told() == str(here)  # a statement outside a transaction gets one of its own
    assert _told() in {"", None}
    with transaction.atomic():
        assert _told() in {"", None}
        with scope.of(here):
            assert _told() == str(here)
        assert _told() == ""


@pytest.mark.django_db(transaction=True)
def test_postgresql_is_told_again_after_a_savepoint_was_rolled_back() -> None:
    here, there = uuid7(), uuid7()
    with scope.of(here), transaction.atomic():
        _fail_inside(there)
        assert _told() == str(here)


def _fail_inside(organisation_id: UUID) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), scope.of(organisation_id):
        assert _told() == str(organisation_id)
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_the_error_that_broke_a_transaction_is_the_one_that_is_seen() -> None:
    with pytest.raises(ProgrammingError, match="no_such_table"), transaction.atomic(), scope.of(uuid7()):
        connection.cursor().execute("SELECT * FROM no_such_table")
