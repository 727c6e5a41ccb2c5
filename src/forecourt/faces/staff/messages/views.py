"""Messages of which nobody can say whether they went, or which the mail server kept refusing: a person sends them again or drops them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.messaging import outbox, reasons
from forecourt.engines.messaging.models import Message
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.people import customers
from forecourt.records.people.models import Customer
from forecourt.runtime import access

PAGE_SIZE = 50
PURPOSES = {
    "contract": gettext_lazy("Appointment or visit"),
    "service_reminder": gettext_lazy("Service reminder"),
    "offers": gettext_lazy("Offer"),
    "survey": gettext_lazy("Question after a visit"),
}

Decide = Callable[..., Message]


def count(request: HttpRequest) -> int:
    """How many wait, for the navigation."""
    return outbox.parked(actor=request.actor).count()  # type: ignore[attr-defined]


@require_GET
@door("messaging.see")
def waiting(request: StaffRequest) -> HttpResponse:
    """All that waits for a decision at this person's sites, the newest first."""
    text = request.GET.get("q", "").strip()
    page = Paginator(_found(request, text), PAGE_SIZE).get_page(request.GET.get("page"))
    looks.listed(request, "messages", [message.customer_id for message in page], asked=text, page=page.number)
    context = {
        "page": page,
        "rows": _with_people(page.object_list),
        "text": text,
        "may_release": access.may(request.actor, "messaging.release"),
    }
    return render(request, "staff/messages/list.html", context)


@require_POST
@door("messaging.release")
def send(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _decide(request, [message_id], outbox.send_again)


@require_POST
@door("messaging.release")
def drop(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _decide(request, [message_id], outbox.give_up)


@require_POST
@door("messaging.release")
def send_several(request: StaffRequest) -> HttpResponse:
    return _decide(request, _chosen(request), outbox.send_again)


@require_POST
@door("messaging.release")
def drop_several(request: StaffRequest) -> HttpResponse:
    return _decide(request, _chosen(request), outbox.give_up)


def _decide(request: StaffRequest, ids: Iterable[UUID], decide: Decide) -> HttpResponse:
    """The same decision on each; what a colleague was faster with is told, and hinders nothing."""
    done = late = 0
    for message_id in ids:
        try:
            decide(actor=request.actor, message_id=message_id)
            done += 1
        except Refusal:
            late += 1
    _tell(request, done, late, is_sent=decide is outbox.send_again)
    kept = {name: request.POST[name] for name in ("q", "page") if request.POST.get(name)}
    return redirect(f"{reverse('messages:list')}?{urlencode(kept)}" if kept else reverse("messages:list"))


def _tell(request: StaffRequest, done: int, late: int, *, is_sent: bool) -> None:
    if done and is_sent:
        notes.success(request, ngettext("%(count)s message goes out again.", "%(count)s messages go out again.", done) % {"count": done})
    elif done:
        notes.success(request, ngettext("%(count)s message stays unsent.", "%(count)s messages stay unsent.", done) % {"count": done})
    if late:
        text = ngettext("%(count)s message was decided by somebody else.", "%(count)s messages were decided by somebody else.", late)
        notes.warning(request, text % {"count": late})
    if not done and not late:
        notes.warning(request, _("Nothing was chosen."))


def _chosen(request: StaffRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("message")[:PAGE_SIZE]]
    except ValueError as error:
        raise NotFound from error


def _found(request: StaffRequest, text: str) -> QuerySet[Message]:
    rows = outbox.parked(actor=request.actor).defer("html", "text", "headers")
    if not text:
        return rows
    return rows.filter(Q(address__istartswith=text) | Q(subject__icontains=text) | Q(customer_id__in=customers.matching(text).values("pk")))


def _with_people(rows: Iterable[Message]) -> list[dict[str, Any]]:
    """The messages with their customers, in one query, and in words what each is and why it waits."""
    found = list(rows)
    people = Customer.objects.in_bulk([message.customer_id for message in found if message.customer_id])
    return [
        {
            "message": message,
            "customer": people.get(message.customer_id) if message.customer_id else None,
            "what": PURPOSES.get(message.purpose, message.purpose),
            "why": reasons.words(message.reason_code),
        }
        for message in found
    ]
