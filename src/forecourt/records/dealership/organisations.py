"""Founding a dealer group and its legal entities."""

from django.db import transaction

from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.events import OrganisationFounded, SignInRulesChanged
from forecourt.records.dealership.models import LegalEntity, Organisation
from forecourt.runtime import access, audit, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish


@transaction.atomic
def found(
    *,
    slug: str,
    name: str,
    country: str,
    language: str = "en",
    brand_colour: str = "#0f5fd7",
    kind: str = "dealer",
    is_demo: bool = False,
    needs_second_factor: bool = True,
) -> Organisation:
    """Set up an organisation. Nobody acts yet, since its first member of staff comes after it: the product does."""
    organisation = Organisation(
        id=uuid7(), slug=slug, name=name, kind=kind, country=country, language=language, brand_colour=brand_colour, is_demo=is_demo,
        needs_second_factor=needs_second_factor,
    )  # fmt: skip
    with scope.of(organisation.pk):
        organisation.save(force_insert=True)
        publish(OrganisationFounded(), by=system(organisation.pk, via="founding"))
    return organisation


def dealers() -> list[Organisation]:
    """All dealers of this house by name, for a person who deals with several."""
    return list(Organisation.objects.filter(kind="dealer").order_by("name"))


def only_one() -> Organisation | None:
    """The dealer, where the house has but one."""
    found = dealers()
    return found[0] if len(found) == 1 else None


@transaction.atomic
def ask_for_second_factor(*, actor: Actor, wanted: bool) -> Organisation:
    """Whether staff need more than a password. Those who have nothing yet set it up at their next page."""
    access.require(actor, "dealership.manage_sign_in")
    organisation = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    if organisation.needs_second_factor != wanted:
        organisation.needs_second_factor = wanted
        organisation.save(update_fields=["needs_second_factor"])
        publish(SignInRulesChanged(needs_second_factor=wanted), by=actor)
        audit.record(by=actor, act="sign_in_rules_changed", object_kind="organisation", object_id=organisation.pk, needed=wanted)
    return organisation


@transaction.atomic
def add_legal_entity(
    *,
    actor: Actor,
    name: str,
    address: str,
    tax_number: str,
    currency: str = "EUR",
    invoice_prefix: str = "",
    iban: str = "",
) -> LegalEntity:
    """Add who invoices."""
    access.require(actor, "dealership.set_up")
    return LegalEntity.objects.create(
        name=name, address=address, tax_number=tax_number, currency=currency, invoice_prefix=invoice_prefix, iban=iban
    )
