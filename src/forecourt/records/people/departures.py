"""Customers whom a source no longer has: the number by which it knew them is marked, and they, once no source has them any more."""

from typing import Any, Final
from uuid import UUID

from django.db import connection

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


def marked_by(import_number: int, *, at_most: int) -> list[UUID]:
    """Some whom this import marked."""
    marked = CustomerReference.objects.filter(gone_import=import_number).values("customer_id")
    return list(Customer.objects.filter(pk__in=marked).values_list("pk", flat=True)[:at_most])
