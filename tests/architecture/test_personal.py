"""Whatever hangs on a person is known to whoever merges, exports and erases people: a new model without its rule fails here."""

from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, UUIDField

from forecourt.records.people.models import Customer
from forecourt.runtime import references


def columns_of_customers() -> dict[str, type[Model]]:
    """Every column of our tables that holds a customer's id, by label."""
    found = {}
    for model in apps.get_models():
        if not model.__module__.startswith("forecourt."):
            continue
        for field in model._meta.local_concrete_fields:
            if _names_a_customer(field):
                found[f"{model._meta.label_lower}.{field.attname}"] = model
    return found


def _names_a_customer(field: Any) -> bool:
    if isinstance(field, ForeignKey):
        return field.related_model is Customer
    return isinstance(field, UUIDField) and field.name.endswith("customer_id")


def test_every_column_that_names_a_customer_says_what_a_merge_does_to_it() -> None:
    without = set(columns_of_customers()) - set(references.known())
    assert without == set(), (
        f"Declare these in their context's personal.py, references.declare(Model) or references.stay(Model, because=…): {without}"
    )


def test_no_declared_column_is_gone() -> None:
    assert set(references.known()) - set(columns_of_customers()) == set()
