"""Customers whom a source no longer has: the number by which it knew them is marked, and they, once no source has them any more."""

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet

from forecourt.records.people.imports import CUSTOMERS_BY_KEY
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.runtime import departures, scope
from forecourt.runtime.departures import NAMED, Departures, File, References

_KIND: Final = References(
    subject="customer",
    references="people_customerreference",
    of="customer_id",
    things="people_customer",
    present=CUSTOMERS_BY_KEY,
    meant=f"(SELECT number, is_flagged FROM {NAMED} WHERE subject = 'customer')",  # noqa: S608 - a name of ours
    named="ref.number = row.number",
    brought="ref.number = given.reference",
)


def settle(cursor: Any, file: File) -> Departures:
    """After `imports.apply`, in the same transaction."""
    return departures.of_references(cursor, _KIND, file, file.facts(scope.organisation_id()))


def settle_some(*customer_ids: UUID) -> None:
    """After their references changed hands."""
    with connection.cursor() as cursor:
        departures.settle(
            cursor, references=_KIND.references, of=_KIND.of, things=_KIND.things, ids="SELECT unnest(%(ids)s::uuid[])",
            facts={"organisation": scope.organisation_id(), "ids": list(customer_ids)},
        )  # fmt: skip


def marked_by(source: str, import_number: int) -> QuerySet[Customer]:
    """Whom this import marked and no later one brought again, by name; with the numbers that it marked as `marks`."""
    marks = CustomerReference.objects.filter(source=source, gone_on__isnull=False, gone_import=import_number)
    marked = Customer.objects.filter(pk__in=marks.values("customer_id")).order_by("sort_key", "pk")
    return marked.prefetch_related(Prefetch("references", marks, to_attr="marks"))
