"""A slow oracle for "May this be sent to this person now?".

It was written from the specification page alone (docs/reference/consent.md, with trust.md behind it) by someone who did not read the
product, its tests or anything derived from them. It follows the page step by step, with plain loops. It is meant to be compared with the
product, so where both differ, read the page again: either of the two may be wrong.

Where the page is silent: a country that is not two capital letters is unknown, an unknown rule is `by_country`, an unknown suppression is
`none`, an unknown form is `unknown`, an unknown act or basis does nothing, and empty evidence or an empty brand is none.
"""
# ruff: noqa: C901, PLR0911, PLR0912, PERF401 - plain steps and loops on purpose

from dataclasses import dataclass, field

SOFT_OPT_IN_COUNTRIES: list[str] = ("AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK").split()
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONFIRMATION_HOURS = 168


@dataclass
class Said:
    """An entry of the history."""

    identity: int
    controller: str
    purpose: str
    channel: str
    brand: str | None
    act: str
    hour: int
    source: str
    basis: str = "consent"
    form: str = "unknown"
    evidence: str | None = None
    sale: tuple[str, int] | None = None  # (reference, hour) or None
    names: int | None = None  # identity of the give that a confirm confirms


@dataclass
class Asked:
    """The question; country None is unknown; times are whole hours."""

    sender: str
    purpose: str
    channel: str
    brand: str | None
    country: str | None
    rule: str
    suppression: str
    now: int
    history: list[Said] = field(default_factory=list)


def comes_from_the_person(source: str) -> bool:
    """A rule of the dealer and another system are not the person; all other sources are."""
    if source == "dealer_rule":
        return False
    return not source.startswith("import:")


def basis_of(give: Said) -> str:
    """A give by a rule of the dealer is always of basis `order`, whatever it says."""
    if give.source == "dealer_rule":
        return "order"
    return give.basis


def brand_or_none(brand: str | None) -> str | None:
    """An empty word names no brand."""
    if brand == "":
        return None
    return brand


def country_or_none(country: str | None) -> str | None:
    """Two capital letters, or unknown (None)."""
    if country is None:
        return None
    if len(country) != 2:
        return None
    for letter in country:
        if letter not in CAPITALS:
            return None
    return country


def same_question(asked: Asked, said: Said) -> bool:
    """Step 3 without the brand: same purpose, channel, controller, and not later than now."""
    if said.purpose != asked.purpose:
        return False
    if said.channel != asked.channel:
        return False
    if said.controller != asked.sender:
        return False
    return not said.hour > asked.now


def gives_that_matter(asked: Asked) -> list[Said]:
    """Step 3 for gives: no brand always matters; a brand only if the message is about that brand."""
    result: list[Said] = []
    message_brand = brand_or_none(asked.brand)
    for said in asked.history:
        if said.act != "give":
            continue
        if not same_question(asked, said):
            continue
        entry_brand = brand_or_none(said.brand)
        if entry_brand is None or (message_brand is not None and entry_brand == message_brand):
            result.append(said)
    return result


def stops_that_matter(asked: Asked) -> list[Said]:
    """Steps 3 and 4: withdrawals and objections; all brands of them if the message is about no brand."""
    result: list[Said] = []
    message_brand = brand_or_none(asked.brand)
    for said in asked.history:
        if said.act not in {"withdraw", "object"}:
            continue
        if not same_question(asked, said):
            continue
        entry_brand = brand_or_none(said.brand)
        if message_brand is None or entry_brand is None or entry_brand == message_brand:
            result.append(said)
    return result


def is_confirmed(asked: Asked, give: Said) -> bool:
    """Step 5, *Confirmed*. Of the confirm only what it names and its time are looked at."""
    for said in asked.history:
        if said.act != "confirm":
            continue
        if said.names is None:
            continue
        if said.names != give.identity:
            continue
        if said.hour > asked.now:
            continue
        if said.hour < give.hour:
            continue
        if said.hour > give.hour + CONFIRMATION_HOURS:
            continue
        return True
    return False


def double_opt_in_is_required(asked: Asked) -> bool:
    """Step 5, *Double opt-in is required here*."""
    if asked.channel != "email":
        return False
    if asked.purpose not in ["service_reminder", "survey", "offers"]:
        return False
    if asked.rule == "never":
        return False
    if asked.rule == "always":
        return True
    country = country_or_none(asked.country)
    if country is None:
        return True
    return country in ["DE", "AT"]


def stands_by_itself(give: Said) -> bool:
    """The last column of the table of forms, for all forms but `double_opt_in`."""
    if give.form == "link":
        return True
    if give.form == "app":
        return True
    if give.form == "import":
        return True
    if give.form == "paper":
        return give.evidence is not None and give.evidence != ""
    return False


def soft_opt_in_is_possible(asked: Asked, give: Said, stops: list[Said]) -> bool:
    """Step 5, *Basis soft_opt_in*, without the form."""
    if asked.purpose not in ["service_reminder", "survey", "offers"]:
        return False
    if give.sale is None:
        return False
    reference, sold_at = give.sale
    if reference == "":
        return False
    if sold_at > give.hour:
        return False
    country = country_or_none(asked.country)
    if country is None:
        return False
    if country not in SOFT_OPT_IN_COUNTRIES:
        return False
    if country == "IT":
        if asked.channel != "email":
            return False
    elif asked.channel not in ["email", "sms", "app"]:
        return False
    return not len(stops) > 0


def counts(asked: Asked, give: Said, stops: list[Said]) -> bool:
    """Step 5."""
    if give.form == "double_opt_in" and not is_confirmed(asked, give):
        return False
    basis = basis_of(give)
    if basis == "order":
        return asked.purpose in ["service_reminder", "survey"]
    if basis == "soft_opt_in":
        return soft_opt_in_is_possible(asked, give, stops)
    if basis == "consent":
        if give.form == "double_opt_in":
            return True
        if double_opt_in_is_required(asked):
            return stands_by_itself(give)
        return True
    return False


def stands(give: Said, stops: list[Said]) -> bool:
    """Step 6: later than every stop, and from the person or of the same source as every stop."""
    for stop in stops:
        if give.hour <= stop.hour:
            return False
    if comes_from_the_person(give.source):
        return True
    return all(stop.source == give.source for stop in stops)


def reason_of_stops(stops: list[Said]) -> str:
    """Step 8, first line; there is at least one stop."""
    latest = stops[0].hour
    for stop in stops:
        latest = max(latest, stop.hour)
    for stop in stops:
        if stop.hour == latest and stop.act == "object":
            return "objected"
    return "withdrawn"


def answer(asked: Asked) -> tuple[bool, str]:
    """Allowed or not, and the reason code of the specification."""
    # Step 1: suppression.
    if asked.suppression == "address":
        return (False, "suppressed")
    if asked.suppression == "complaint" and asked.purpose not in {"contract", "recall"}:
        return (False, "suppressed")

    # Step 2: what needs no consent.
    if asked.purpose in {"contract", "recall"}:
        return (True, "needs_no_consent")

    # Steps 3 and 4: which entries matter, and the stops among them.
    gives = gives_that_matter(asked)
    stops = stops_that_matter(asked)

    # Step 5: which gives count.
    counting: list[Said] = []
    for give in gives:
        if counts(asked, give, stops):
            counting.append(give)

    # Step 6: which of them stand against the stops.
    standing: list[Said] = []
    for give in counting:
        if stands(give, stops):
            standing.append(give)

    # Step 7: some give stands.
    for give in standing:
        if basis_of(give) == "consent":
            return (True, "consented")
    for give in standing:
        if basis_of(give) == "order":
            return (True, "ordered_as_a_service")
    if len(standing) > 0:
        return (True, "soft_opt_in")

    # Step 8: none stands; the first reason that fits.
    if len(stops) > 0:
        return (False, reason_of_stops(stops))
    for give in gives:
        if give.form == "double_opt_in" and not is_confirmed(asked, give):
            return (False, "unconfirmed")
    for give in gives:
        if basis_of(give) == "consent" and give.form != "double_opt_in":
            return (False, "needs_double_opt_in")
    for give in gives:
        if basis_of(give) == "soft_opt_in":
            return (False, "soft_opt_in_not_possible")
    for said in asked.history:
        if said.act != "give":
            continue
        if said.purpose == asked.purpose and said.channel == asked.channel and said.controller != asked.sender and said.hour <= asked.now:
            return (False, "given_to_another")
    return (False, "no_consent")
