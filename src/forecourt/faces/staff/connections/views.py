"""Programs that are told what happens here: which, of what, whether it arrives. Their secrets are shown once, when they are made."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.engines.exchange import subscriptions
from forecourt.engines.exchange.models import Delivery, Inlet, Subscription
from forecourt.faces.staff.connections import words
from forecourt.faces.staff.connections.forms import SubscriptionForm
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.runtime import access

PAGE_SIZE = 50
STATES = ("waiting", "delivered", "parked")


@require_GET
@door("exchange.manage")
def connection_list(request: StaffRequest) -> HttpResponse:
    """Both directions on one page."""
    waiting = Count("deliveries", filter=Q(deliveries__state="waiting"))
    parked = Count("deliveries", filter=Q(deliveries__state="parked"))
    context = {
        "subscriptions": list(Subscription.objects.annotate(waiting=waiting, parked=parked).order_by("name", "pk")),
        "inlets": list(Inlet.objects.order_by("name", "pk")),
        "sites": dict(Site.objects.values_list("pk", "name")),
    }
    return render(request, "staff/connections/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@door("exchange.manage")
@confirmed
def new(request: StaffRequest) -> HttpResponse:
    """Subscribe an address; the answer to the POST shows its secret this once."""
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = subscriptions.subscribe(actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return render(request, "staff/connections/secret.html", {"of": made, "secret": secret, "is_new": True})
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@door("exchange.manage")
@confirmed
def change(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    """Name, address, events; the secret stays."""
    found = access.fetch(Subscription, subscription_id, actor=request.actor, right="exchange.manage")
    initial = {"name": found.name, "address": found.address, "events": found.events}
    form = SubscriptionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            subscriptions.change(actor=request.actor, subscription_id=subscription_id, **form.cleaned_data)
        except Refusal as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("connections:show", subscription_id)
    return _form(request, form, found)


@require_GET
@door("exchange.manage")
def show(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    """How it stands, and what it was told with each try."""
    found = access.fetch(Subscription, subscription_id, actor=request.actor, right="exchange.manage")
    rows = Delivery.objects.filter(subscription=found).order_by("-made_at", "-pk").prefetch_related("attempts")
    counts = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    state = request.GET.get("state", "")
    page = Paginator(rows.filter(state=state) if state in STATES else rows, PAGE_SIZE).get_page(request.GET.get("page"))
    maker = StaffMember.objects.filter(pk=found.made_by_id).first() if found.made_by_id else None
    context = {
        "of": found, "events": [words.event(name) for name in found.events], "page": page, "state": state, "maker": maker,
        "rows": [_row(each) for each in page.object_list], "has_any": bool(counts), "parked": counts.get("parked", 0),
        "choices": [
            ("", _("All"), sum(counts.values())), ("waiting", _("Waiting"), counts.get("waiting", 0)),
            ("delivered", _("Arrived"), counts.get("delivered", 0)), ("parked", _("Given up"), counts.get("parked", 0)),
        ],
    }  # fmt: skip
    return render(request, "staff/connections/show.html", context)


@never_cache
@require_POST
@door("exchange.manage")
@confirmed
def secret(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    """A new secret, shown this once."""
    at_once = request.POST.get("at_once") == "yes"
    made = subscriptions.rotate(actor=request.actor, subscription_id=subscription_id, at_once=at_once)
    found = access.fetch(Subscription, subscription_id, actor=request.actor, right="exchange.manage")
    return render(request, "staff/connections/secret.html", {"of": found, "secret": made, "at_once": at_once})


@require_POST
@door("exchange.manage")
def pause(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    subscriptions.pause(actor=request.actor, subscription_id=subscription_id)
    return redirect("connections:show", subscription_id)


@require_POST
@door("exchange.manage")
def resume(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    subscriptions.resume(actor=request.actor, subscription_id=subscription_id)
    return redirect("connections:show", subscription_id)


@require_POST
@door("exchange.manage")
def try_out(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    """Send a message that says nothing."""
    subscriptions.try_out(actor=request.actor, subscription_id=subscription_id)
    messages.success(request, _("The test leaves within a few seconds."))
    return redirect("connections:show", subscription_id)


@require_POST
@door("exchange.manage")
def send_again(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """One message once more."""
    delivery = subscriptions.send_again(actor=request.actor, delivery_id=delivery_id)
    messages.success(request, _("It leaves within a few seconds."))
    return redirect("connections:show", delivery.subscription_id)


@require_POST
@door("exchange.manage")
def send_parked_again(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    """All that was given up once more."""
    count = subscriptions.send_parked_again(actor=request.actor, subscription_id=subscription_id)
    messages.success(request, ngettext("%(count)s message leaves again.", "%(count)s messages leave again.", count) % {"count": count})
    return redirect("connections:show", subscription_id)


@require_POST
@door("exchange.manage")
@confirmed
def remove(request: StaffRequest, subscription_id: UUID) -> HttpResponse:
    """It is told nothing more."""
    subscriptions.remove(actor=request.actor, subscription_id=subscription_id)
    messages.success(request, _("Removed. It is told nothing more."))
    return redirect("connections:list")


def _form(request: StaffRequest, form: SubscriptionForm, of: Subscription | None) -> HttpResponse:
    chosen = form["events"].value() or ()
    boxes = [(name, title, name in chosen) for name, title in words.events()]
    return render(request, "staff/connections/form.html", {"form": form, "of": of, "boxes": boxes}, status=422 if form.is_bound else 200)


def _say(form: SubscriptionForm, refusal: Refusal) -> None:
    """Beside the field that it is about."""
    field = {"address_refused": "address", "no_events": "events"}.get(refusal.code)
    why = refusal.facts.get("why")
    form.add_error(field, [str(refusal), words.outcome(str(why))] if why else [str(refusal)])


def _row(delivery: Delivery) -> dict[str, object]:
    tries = sorted(delivery.attempts.all(), key=lambda each: each.at, reverse=True)
    return {
        "delivery": delivery, "event": words.event(delivery.event_name),
        "tries": [{"at": each.at, "status": each.status, "outcome": words.outcome(each.outcome), "took": each.milliseconds} for each in tries],
    }  # fmt: skip
