"""Doors at which a dealer's other programs hand in files, signed as what we send is: who may, whether a message is theirs, and whether it is new.

What becomes of a file is known to `engines.intake`; a face joins the two. An unknown door is worked on like a known one, so that neither
answer nor time tells which doors there are.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from forecourt.engines.exchange import keys, signing
from forecourt.engines.exchange.deliveries import KEPT
from forecourt.engines.exchange.events import InletChanged
from forecourt.engines.exchange.models import Inlet, Receipt
from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.records.dealership.models import Site
from forecourt.runtime import access, audit, clock, scope, seals
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

RIGHTS: Final = frozenset({"intake.run_imports", "intake.see_imports"})
"""What comes in by such a door may be imported, and nothing else."""


@transaction.atomic
def make(*, actor: Actor, name: str, source: str, site_id: UUID | None = None) -> tuple[Inlet, str]:
    """Open a door. Returns the secret with which the program signs; it is told this once."""
    access.require(actor, "exchange.manage")
    if site_id is not None and not (Site.objects.filter(pk=site_id).exists() and actor.may_act_at(site_id)):
        raise NotFound
    now = clock.now()
    made = Inlet(name=name.strip(), source=source.strip(), site_id=site_id, made_at=now, made_by_id=actor.id, secret_set_at=now)
    secret = keys.change(made)
    made.save()
    _note(actor, made, "made")
    return made, secret


@transaction.atomic
def rotate(*, actor: Actor, inlet_id: UUID, at_once: bool = False) -> str:
    """A new secret, told this once. The earlier one opens for a day more, unless it shall end at once."""
    found = _locked(actor, inlet_id)
    secret = keys.change(found, at_once=at_once)
    found.save(update_fields=keys.FIELDS)
    _note(actor, found, "secret", at_once=at_once)
    return secret


@transaction.atomic
def close(*, actor: Actor, inlet_id: UUID) -> Inlet:
    """It answers like a door that is not there."""
    return _put(actor, inlet_id, "closed", "paused")


@transaction.atomic
def reopen(*, actor: Actor, inlet_id: UUID) -> Inlet:
    return _put(actor, inlet_id, "open", "resumed")


@transaction.atomic
def remove(*, actor: Actor, inlet_id: UUID) -> None:
    """The door and its secret go; what came in by it stays."""
    found = _locked(actor, inlet_id)
    _note(actor, found, "removed")
    found.delete()


class Arrival:
    """A message that is coming in: fed with its body, then asked whose it is."""

    def __init__(self, inlet: Inlet | None, secrets: Sequence[str], *, message_id: str, timestamp: str) -> None:
        self._inlet = inlet
        self._signature = signing.Signature(secrets, message_id=message_id, timestamp=timestamp)

    def update(self, part: bytes) -> None:
        self._signature.update(part)

    def proven(self, header: str) -> Inlet:
        """The door, if the message is signed with its secret; raises NotPermitted, for an unknown or closed door too."""
        holds = self._signature.holds(header)
        if not holds or self._inlet is None:
            raise NotPermitted("signature")
        return self._inlet


def arriving(inlet_id: UUID, *, message_id: str, timestamp: str) -> Arrival:
    """Begin to check a message; for a door that is not there with a secret that nobody knows."""
    with scope.everywhere("who sends names the door, and the door names the dealer"):
        inlet = Inlet.objects.filter(pk=inlet_id, state="open").first()
    try:
        secrets = keys.held(inlet) if inlet else []
    except seals.Unsealable:
        inlet, secrets = None, []
    return Arrival(inlet, secrets or [signing.new_secret()], message_id=message_id, timestamp=timestamp)


def actor_of(inlet: Inlet) -> Actor:
    """Who acts when a file comes in by this door."""
    sites = frozenset({inlet.site_id}) if inlet.site_id else None
    return Actor(kind="api", organisation_id=inlet.organisation_id, id=inlet.pk, sites=sites, rights=RIGHTS, via="hook")


def receipt(inlet: Inlet, message_id: str) -> tuple[Receipt, bool]:
    """The note that this message came, and whether it is new. In the transaction of what it causes: two at once wait for each other."""
    now = clock.now()
    digest = hashlib.sha256(message_id.encode()).hexdigest()
    found, is_new = Receipt.objects.get_or_create(
        inlet=inlet, digest=digest, defaults={"at": now, "organisation_id": inlet.organisation_id}
    )
    if is_new:
        Inlet.objects.filter(pk=inlet.pk).update(received_at=now)
    return found, is_new


def brought(note: Receipt, import_id: UUID) -> None:
    """Which import it became."""
    note.import_id = import_id
    note.save(update_fields=["import_id"])


@transaction.atomic
def forget_old() -> int:
    """Notes of a month ago go, from the organisation in scope; a message as old is refused for its age."""
    return Receipt.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


def _put(actor: Actor, inlet_id: UUID, state: str, what: str) -> Inlet:
    found = _locked(actor, inlet_id)
    if found.state != state:
        found.state = state
        found.save(update_fields=["state"])
        _note(actor, found, what)
    return found


def _locked(actor: Actor, inlet_id: UUID) -> Inlet:
    return access.fetch(Inlet, inlet_id, actor=actor, right="exchange.manage", lock=True)


def _note(actor: Actor, of: Inlet, what: str, **values: Any) -> None:
    publish(InletChanged(inlet_id=of.pk, what=what), by=actor)
    audit.record(by=actor, act=f"exchange.inlet_{what}", object_kind="inlet", object_id=of.pk, **values)
