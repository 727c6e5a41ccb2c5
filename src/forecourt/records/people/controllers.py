"""Who answers for customers' data here: the dealer, and where they take part its group and the importer, each for itself."""

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Organisation
from forecourt.records.people.consent.terms import DEALER
from forecourt.records.people.models import ConsentEntry, Controller, Share
from forecourt.runtime import access, audit, scope
from forecourt.runtime.actors import Actor

KINDS: Final = ("group", "importer")


def names() -> dict[str, str]:
    """Every controller's key and name, the dealer first."""
    dealer = Organisation.objects.filter(pk=scope.organisation_id()).values_list("name", flat=True).first() or ""
    return {DEALER: dealer, **dict(Controller.objects.order_by("name").values_list("key", "name"))}


@transaction.atomic
def add(*, actor: Actor, key: str, kind: str, name: str) -> Controller:
    """Let somebody take part. Refusal("unknown_kind", "name_missing", "controller_known")."""
    access.require(actor, "people.manage_controllers")
    if kind not in KINDS:
        raise Refusal("unknown_kind", _("A controller besides the dealer is a group or an importer."))
    if not key.strip() or not name.strip():
        raise Refusal("name_missing", _("A controller needs a name."))
    try:
        with transaction.atomic():
            controller = Controller.objects.create(key=key.strip().lower(), kind=kind, name=name.strip())
    except IntegrityError as known:
        raise Refusal("controller_known", _("There is such a controller already.")) from known
    audit.record(by=actor, act="people.controller_added", object_kind="controller", object_id=controller.pk, kind=kind)
    return controller


@transaction.atomic
def leave(*, actor: Actor, controller_id: UUID) -> None:
    """Somebody takes no part any more. Refusal("controller_used") where consents or shares name them: those say who answered for what."""
    controller = access.fetch(Controller, controller_id, actor=actor, right="people.manage_controllers", lock=True)
    named = Share.objects.filter(Q(from_controller=controller.key) | Q(to_controller=controller.key)).exists()
    if named or ConsentEntry.objects.filter(controller=controller.key).exists():
        raise Refusal("controller_used", _("Consents or shares name this company, so it stays in the list."))
    audit.record(by=actor, act="people.controller_left", object_kind="controller", object_id=controller.pk, kind=controller.kind)
    controller.delete()
