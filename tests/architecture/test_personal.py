"""Whatever hangs on a person is known to whoever merges, exports and erases people: a new model without its rule fails here."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, JSONField, Model, TextField, UUIDField

from forecourt.records.accounts.models import Account
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import personal_data, references
from forecourt.runtime.models import StoredFile


def columns_of(kind: type[Model], name: str) -> dict[str, type[Model]]:
    """Every column of our tables that holds the id of a customer or a car, by label."""
    found = {}
    for model in apps.get_models():
        if not model.__module__.startswith("forecourt."):
            continue
        for field in model._meta.local_concrete_fields:
            if _names_a(field, kind, name):
                found[f"{model._meta.label_lower}.{field.attname}"] = model
    return found


def _names_a(field: Any, kind: type[Model], name: str) -> bool:
    if isinstance(field, ForeignKey):
        return field.related_model is kind
    return isinstance(field, UUIDField) and field.name.endswith(name)


KINDS = {"customer": Customer, "vehicle": Vehicle}


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_that_names_a_customer_or_a_car_says_what_a_merge_does_to_it(kind: str) -> None:
    known = {label for label, each in references.known().items() if each.kind == kind}
    without = set(columns_of(KINDS[kind], f"{kind}_id")) - known
    assert without == set(), (
        f"Declare these in their context's personal.py, references.declare(Model) or references.stay(Model, because=…): {without}"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_no_declared_column_is_gone(kind: str) -> None:
    known = {label for label, each in references.known().items() if each.kind == kind}
    assert known - set(columns_of(KINDS[kind], f"{kind}_id")) == set()


# What a table may hold of a person, by the name of a column, besides free text.
_TELLING = {
    "name", "first_name", "last_name", "email", "phone", "mobile", "street", "address", "note", "comment", "plate", "vin", "signed_name",
    "user_agent", "ip", "ip_address",
}  # fmt: skip


def tables_with_a_person() -> set[str]:
    """Every table of ours that names a customer, a car or a login, holds free text or a telling column, or hangs on one that does."""
    models = [model for model in apps.get_models() if model.__module__.startswith("forecourt.")]
    found = {model for model in models if any(_could_tell(field) for field in model._meta.local_concrete_fields)}
    while fresh := {model for model in models if model not in found and any(f.related_model in found for f in model._meta.local_fields)}:
        found |= fresh
    return {personal_data.label_of(model) for model in found}


def _could_tell(field: Any) -> bool:
    if field.name in _TELLING or isinstance(field, TextField | JSONField):
        return True
    if isinstance(field, ForeignKey):
        return field.related_model in {Customer, Vehicle, Account}
    return isinstance(field, UUIDField) and field.name.endswith(("customer_id", "vehicle_id", "account_id"))


def test_every_table_with_a_person_has_its_rule_of_export_erasure_and_retention() -> None:
    without = tables_with_a_person() - personal_data.known()
    assert without == set(), (
        f"Declare these in their context's personal.py: personal_data.declare(Model, …) with what erasing does, "
        f"or personal_data.impersonal(Model, because=…): {sorted(without)}"
    )


def test_the_search_finds_tables_by_customer_text_and_kinship() -> None:
    assert {"workshop.appointment", "cases.note", "messaging.click", "people.movedrow", "intake.rejectedrow"} <= tables_with_a_person()


def test_no_rule_is_for_a_table_that_is_gone() -> None:
    assert personal_data.known() <= {personal_data.label_of(model) for model in apps.get_models()}


def test_every_rule_says_how_long_its_rows_are_kept_and_every_exception_why() -> None:
    assert all(rule.keep and rule.title for rule in personal_data.rules())
    assert all(personal_data.reasons().values())


def test_every_column_with_a_file_belongs_to_a_rule_that_takes_the_file_along() -> None:
    taking = {f"{personal_data.label_of(rule.model)}.{column}" for rule in personal_data.rules() for column in rule.files}
    holding = {
        f"{model._meta.label_lower}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model is StoredFile
    }
    # Files that came in hold many people: their own rule looks into each.
    assert holding - taking == {"intake.import.stored_file_id"}
