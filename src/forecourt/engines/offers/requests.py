"""Items with a price, put to a customer for a decision.

A request is a draft until it is put; from then on its items never change, and each carries a digest over exactly what is shown.
What is put, to whom and why is the journey's to say; who may do it too.
"""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from forecourt.engines.offers.models import Item, Request
from forecourt.kernel import money
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import clock
from forecourt.runtime.models import StoredFile

URGENCIES = ("safety", "soon", "can_wait")


@dataclass(frozen=True, kw_only=True)
class NewItem:
    """What an item says and costs; `net` in the request's currency, `tax_rate` in percent."""

    title: str
    net: Decimal
    tax_rate: Decimal
    detail: str = ""
    urgency: str = "soon"
    minutes: int = 0
    photos: tuple[UUID, ...] = field(default=())  # runtime.StoredFile


@transaction.atomic
def create(
    *, subject_kind: str, subject_id: UUID, site_id: UUID, customer_id: UUID, kind: str, currency: str, items: list[NewItem]
) -> Request:
    """A new draft for a subject, numbered after its earlier ones."""
    money.minor_units(currency)
    earlier = Request.objects.filter(subject_kind=subject_kind, subject_id=subject_id).aggregate(last=Max("number"))["last"] or 0
    request = Request.objects.create(
        subject_kind=subject_kind, subject_id=subject_id, site_id=site_id, customer_id=customer_id,
        number=earlier + 1, kind=kind, currency=currency,
    )  # fmt: skip
    for item in items:
        add(request_id=request.pk, item=item)
    return request


@transaction.atomic
def add(*, request_id: UUID, item: NewItem) -> Item:
    """One more item of a draft. Refusals: "already_put", "no_title", "wrong_price", "wrong_urgency"."""
    request = locked(request_id)
    if request.state != "draft":
        raise Refusal("already_put", _("This request has already been sent; make a new one for what came later."))
    _refuse_unsound(item)
    return Item.objects.create(
        request=request,
        position=(request.items.aggregate(last=Max("position"))["last"] or 0) + 1,
        title=item.title.strip(),
        detail=item.detail.strip(),
        urgency=item.urgency,
        net=item.net,
        tax_rate=item.tax_rate,
        gross=money.gross_of_net(item.net, item.tax_rate, money.minor_units(request.currency)),
        minutes=item.minutes,
        photos=list(item.photos),
    )


@transaction.atomic
def put(*, request_id: UUID) -> Request:
    """Show a draft to the customer: from now on its items stand as they are. Refusals: "already_put", "nothing_to_decide"."""
    request = locked(request_id)
    if request.state != "draft":
        raise Refusal("already_put", _("This request has already been sent."))
    items = list(request.items.select_for_update().filter(state="pending"))
    if not items:
        raise Refusal("nothing_to_decide", _("There is nothing to decide in this request."))
    for item in items:
        item.shown_digest = digest(shown(item, request.currency))
        item.save(update_fields=["shown_digest"])
    request.state, request.sent_at = "open", clock.now()
    request.save(update_fields=["state", "sent_at"])
    return request


@transaction.atomic
def withdraw(*, item_id: UUID) -> Item:
    """Take an item back; a change is a new item in a new request. Refusals: "wrong_state"; the database refuses an invoiced one."""
    item = Item.objects.select_for_update(of=("self",)).select_related("request").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    if item.state == "withdrawn":
        raise Refusal("wrong_state", _("This item has already been withdrawn."), state=item.state)
    item.state = "withdrawn"
    item.save(update_fields=["state"])
    close_if_answered(item.request)
    return item


def shown(item: Item, currency: str) -> dict[str, Any]:
    """Exactly what the customer sees of an item, pictures by their digests. A decision keeps it word for word."""
    digests = dict(StoredFile.objects.filter(pk__in=item.photos).values_list("pk", "sha256"))
    return {
        "title": item.title,
        "detail": item.detail,
        "urgency": item.urgency,
        "net": f"{item.net:.2f}",
        "tax_rate": f"{item.tax_rate:.2f}",
        "gross": f"{item.gross:.2f}",
        "currency": currency,
        "minutes": item.minutes,
        "photos": [digests[photo] for photo in item.photos],
    }


def digest(what: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def close_if_answered(request: Request) -> None:
    """A request of which nothing is pending any more is answered, or withdrawn if nothing was decided."""
    states = set(request.items.values_list("state", flat=True))
    if request.state != "open" or "pending" in states:
        return
    request.state, request.answered_at = ("answered" if states - {"withdrawn"} else "withdrawn"), clock.now()
    request.save(update_fields=["state", "answered_at"])


def locked(request_id: UUID) -> Request:
    request = Request.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


def _refuse_unsound(item: NewItem) -> None:
    if not item.title.strip():
        raise Refusal("no_title", _("Say what is to be done."))
    if item.net < 0 or item.net != money.round_half_up(item.net) or item.net >= Decimal(10) ** 10:
        raise Refusal("wrong_price", _("The price must be an amount of zero or more with two decimal places."))
    if item.urgency not in URGENCIES:
        raise Refusal("wrong_urgency", _("Say how urgent it is."))
    if StoredFile.objects.filter(pk__in=item.photos).count() != len(set(item.photos)):
        raise NotFound
