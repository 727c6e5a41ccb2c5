"""The records that an import made and those that it changed, found by the number that they bear.

Rows of the file are counted elsewhere: a job line is a row, and here its order.
"""

from typing import Any, Final

from django.db.models import QuerySet

from forecourt.engines.intake.models import Import
from forecourt.records.history.models import Visit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle

_COLUMNS: Final = {"made": "brought_by", "changed": "changed_by"}


def counted(found: Import) -> dict[str, dict[str, int]]:
    """At the end of its transaction, by subject; what is none is left out."""
    told = {
        subject: {outcome: number for outcome in _COLUMNS if (number := bearing(found, subject, outcome).count())}
        for subject in ("customer", "vehicle", "order")
    }
    return {subject: numbers for subject, numbers in told.items() if numbers}


def number_of(found: Import, outcome: str) -> int:
    """How many records it made, or changed, of all kinds."""
    return sum(numbers.get(outcome, 0) for numbers in found.records.values())


def bearing(found: Import, subject: str, outcome: str) -> QuerySet[Any]:
    """What bears its number still, by name: another import that changes a record puts its own there."""
    asked = {_COLUMNS[outcome]: found.number}
    if subject == "customer":
        return Customer.objects.filter(**asked, merged_into=None).order_by("sort_key", "pk")
    if subject == "vehicle":
        return Vehicle.objects.filter(**asked, merged_into=None).order_by("plate_key", "pk")
    # Joined, all of a large import would be before the first page of it is cut off.
    return Visit.objects.filter(**asked).prefetch_related("customer", "vehicle").order_by("number", "pk")
