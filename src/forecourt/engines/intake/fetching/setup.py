"""Setting up where files are fetched: adding, changing, pausing, trying and removing a source. Each leaves a line in the trail.

A secret goes in and never comes out. Whoever points a source at another machine or name enters it again, so that nobody is handed a password
that they do not know.
"""

from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.intake.events import SourceChanged
from forecourt.engines.intake.fetching import plan
from forecourt.engines.intake.source_models import Source
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Organisation, Site
from forecourt.runtime import access, audit, clock, scope, seals
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

MOST: Final = 50
PLACES: Final[dict[str, frozenset[str]]] = {
    "folder": frozenset({"folder", "pattern", "has_marker"}),
    "sftp": frozenset({"host", "port", "username", "auth", "folder", "pattern", "is_moved"}),
    "https": frozenset({"url", "auth", "username"}),
}
"""Which values say where a source of each kind lies."""
_WHERE: Final = ("host", "port", "username", "url", "auth")
"""Another value of these, and the secret would go to somebody else."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a source. An empty secret keeps the one there is."""

    name: str
    source: str
    place: dict[str, Any]
    site_id: UUID | None = None
    secret: str = field(default="", repr=False)
    every_minutes: int | None = None
    daily_at: time | None = None
    runs_by_itself: bool = True
    most_rejected: int = 2


@transaction.atomic
def add(*, actor: Actor, kind: str, wish: Wish) -> Source:
    """A new source; it is looked at for the first time at once. Raises Refusal."""
    access.require(actor, "intake.manage_sources")
    if Source.objects.count() >= MOST:
        raise Refusal("too_many", _("So many sources are set up already. Please remove one first."))
    now = clock.now()
    made = Source(kind=kind, made_at=now, made_by_id=actor.id, due_at=now, organisation_id=scope.organisation_id())
    _fill(actor, made, wish)
    _require_secret(made)
    made.save()
    _note(actor, made, "made", kind=kind)
    return made


@transaction.atomic
def change(*, actor: Actor, source_id: UUID, wish: Wish) -> Source:
    """Another name, place or plan. Raises Refusal "secret_again" where the secret has to be entered for a new place."""
    found = _locked(actor, source_id)
    is_elsewhere = any(found.place.get(name) != wish.place.get(name) for name in _WHERE)
    if is_elsewhere and wish.place.get("auth") in ("password", "bearer", "basic") and not wish.secret:
        raise Refusal("secret_again", _("Please enter the secret again: it goes to another place or name now."))
    if any(found.place.get(name) != wish.place.get(name) for name in ("host", "port")):
        found.host_key = ""
    if found.place != wish.place:
        found.marks = {}
    _fill(actor, found, wish)
    _require_secret(found)
    found.due_at = clock.now()
    found.failures, found.failing_since, found.problem, found.trial = 0, None, "", None
    found.save()
    _note(actor, found, "changed")
    return found


@transaction.atomic
def pause(*, actor: Actor, source_id: UUID) -> Source:
    """Nothing is fetched until it is resumed."""
    found = _locked(actor, source_id)
    if found.state == "active":
        found.state, found.paused_because = "paused", "by_hand"
        found.save(update_fields=["state", "paused_because"])
        _note(actor, found, "paused")
    return found


@transaction.atomic
def resume(*, actor: Actor, source_id: UUID, trust: bool = False) -> Source:
    """Go on, with a look at once. `trust`: whatever machine answers now is the right one from now on."""
    found = _locked(actor, source_id)
    if found.state == "active":
        return found
    if found.paused_because == "host_key" and not trust:
        raise Refusal("not_trusted", _("Another machine answers than before. Please say first that it is the right one."))
    found.state, found.paused_because, found.problem = "active", "", ""
    found.failures, found.failing_since, found.due_at = 0, None, clock.now()
    if trust:
        found.host_key = ""
    found.save()
    _note(actor, found, "trusted" if trust else "resumed")
    return found


@transaction.atomic
def remove(*, actor: Actor, source_id: UUID) -> None:
    """The source, its secret and the memory of what was taken go; the imports stay."""
    found = _locked(actor, source_id)
    _note(actor, found, "removed", kind=found.kind)
    found.delete()


@transaction.atomic
def look_now(*, actor: Actor, source_id: UUID) -> Source:
    """Do not wait for the plan."""
    from forecourt.engines.intake import background

    found = _locked(actor, source_id)
    if found.state != "active":
        raise Refusal("paused", _("The source is paused. Let it go on first."))
    found.asked_at = clock.now()
    found.save(update_fields=["asked_at"])
    background.fetch.defer(by=actor, source=str(found.pk))
    return found


@transaction.atomic
def try_out(*, actor: Actor, source_id: UUID) -> Source:
    """See whether it can be reached and what lies there; nothing is taken."""
    from forecourt.engines.intake import background

    found = _locked(actor, source_id)
    found.trial = {}
    found.save(update_fields=["trial"])
    background.try_source.defer(by=actor, source=str(found.pk))
    return found


@transaction.atomic
def renew_seals() -> int:
    """Bring the secrets of all organisations under the first key; how many there were."""
    count = 0
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            for row in Source.objects.select_for_update().exclude(sealed_secret=""):
                row.sealed_secret = seals.renew(row.sealed_secret)
                row.save(update_fields=["sealed_secret"])
                count += 1
    return count


def _fill(actor: Actor, of: Source, wish: Wish) -> None:
    if wish.site_id is not None and not (Site.objects.filter(pk=wish.site_id).exists() and actor.may_act_at(wish.site_id)):
        raise NotFound
    if wish.site_id is None and actor.sites is not None:
        raise Refusal("site_needed", _("The file does not say which site its orders belong to. Please choose the site."))
    minutes = wish.every_minutes
    if (minutes is None) == (wish.daily_at is None) or not (plan.SHORTEST_MINUTES <= (minutes or 60) <= plan.LONGEST_MINUTES):
        raise Refusal("no_plan", _("Please say how often to look: every so many minutes, or daily at an hour."))
    assert wish.place.keys() <= PLACES[of.kind]
    of.name, of.source, of.site_id, of.place = wish.name.strip(), wish.source.strip(), wish.site_id, wish.place
    of.every_minutes, of.daily_at = minutes, wish.daily_at
    of.runs_by_itself, of.most_rejected = wish.runs_by_itself, wish.most_rejected
    _keep_secret(of, wish.secret)


def _keep_secret(of: Source, secret: str) -> None:
    auth = of.place.get("auth", "")
    if auth == "key":
        if not of.public_key:
            private, of.public_key = _new_key()
            of.sealed_secret, of.secret_set_at = seals.seal(private), clock.now()
        return
    if of.public_key:
        of.public_key = of.sealed_secret = ""
    if auth in ("", "none"):
        of.sealed_secret, of.secret_set_at = "", None
    elif secret:
        of.sealed_secret, of.secret_set_at = seals.seal(secret), clock.now()


def _new_key() -> tuple[str, str]:
    """A key of our own for one source: private and public, as OpenSSH writes them."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return private.decode(), key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _require_secret(of: Source) -> None:
    if of.place.get("auth", "none") not in ("none", "") and not of.sealed_secret:
        raise Refusal("secret_needed", _("Please enter the secret with which we sign in."))


def _locked(actor: Actor, source_id: UUID) -> Source:
    return access.fetch(Source, source_id, actor=actor, right="intake.manage_sources", lock=True)


def _note(actor: Actor, of: Source, what: str, **values: Any) -> None:
    publish(SourceChanged(source_id=of.pk, what=what), by=actor)
    audit.record(by=actor, act=f"intake.source_{what}", object_kind="source", object_id=of.pk, **values)
