"""The dealer's customers: entering, changing, finding.

Owns the customer rows that people write (files come in through `imports`). Cars and who keeps them are in `vehicles`, what a customer
agreed to is in `consent`. Search compares ranges of plain text, which keep their index under row-level policies.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel import identifiers
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Organisation
from forecourt.records.people import returns, standing
from forecourt.records.people.events import CustomerChanged, CustomerEntered
from forecourt.records.people.models import Customer, CustomerCorrection, NameWord
from forecourt.runtime import access, corrections, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

_LAST = "\U0010ffff"  # sorts after every character
_TEXTS = (
    "salutation", "first_name", "last_name", "company", "language", "email", "phone", "mobile", "street", "postcode", "city", "country", "tier",
    "looks_for",
)  # fmt: skip
#: What is put right together; a part that was is not changed by files.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("kind", "salutation", "first_name", "last_name", "company"), "email": ("email",), "phone": ("phone",), "mobile": ("mobile",),
    "address": ("street", "postcode", "city", "country"), "language": ("language",), "tier": ("tier",), "looks_for": ("looks_for",),
}  # fmt: skip
_EDITABLE = frozenset({*_TEXTS, "kind", "home_site_id", "adviser_id"})


@transaction.atomic
def enter(*, actor: Actor, number: str = "", kind: str = "private", source: str = "staff", returns_by: str = "", **fields: Any) -> Customer:
    """Open a customer's record. Refusal("name_missing", "email_wrong", "phone_wrong", "number_taken", "unknown_word") where it cannot be.

    Whoever was erased comes back for a reason alone (`returns.REASONS`): Refusal("was_erased") without one.
    """
    access.require(actor, "people.edit_customer")
    customer = Customer(number=number or _next_number(), kind=kind)
    _fill(customer, fields)
    returns.admit(actor=actor, customer=customer, reason=returns_by)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError as taken:
        raise Refusal("number_taken", _("Another customer has the number %(number)s.") % {"number": customer.number}) from taken
    publish(CustomerEntered(customer_id=customer.pk, source=source), by=actor)
    return customer


@transaction.atomic
def change(*, actor: Actor, customer_id: UUID, **fields: Any) -> Customer:
    """Change what is given; refusals as in `enter`."""
    customer = access.fetch(Customer, customer_id, actor=actor, right="people.edit_customer", lock=True)
    before = {name: getattr(customer, name) for name in fields}
    _fill(customer, fields)
    changed = sorted(name for name in fields if getattr(customer, name) != before[name])
    if changed:
        customer.save()
        corrections.hold(CustomerCorrection, PARTS, of="customer_id", thing=customer, before=before, actor=actor)
        publish(CustomerChanged(customer_id=customer.pk, fields=changed), by=actor)
    return customer


@transaction.atomic
def release(*, actor: Actor, customer_correction_id: UUID) -> Customer:
    """Let a part that was put right be what the dealer management system says, now and with the next file. Refusals as in `enter`."""
    correction = access.fetch(CustomerCorrection, customer_correction_id, actor=actor, right="people.edit_customer", lock=True)
    customer = access.fetch(Customer, correction.customer_id, actor=actor, right="people.edit_customer", lock=True)
    said = corrections.release(correction, customer)
    if said:
        _fill(customer, said)
        customer.save()
        publish(CustomerChanged(customer_id=customer.pk, fields=sorted(said)), by=actor)
    return customer


@transaction.atomic
def write_in(*, actor: Actor, customer_id: UUID, language: str) -> Customer:
    """The language in which a customer wants to be written to; they choose it themselves. Refusal("unknown_language")."""
    customer = access.fetch(Customer, customer_id, actor=actor, right="people.choose_language", lock=True)
    if actor.kind == "customer" and actor.id != customer.pk:
        raise NotFound
    if language not in {code for code, _name in settings.LANGUAGES}:
        raise Refusal("unknown_language", _("We do not write in this language."))
    if customer.language != language:
        before = {"language": customer.language}
        customer.language = language
        customer.save(update_fields=["language"])
        corrections.hold(CustomerCorrection, PARTS, of="customer_id", thing=customer, before=before, actor=actor)
        publish(CustomerChanged(customer_id=customer.pk, fields=["language"]), by=actor)
    return customer


def find(*, actor: Actor, customer_id: UUID) -> Customer:
    """One customer, if the actor may see them."""
    if actor.kind == "customer":
        customer_id = customer_id if customer_id == actor.id else UUID(int=0)
    return access.fetch(Customer, customer_id, actor=actor, right="people.see_customer")


def search(*, actor: Actor, text: str, at_most: int = 20) -> list[Customer]:
    """Customers by name (beginnings of words, in any order), number, e-mail or telephone, by name."""
    access.require(actor, "people.see_customer")
    return list(matching(text).order_by("sort_key", "id")[:at_most])


def matching(text: str) -> QuerySet[Customer]:
    """The query behind `search`, for lists that search customers among other things. Empty text matches all.

    A record that was merged into another is not listed; its number finds the other.
    """
    text = text.strip()
    standing = Customer.objects.filter(merged_into=None)
    if not text:
        return standing
    if "@" in text:
        return standing.filter(begins("email", text.lower()))
    numbered = Customer.objects.filter(begins("number", text))
    found: list[QuerySet[Customer, Any]] = [numbered.filter(merged_into__isnull=False).values("merged_into_id")]
    if sum(character.isdigit() for character in text) >= 6 and (telephone := _telephone(text)):
        found.append(Customer.objects.filter(Q(mobile=telephone) | Q(phone=telephone)).values("pk"))
    if (named := _named(text)) is not None:
        found.append(named)
    # A union, not an OR: each part has an index of its own, and an OR of them would be asked of every customer.
    return standing.filter(pk__in=numbered.values("pk").union(*found))


def begins(column: str, text: str) -> Q:
    """That a column begins with a text, as a range that a plain index serves."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + _LAST})


def _named(text: str) -> Any:
    """The customers of whose name some word begins so, for each word of the text; None if it has no word."""
    found: Any = None
    for word in identifiers.normal_name(text).split():
        begun = NameWord.objects.filter(begins("word", word)).values("customer_id")
        found = begun if found is None else begun.filter(customer_id__in=found)
    return found


def _telephone(text: str) -> str:
    region = _country()
    try:
        return identifiers.normal_phone(text, region)
    except ValueError:
        return ""


def _fill(customer: Customer, fields: dict[str, Any]) -> None:
    unknown = fields.keys() - _EDITABLE
    if unknown:
        raise TypeError(f"customers have no editable {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(customer, name, _cleaned(name, value, customer))
    if not customer.name:
        raise Refusal("name_missing", _("A customer needs a name."))
    surname_first: Sequence[str] = (customer.last_name, customer.first_name)
    shown = customer.company if customer.kind == "business" and customer.company else " ".join(surname_first)
    customer.sort_key = identifiers.sort_key(shown)[:160]
    customer.match_name = identifiers.normal_name(customer.name)[:200]


def _cleaned(name: str, value: Any, customer: Customer) -> Any:
    if name not in _TEXTS:
        return value
    text = str(value or "").strip()
    if not text:
        return ""
    if name == "email":
        try:
            return identifiers.normal_email(text)
        except ValueError as wrong:
            raise Refusal("email_wrong", _("%(email)s is not an e-mail address.") % {"email": text}) from wrong
    if name in {"phone", "mobile"}:
        try:
            return identifiers.normal_phone(text, customer.country or _country())
        except ValueError as wrong:
            raise Refusal("phone_wrong", _("%(phone)s is not a telephone number.") % {"phone": text}) from wrong
    if name in standing.WORDS and text not in standing.WORDS[name]:
        raise Refusal("unknown_word", _("Choose one of the list."))
    return text


def _country() -> str:
    return Organisation.objects.values_list("country", flat=True).filter(pk=scope.organisation_id()).first() or ""


def _next_number() -> str:
    """Numbers made here begin with C-, so that they never meet those of a dealer management system; the unique key is the judge."""
    last = Customer.objects.filter(begins("number", "C-")).order_by("-number").values_list("number", flat=True).first()
    return f"C-{int(last[2:]) + 1 if last and last[2:].isdigit() else 1:06}"
