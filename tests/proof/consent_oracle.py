"""May this be sent to this person now? Answered slowly, step by step, as docs/reference/consent.md tells it, and from that page alone.

Shares nothing with the product: no import, no table, no idea. Times are whole hours.
"""

from dataclasses import dataclass, field

HOURS_TO_CONFIRM = 168
EEA_AND_GREAT_BRITAIN = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT",
    "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


@dataclass
class Said:
    """An entry of the history. `sale` is (reference, hour) or None, `names` the identity of what a confirm confirms."""

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
    sale: tuple[str, int] | None = None
    names: int | None = None


@dataclass
class Asked:
    """The question; `country` None is unknown."""

    sender: str
    purpose: str
    channel: str
    brand: str | None
    country: str | None
    rule: str
    suppression: str
    now: int
    history: list[Said] = field(default_factory=list)


def answer(asked: Asked) -> tuple[bool, str]:
    """Allowed or not, and the reason code."""
    # Step 1
    if asked.suppression == "address":
        return False, "suppressed"
    if asked.suppression == "complaint" and asked.purpose not in {"contract", "recall"}:
        return False, "suppressed"
    # Step 2
    if asked.purpose in {"contract", "recall"}:
        return True, "needs_no_consent"
    # Steps 3 and 4
    gives = [said for said in asked.history if said.act == "give" and matters(said, asked)]
    stops = [said for said in asked.history if said.act in ("withdraw", "object") and matters(said, asked)]
    # Steps 5 and 6
    standing = [give for give in gives if counts(give, asked, stops) and stands(give, stops)]
    # Step 7
    for basis, reason in (("consent", "consented"), ("order", "ordered_as_a_service"), ("soft_opt_in", "soft_opt_in")):
        for give in standing:
            if basis_of(give) == basis:
                return True, reason
    # Step 8
    return False, why_not(asked, gives, stops)


def matters(said: Said, asked: Asked) -> bool:
    if said.purpose != asked.purpose or said.channel != asked.channel:
        return False
    if said.controller != asked.sender or said.hour > asked.now:
        return False
    if asked.brand is None:
        return True if said.act in ("withdraw", "object") else said.brand is None
    return said.brand is None or said.brand == asked.brand


def basis_of(give: Said) -> str:
    if give.source == "dealer_rule":
        return "order"
    return give.basis


def counts(give: Said, asked: Asked, stops: list[Said]) -> bool:
    if give.form == "double_opt_in" and not is_confirmed(give, asked):
        return False
    if basis_of(give) == "order":
        return asked.purpose in ("service_reminder", "survey")
    if basis_of(give) == "soft_opt_in":
        return soft_opt_in_counts(give, asked, stops)
    if give.form == "double_opt_in":
        return True
    if double_opt_in_is_required(asked):
        return stands_by_itself(give)
    return True


def soft_opt_in_counts(give: Said, asked: Asked, stops: list[Said]) -> bool:  # noqa: PLR0911 - one line of the page, one line here
    if asked.purpose not in ("service_reminder", "survey", "offers"):
        return False
    if give.sale is None:
        return False
    reference, sold = give.sale
    if reference == "" or sold > give.hour:
        return False
    if asked.country is None or asked.country not in EEA_AND_GREAT_BRITAIN:
        return False
    if asked.country == "IT" and asked.channel != "email":
        return False
    if asked.channel not in ("email", "sms", "app"):
        return False
    return len(stops) == 0


def is_confirmed(give: Said, asked: Asked) -> bool:
    for said in asked.history:
        if said.act == "confirm" and said.names == give.identity and said.hour <= asked.now:
            waited = said.hour - give.hour
            if waited >= 0 and waited <= HOURS_TO_CONFIRM:
                return True
    return False


def double_opt_in_is_required(asked: Asked) -> bool:
    if asked.channel != "email" or asked.purpose not in ("service_reminder", "survey", "offers"):
        return False
    if asked.rule == "always":
        return True
    if asked.rule == "by_country":
        return asked.country in ("DE", "AT", None)
    return False


def stands_by_itself(give: Said) -> bool:
    if give.form == "paper":
        return give.evidence is not None
    return give.form in ("link", "app", "import")


def stands(give: Said, stops: list[Said]) -> bool:
    for stop in stops:
        if give.hour <= stop.hour:
            return False
    if comes_from_the_person(give):
        return True
    return all(stop.source == give.source for stop in stops)


def comes_from_the_person(said: Said) -> bool:
    return said.source != "dealer_rule" and not said.source.startswith("import:")


def why_not(asked: Asked, gives: list[Said], stops: list[Said]) -> str:
    if stops:
        latest = max(stop.hour for stop in stops)
        newest = [stop.act for stop in stops if stop.hour == latest]
        return "objected" if "object" in newest else "withdrawn"
    for give in gives:
        if give.form == "double_opt_in" and not is_confirmed(give, asked):
            return "unconfirmed"
    for give in gives:
        if basis_of(give) == "consent" and give.form != "double_opt_in":
            return "needs_double_opt_in"
    for give in gives:
        if basis_of(give) == "soft_opt_in":
            return "soft_opt_in_not_possible"
    for said in asked.history:
        is_asked_for = said.purpose == asked.purpose and said.channel == asked.channel
        if said.act == "give" and is_asked_for and said.controller != asked.sender and said.hour <= asked.now:
            return "given_to_another"
    return "no_consent"
