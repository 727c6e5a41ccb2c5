"""Asks the ledger: one question in the moment of sending, the same as a condition of a query, and everything about one person."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.db.models.lookups import Exact

from forecourt.records.dealership.models import Organisation
from forecourt.records.people.consent import terms
from forecourt.records.people.consent.rules import CONFIRM_WITHIN, Line, Question, Verdict, verdict
from forecourt.records.people.models import ConsentEntry, ConsentRule, Customer
from forecourt.runtime import clock, scope

_COLUMNS = (
    "id", "act", "entered_at", "purpose", "channel", "source", "controller", "brand", "basis", "form", "evidence", "sale_reference", "sold_at",
    "confirms_id",
)  # fmt: skip


def may_send(
    *,
    customer_id: UUID | None,
    purpose: str,
    channel: str,
    brand: str = "",
    controller: str = terms.DEALER,
    suppression: str = "none",
) -> Verdict:
    """Whether this may be sent, now, to this person, and why or why not. Every sender asks, in the claim.

    `suppression` is what the sender knows of the address: `none`, `address` (nobody there) or `complaint`. A message to nobody we know
    (`customer_id` None) has no consent to rest on.
    """
    terms.check(purpose, channel)
    asked: dict[str, Any] = {
        "purpose": purpose, "channel": channel, "brand": brand, "controller": controller, "suppression": suppression, "now": clock.now(),
    }  # fmt: skip
    if customer_id is None or purpose in terms.NEED_NOTHING or suppression != "none":
        return verdict(Question(**asked), ())
    of_purpose = Q(purpose=purpose, channel=channel) | Q(act="confirm")
    known = circumstances(customer_id)
    question = Question(**asked, country=known.country, double_opt_in=known.double_opt_in)
    return verdict(question, _lines(ConsentEntry.objects.filter(of_purpose, customer_id=customer_id)))


def permitted(*, purpose: str, channel: str, brand: str = "", controller: str = terms.DEALER, customer: str = "pk") -> Exists | Value:
    """The same answer as a condition of a query, for addresses that are not suppressed.

    `customer` is the outer query's column of the customer's id. Annotate it rather than filter by it where there are many rows: then each
    row is looked up along the index.
    """
    terms.check(purpose, channel)
    if purpose in terms.NEED_NOTHING:
        return Value(True)  # noqa: FBT003 - a literal of the query
    return Exists(standing(purpose=purpose, channel=channel, brand=brand, controller=controller).filter(customer_id=OuterRef(customer)))


def standing(*, purpose: str, channel: str, brand: str = "", controller: str = terms.DEALER) -> QuerySet[ConsentEntry]:
    """The lines of the ledger on which a permission rests now, of everybody: who has none may not be written to. Not for what needs nothing."""
    asked = {"purpose": purpose, "channel": channel, "controller": controller, "entered_at__lte": clock.now()}
    said = ConsentEntry.objects.filter(**asked)
    gives = said.filter(act="give", brand__in={"", brand})
    stops = said.filter(customer_id=OuterRef("customer_id"), act__in=("withdraw", "object"))
    if brand:
        stops = stops.filter(brand__in=("", brand))
    later = stops.filter(entered_at__gte=OuterRef("entered_at"))
    said_elsewhere = stops.exclude(source=OuterRef("source"))
    from_the_person = ~Q(source=terms.DEALER_RULE) & ~Q(source__startswith=terms.IMPORT)
    stands = Q(_none(later)) & (from_the_person | Q(_none(said_elsewhere)))
    return gives.filter(_counting(purpose, channel, Q(_none(stops))) & stands)


def given(*, customers: QuerySet[Any] | None = None) -> set[tuple[str, str]]:
    """The pairs of purpose and channel to which anybody, or anybody of these, ever agreed: outside of them no permission can stand."""
    gives = ConsentEntry.objects.filter(act="give")
    of_these = gives if customers is None else gives.filter(customer_id__in=customers)
    return set(of_these.values_list("purpose", "channel").distinct())


def state(*, customer_id: UUID, controller: str = terms.DEALER) -> dict[tuple[str, str], Verdict]:
    """The answer for every purpose and channel, for the pages about a customer."""
    lines = list(_lines(ConsentEntry.objects.filter(customer_id=customer_id)))
    there = circumstances(customer_id)
    known: dict[str, Any] = {
        "country": there.country, "double_opt_in": there.double_opt_in, "controller": controller, "now": clock.now(),
    }  # fmt: skip
    return {pair: verdict(Question(purpose=pair[0], channel=pair[1], **known), lines) for pair in terms.PAIRS}


@dataclass(frozen=True)
class Circumstances:
    """What an answer depends on besides the ledger."""

    country: str
    double_opt_in: str


def circumstances(customer_id: UUID) -> Circumstances:
    """The customer's country, else the dealer's, and the dealer's rule; one query."""
    home = Organisation.objects.filter(pk=scope.organisation_id()).values("country")
    rule = ConsentRule.objects.values("double_opt_in")[:1]
    rows = Customer.objects.filter(pk=customer_id).annotate(
        at=Coalesce(NullIf(F("country"), Value("")), home), rule=Subquery(rule, output_field=CharField())
    )
    country, double_opt_in = rows.values_list("at", "rule").first() or ("", None)
    return Circumstances(country or "", double_opt_in or "by_country")


def _house() -> Circumstances:
    """The dealer's own country and rule; one query."""
    rule = ConsentRule.objects.values("double_opt_in")[:1]
    rows = Organisation.objects.filter(pk=scope.organisation_id()).annotate(rule=Subquery(rule, output_field=CharField()))
    country, double_opt_in = rows.values_list("country", "rule").first() or ("", None)
    return Circumstances(country or "", double_opt_in or "by_country")


def _lines(rows: Any) -> Iterable[Line]:
    for values in rows.values(*_COLUMNS):
        yield Line(has_evidence=bool(values.pop("evidence")), **values)


def _counting(purpose: str, channel: str, no_stop: Q) -> Q:
    """That a give counts, whatever was said against it."""
    of_consent = Q(basis="consent") & ~Q(source=terms.DEALER_RULE)
    confirmed = ~Q(form=terms.DOUBLE_OPT_IN) | Q(_is_confirmed())
    if purpose not in terms.ADVERTISING:
        return of_consent & confirmed
    house = _house()
    counts = of_consent & _proven(purpose, channel, house)
    if purpose in terms.ORDERABLE:
        counts |= Q(basis="order") | Q(source=terms.DEALER_RULE)
    countries = {country for country in terms.SOFT_OPT_IN_COUNTRIES if channel in terms.soft_opt_in_channels(country)}
    if countries:
        sold = ~Q(source=terms.DEALER_RULE) & ~Q(sale_reference="") & Q(sold_at__lte=F("entered_at"))
        counts |= Q(basis="soft_opt_in") & sold & _lives_in(_with_unknown(countries, house)) & no_stop
    return counts & confirmed


def _proven(purpose: str, channel: str, house: Circumstances) -> Q:
    """That the form is enough where the customer lives."""
    asked = {"purpose": purpose, "channel": channel, "rule": house.double_opt_in}
    proven = Q(form__in=(terms.DOUBLE_OPT_IN, *terms.STANDING_FORMS)) | (Q(form=terms.PAPER) & ~Q(evidence={}))
    if not terms.needs_double_opt_in(country="", **asked):
        return Q()
    if house.double_opt_in == "always":
        return proven
    asking = _with_unknown(terms.DOUBLE_OPT_IN_COUNTRIES, house) if house.country else {*terms.DOUBLE_OPT_IN_COUNTRIES, ""}
    return proven | ~_lives_in(asking)


def _with_unknown(countries: Collection[str], house: Circumstances) -> set[str]:
    """The countries, with the empty one among them where a customer without a country is taken to live in one of them."""
    return {*countries, ""} if house.country in countries else set(countries)


def _none(rows: QuerySet[ConsentEntry]) -> Exact:
    """That there are no such rows, asked row by row along the index: as NOT EXISTS, PostgreSQL makes it a join of whole tables when it has no
    statistics yet, such as after the first import.
    """
    return Exact(Exists(rows), Value(False))  # noqa: FBT003 - a literal of the query


def _lives_in(countries: Collection[str]) -> Q:
    return Q(Exists(Customer.objects.filter(pk=OuterRef("customer_id"), country__in=countries)))


def _is_confirmed() -> Exists:
    known = ConsentEntry.objects.filter(customer_id=OuterRef("customer_id"), act="confirm", confirms_id=OuterRef("pk"))
    known = known.filter(entered_at__lte=clock.now())
    return Exists(known.filter(entered_at__range=(OuterRef("entered_at"), OuterRef("entered_at") + CONFIRM_WITHIN)))
