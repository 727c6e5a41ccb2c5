"""The answer from the lines of one person, without a database: the steps of docs/reference/consent.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from forecourt.records.people.consent import terms

CONFIRM_WITHIN = timedelta(days=7)
_ALLOWED = {"consent": "consented", "order": "ordered_as_a_service", "soft_opt_in": "soft_opt_in"}
_STRENGTH = tuple(_ALLOWED)


@dataclass(frozen=True)
class Verdict:
    """Whether a message may go, with a code for machines; `reason` says it in words."""

    allowed: bool
    reason_code: str
    since: datetime | None = None

    @property
    def reason(self) -> str:
        return words(self.reason_code)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be sent, by whom, and what holds for the person."""

    purpose: str
    channel: str
    now: datetime
    controller: str = terms.DEALER
    brand: str = ""
    country: str = ""
    double_opt_in: str = "by_country"
    suppression: str = "none"  # none | address | complaint

    @property
    def needs_double_opt_in(self) -> bool:
        return terms.needs_double_opt_in(purpose=self.purpose, channel=self.channel, country=self.country, rule=self.double_opt_in)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the ledger as far as it decides anything."""

    id: UUID
    act: str
    entered_at: datetime
    purpose: str
    channel: str
    source: str
    controller: str = terms.DEALER
    brand: str = ""
    basis: str = "consent"
    form: str = "unknown"
    has_evidence: bool = False
    sale_reference: str = ""
    sold_at: datetime | None = None
    confirms_id: UUID | None = None

    @property
    def rests_on(self) -> str:
        return "order" if self.source == terms.DEALER_RULE else self.basis


def verdict(question: Question, lines: Iterable[Line]) -> Verdict:
    """Whether it may be sent, from all lines of one person in whatever order."""
    if question.suppression == "address" or (question.suppression == "complaint" and question.purpose not in terms.NEED_NOTHING):
        return Verdict(allowed=False, reason_code="suppressed")
    if question.purpose in terms.NEED_NOTHING:
        return Verdict(allowed=True, reason_code="needs_no_consent")
    known = [line for line in lines if line.entered_at <= question.now]
    confirmed = _confirmed(known)
    asked = [line for line in known if (line.purpose, line.channel) == (question.purpose, question.channel)]
    own = [line for line in asked if line.controller == question.controller]
    gives = [line for line in own if line.act == "give" and line.brand in {"", question.brand}]
    stops = [line for line in own if line.act in {"withdraw", "object"} and (not question.brand or line.brand in {"", question.brand})]
    standing = [give for give in gives if _counts(question, give, stops, confirmed) and _stands(give, stops)]
    if standing:
        best = min(standing, key=lambda give: (_STRENGTH.index(give.rests_on), give.entered_at))
        return Verdict(allowed=True, reason_code=_ALLOWED[best.rests_on], since=best.entered_at)
    if stops:
        last = max(stops, key=lambda stop: (stop.entered_at, stop.act == "object"))
        return Verdict(allowed=False, reason_code="objected" if last.act == "object" else "withdrawn", since=last.entered_at)
    given_elsewhere = any(line.act == "give" and line.controller != question.controller for line in asked)
    return Verdict(allowed=False, reason_code=_lack(gives, confirmed, given_elsewhere=given_elsewhere))


def words(reason_code: str) -> str:
    """A verdict's reason as a sentence in the current language."""
    return {
        "needs_no_consent": _("Needs no consent."),
        "consented": _("The customer agreed to it."),
        "ordered_as_a_service": _("The customer ordered it as a service."),
        "soft_opt_in": _("The customer bought something and has not objected."),
        "no_consent": _("The customer has not agreed to it."),
        "withdrawn": _("The customer has withdrawn the consent."),
        "objected": _("The customer objects to it."),
        "suppressed": _("Nothing more goes to this address."),
        "unconfirmed": _("The customer has not confirmed it yet."),
        "needs_double_opt_in": _("The consent needs to be confirmed by e-mail."),
        "soft_opt_in_not_possible": _("A purchase alone does not allow it here."),
        "given_to_another": _("The customer agreed to it for another company only."),
    }.get(reason_code, reason_code)


def _confirmed(lines: Iterable[Line]) -> frozenset[UUID]:
    lines = list(lines)
    asked_at = {line.id: line.entered_at for line in lines if line.act == "give"}
    return frozenset(
        line.confirms_id
        for line in lines
        if line.act == "confirm" and line.confirms_id in asked_at
        and timedelta(0) <= line.entered_at - asked_at[line.confirms_id] <= CONFIRM_WITHIN
    )  # fmt: skip


def _counts(question: Question, give: Line, stops: list[Line], confirmed: frozenset[UUID]) -> bool:
    if give.form == terms.DOUBLE_OPT_IN and give.id not in confirmed:
        return False
    if give.rests_on == "order":
        return question.purpose in terms.ORDERABLE
    if give.rests_on == "soft_opt_in":
        is_sold = bool(give.sale_reference) and give.sold_at is not None and give.sold_at <= give.entered_at
        is_possible = question.purpose in terms.ADVERTISING and question.channel in terms.soft_opt_in_channels(question.country)
        return is_sold and is_possible and not stops
    return give.form == terms.DOUBLE_OPT_IN or not question.needs_double_opt_in or _proves_itself(give)


def _proves_itself(give: Line) -> bool:
    return give.form in terms.STANDING_FORMS or (give.form == terms.PAPER and give.has_evidence)


def _stands(give: Line, stops: list[Line]) -> bool:
    """Only the person lifts a no; an import lifts only what it said itself."""
    is_later = all(give.entered_at > stop.entered_at for stop in stops)
    return is_later and (terms.is_from_the_person(give.source) or all(stop.source == give.source for stop in stops))


def _lack(gives: list[Line], confirmed: frozenset[UUID], *, given_elsewhere: bool) -> str:
    if any(give.form == terms.DOUBLE_OPT_IN and give.id not in confirmed for give in gives):
        return "unconfirmed"
    if any(give.rests_on == "consent" and give.form != terms.DOUBLE_OPT_IN for give in gives):
        return "needs_double_opt_in"
    if any(give.rests_on == "soft_opt_in" for give in gives):
        return "soft_opt_in_not_possible"
    return "given_to_another" if given_elsewhere else "no_consent"
