"""Founding a dealer group and its legal entities."""

from django.db import transaction

from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.events import OrganisationFounded
from forecourt.records.dealership.models import LegalEntity, Organisation
from forecourt.runtime import access, scope
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
) -> Organisation:
    """Set up an organisation. Nobody acts yet, since its first member of staff comes after it: the product does."""
    organisation = Organisation(
        id=uuid7(), slug=slug, name=name, kind=kind, country=country, language=language, brand_colour=brand_colour, is_demo=is_demo
    )
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
