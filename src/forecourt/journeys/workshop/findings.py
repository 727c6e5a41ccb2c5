"""What is found while working: put to the customer with price, photo and urgency, decided item by item, and only then done.

The wording and its digest are kept by offers; who may ask and decide, and what follows for the car, stands here.
"""

from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from forecourt.engines.offers import decisions, requests
from forecourt.engines.offers.decisions import How, Verdict
from forecourt.engines.offers.models import Item, Request
from forecourt.journeys.workshop import expected, locks, visits
from forecourt.journeys.workshop.models import JobCard, Media, WorkLine
from forecourt.journeys.workshop.visit_events import ApprovalAsked, ItemApproved, ItemRejected, ItemWithdrawn, StageChanged, WorkFound
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish
from forecourt.runtime.models import StoredFile

POSSIBLE: Final = ("accepted", "in_work", "waiting_parts", "waiting_approval")
Urgency = Literal["safety", "soon", "can_wait"]


@transaction.atomic
def add(
    *, actor: Actor, job_card_id: UUID, title: str, detail: str, urgency: str, net: Decimal, minutes: int, photos: list[StoredFile]
) -> Item:
    """Note what was found, not yet shown to the customer. Refusals: "wrong_state", "no_title", "wrong_price", "wrong_urgency"."""
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.add_finding")
    _refuse_unless_possible(job_card)
    request = of(job_card).filter(state="draft").first() or requests.create(
        subject_kind=visits.SUBJECT,
        subject_id=job_card.pk,
        site_id=job_card.site_id,
        customer_id=job_card.customer_id,
        kind="extra",
        currency=job_card.site.legal_entity.currency,
        items=[],
    )
    new = requests.NewItem(
        title=title, detail=detail, urgency=urgency, net=net, tax_rate=job_card.site.tax_rate, minutes=minutes,
        photos=tuple(photo.pk for photo in photos),
    )  # fmt: skip
    item = requests.add(request_id=request.pk, item=new)
    for photo in photos:
        Media.objects.create(job_card=job_card, stored_file=photo, purpose="finding", added_at=clock.now(), added_by_kind=actor.kind)
    publish(WorkFound(**visits.about(job_card), item_id=item.pk, urgency=urgency), by=actor)
    expected.recompute(job_card, actor=actor, reason="work_found")
    return item


@transaction.atomic
def put(*, actor: Actor, job_card_id: UUID) -> Request:
    """Show the customer what was found; the car waits for the answer. Refusals: "wrong_state", "nothing_to_decide"."""
    job_card = locks.job_card(job_card_id, actor=actor, right="workshop.add_finding")
    _refuse_unless_possible(job_card)
    draft = of(job_card).filter(state="draft").first()
    if draft is None:
        raise Refusal("nothing_to_decide", _("Nothing was found that the customer would have to decide on."))
    request = requests.put(request_id=draft.pk)
    publish(ApprovalAsked(**visits.about(job_card), request_id=request.pk, items=request.items.filter(state="pending").count()), by=actor)
    if job_card.stage != "waiting_approval":
        earlier = visits.enter(job_card, "waiting_approval", actor=actor)
        publish(StageChanged(**visits.about(job_card), stage="waiting_approval", earlier=earlier), by=actor)
    expected.recompute(job_card, actor=actor, reason="work_found")
    return request


@transaction.atomic
def decide(*, actor: Actor, item_id: UUID, verdict: Verdict, shown_digest: str, how: How, address: str = "") -> Item:
    """Approve or reject one item: the customer by link, staff for the customer on the phone or at the desk.

    Approved work becomes a line. Refusals: "changed_meanwhile", "already_decided", "withdrawn", "not_put", "wrong_way", "wrong_state".
    """
    job_card = _job_card_of(item_id, actor, "workshop.decide" if actor.kind == "customer" else "workshop.decide_for_customer")
    if (actor.kind == "customer") != (how == "link"):
        raise Refusal("wrong_way", _("A customer decides by link; for them, staff note a decision by phone, at the desk or by signature."))
    _refuse_unless_possible(job_card)
    decisions.decide(actor=actor, item_id=item_id, verdict=verdict, shown_digest=shown_digest, how=how, address=address)
    item = Item.objects.select_related("request").get(pk=item_id)
    if verdict == "approved":
        _add_line(job_card, item)
        publish(ItemApproved(**visits.about(job_card), item_id=item.pk, how=how, gross=item.gross), by=actor)
    else:
        publish(ItemRejected(**visits.about(job_card), item_id=item.pk, how=how, gross=item.gross), by=actor)
    _go_on_if_answered(job_card, actor)
    expected.recompute(job_card, actor=actor, reason=verdict)
    return item


@transaction.atomic
def decide_all(
    *, actor: Actor, job_card_id: UUID, verdict: Verdict, shown_digests: dict[UUID, str], how: How, address: str = ""
) -> list[Item]:
    """One verdict on several items, all or none; each with the digest that was shown."""
    known = set(Item.objects.filter(request__in=of_id(job_card_id)).values_list("pk", flat=True))
    if not set(shown_digests) <= known:
        raise NotFound
    return [
        decide(actor=actor, item_id=item_id, verdict=verdict, shown_digest=digest, how=how, address=address)
        for item_id, digest in shown_digests.items()
    ]


@transaction.atomic
def withdraw(*, actor: Actor, item_id: UUID) -> Item:
    """Staff take an item back, decided or not, as long as nobody works on it. Refusals: "wrong_state", "work_begun"."""
    job_card = _job_card_of(item_id, actor, "workshop.decide_for_customer")
    _refuse_unless_possible(job_card)
    line = job_card.lines.filter(item_id=item_id).exclude(state="dropped").first()
    if line is not None:
        if line.state != "planned":
            raise Refusal("work_begun", _("This work has begun; it can no longer be withdrawn."))
        line.state = "dropped"
        line.save(update_fields=["state"])
    item = requests.withdraw(item_id=item_id)
    publish(ItemWithdrawn(**visits.about(job_card), item_id=item.pk), by=actor)
    _go_on_if_answered(job_card, actor)
    expected.recompute(job_card, actor=actor, reason="rejected")
    return item


def of(job_card: JobCard) -> QuerySet[Request]:
    """What was found on this visit and put, or is about to be."""
    return of_id(job_card.pk)


def of_id(job_card_id: UUID) -> QuerySet[Request]:
    return Request.objects.filter(subject_kind=visits.SUBJECT, subject_id=job_card_id, kind="extra").order_by("number")


def to_decide(job_card: JobCard) -> QuerySet[Item]:
    """The items that wait for the customer's answer, in the order in which they were found."""
    return Item.objects.filter(request__in=of(job_card), request__state="open", state="pending").order_by("request__number", "position")


def decided(job_card: JobCard) -> QuerySet[Item]:
    """The items that the customer said yes or no to, in the order in which they were found."""
    return Item.objects.filter(request__in=of(job_card), state__in=("approved", "rejected")).order_by("request__number", "position")


def _job_card_of(item_id: UUID, actor: Actor, right: str) -> JobCard:
    subject_id = Item.objects.filter(pk=item_id, request__subject_kind=visits.SUBJECT).values_list("request__subject_id", flat=True).first()
    if subject_id is None:
        raise NotFound
    return locks.job_card(subject_id, actor=actor, right=right)


def _refuse_unless_possible(job_card: JobCard) -> None:
    visits.refuse_unless(job_card, *POSSIBLE, text=_("This is possible only while the car is being worked on."))


def _add_line(job_card: JobCard, item: Item) -> None:
    last = job_card.lines.aggregate(last=Max("position"))["last"] or 0
    WorkLine.objects.create(
        job_card=job_card, position=last + 1, title=item.title, minutes=item.minutes, net=item.net, tax_rate=item.tax_rate, item_id=item.pk
    )


def _go_on_if_answered(job_card: JobCard, actor: Actor) -> None:
    if job_card.stage == "waiting_approval" and not to_decide(job_card).exists():
        visits.enter(job_card, "in_work", actor=actor)
        publish(StageChanged(**visits.about(job_card), stage="in_work", earlier="waiting_approval"), by=actor)
