"""Who agreed to what, when, how and to which wording; kept for ever.

A decision names the digest of what the decider saw. If that is no longer what the item says, nothing is decided.
"""

from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.engines.offers import requests
from forecourt.engines.offers.models import Decision, Item
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor

Verdict = Literal["approved", "rejected"]
How = Literal["link", "phone", "desk", "signature"]


@transaction.atomic
def decide(*, actor: Actor, item_id: UUID, verdict: Verdict, shown_digest: str, how: How, address: str = "") -> Decision:
    """Approve or reject one item. Refusals: "not_put", "already_decided", "withdrawn", "changed_meanwhile"; then nothing is kept."""
    if verdict not in {"approved", "rejected"}:
        raise ValueError(verdict)
    item = Item.objects.select_for_update(of=("self",)).select_related("request").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    _refuse_unless_open(item, verdict)
    what = requests.shown(item, item.request.currency)
    if not shown_digest == item.shown_digest == requests.digest(what):
        raise Refusal("changed_meanwhile", _("This item has changed since you saw it. Please look at it again."))
    decision = Decision.objects.create(
        item=item,
        verdict=verdict,
        shown_digest=shown_digest,
        shown=what,
        decided_at=clock.now(),
        decided_by_kind=actor.kind,
        decided_by_id=actor.id,
        how=how,
        address=address,
    )
    item.state = verdict
    item.save(update_fields=["state"])
    requests.close_if_answered(item.request)
    return decision


def _refuse_unless_open(item: Item, verdict: Verdict) -> None:
    if item.state == "withdrawn":
        raise Refusal("withdrawn", _("This item has been withdrawn by the workshop."))
    if item.state != "pending":
        raise Refusal("already_decided", _("This item has already been decided."), state=item.state, same=item.state == verdict)
    if item.request.state != "open":
        raise Refusal("not_put", _("This item has not been sent to the customer yet."))
