"""Whether somebody who comes in was erased, and how a person becomes a customer again.

An import, and whoever enters a customer, asks here. Nobody is kept out who is a customer now: a household shares an address, and systems give
numbers away again. Coming back is an act with a reason: the person's own, a new contract, or that it is somebody else.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.people import digests, erased
from forecourt.records.people.digests import Identifiers
from forecourt.records.people.events import PersonReturned
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.runtime import access, audit, clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.documents import formats
from forecourt.runtime.events import publish

REASONS: Final = ("own_act", "contract", "somebody_else")


@dataclass(frozen=True)
class Remembered:
    """That these identifiers are an erased person's: which erasures, when the last one was, and by what it is known."""

    erasure_ids: tuple[UUID, ...]
    at: datetime
    digests: tuple[str, ...]

    def dump(self) -> dict[str, Any]:
        return {"erasures": [str(each) for each in self.erasure_ids], "at": self.at.isoformat(), "digests": list(self.digests)}

    @classmethod
    def load(cls, told: dict[str, Any]) -> "Remembered":
        erasures = tuple(UUID(each) for each in told["erasures"])
        return cls(erasures, datetime.fromisoformat(told["at"]), tuple(told["digests"]))


class Memory:
    """The dealer's list of erased persons, read once; asked for each customer of a file."""

    def __init__(self) -> None:
        organisation_id = scope.organisation_id()
        self._standing = erased.standing(organisation_id)
        self._digester = digests.digester(organisation_id) if self._standing else None

    def __bool__(self) -> bool:
        """Whether anybody is remembered: most dealers' files need not be asked about."""
        return self._digester is not None

    def of(self, who: Identifiers, *, before_asking: Callable[[], None] | None = None) -> Remembered | None:
        """The erasure that keeps somebody out; None if there is none, or if they are a customer now, which the database is asked."""
        if self._digester is None:
            return None
        known = [each for each in self._digester.of(who) if each in self._standing]
        if not known:
            return None
        if before_asking:
            before_asking()
        if _is_customer(who):
            return None
        lines = {self._standing[each].erasure_id: self._standing[each] for each in known}
        return Remembered(tuple(lines), max(line.at for line in lines.values()), tuple(known))


def remember() -> Memory:
    """The list as it stands. Inside a transaction, no erasure is carried out until that ends: else it would be overlooked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext(%s))", [_turn()])
    return Memory()


def take_turn() -> None:
    """An erasure waits for files that are being taken in, before it locks anything they could want."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_turn()])


@transaction.atomic
def welcome(*, actor: Actor, remembered: Remembered, reason: str) -> None:
    """The person may be a customer again. Refusal("unknown_reason").

    By their own act or a new contract all is forgotten by which they were kept out; if it is somebody else, only what the two share.
    """
    access.require(actor, "people.edit_customer")
    if reason not in REASONS:
        raise Refusal("unknown_reason", _("Please say why."))
    struck = remembered.digests if reason == "somebody_else" else _all_of(remembered.erasure_ids)
    for erasure_id in remembered.erasure_ids:
        publish(PersonReturned(erasure_id=erasure_id, reason=reason), by=actor)
        audit.record(by=actor, act="people.person_returned", object_kind="erasure", object_id=erasure_id, reason=reason)
    erased.note_return(organisation_id=scope.organisation_id(), digests=struck, reason=reason, at=clock.now())


def admit(*, actor: Actor, customer: Customer, reason: str) -> None:
    """Whether a customer may be entered. Refusal("was_erased", with `erased_at`) if they were erased and no reason to come back is given."""
    remembered = Memory().of(digests.of_record(customer))
    if remembered is None:
        return
    if not reason:
        text = _("This person was erased on %(day)s. Say why they are a customer again.") % {"day": formats.short_day(remembered.at.date())}
        raise Refusal("was_erased", text, erased_at=remembered.at.isoformat())
    welcome(actor=actor, remembered=remembered, reason=reason)


def _all_of(erasure_ids: Collection[UUID]) -> tuple[str, ...]:
    return tuple(digest for line in erased.read() if line.erasure_id in erasure_ids for digest in line.digests)


def _is_customer(who: Identifiers) -> bool:
    named = Q(pk__in=())
    for source, number in who.references:
        named |= Q(pk__in=CustomerReference.objects.filter(source=source, number=number).values("customer_id"))
    evidence = Q(mobile__in=who.telephones) | Q(phone__in=who.telephones)
    if who.email:
        evidence |= Q(email=who.email)
    if who.postcode and who.street:
        evidence |= Q(postcode=who.postcode, street__iexact=who.street)
    if who.match_name:
        named |= Q(match_name=who.match_name) & evidence
    return Customer.objects.filter(named, merged_into=None).exclude(kind="internal").exists()


def _turn() -> str:
    return f"erased:{scope.organisation_id()}"
