"""The queue of pairs that may be one person: two records side by side, what speaks for it, and one key for each decision."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.duplicates import cars
from forecourt.faces.ui.templatetags.ui import language_word
from forecourt.kernel.errors import Refusal
from forecourt.records.history.models import Visit
from forecourt.records.people import background, duplicates, merges, standing
from forecourt.records.people.models import Customer, CustomerReference, Likeness
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import access

_MOST_LISTED = 1000
FIELDS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "mobile": gettext_lazy("Mobile"),
    "phone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Address"),
    "language": gettext_lazy("Language"),
    "tier": gettext_lazy("Tier"),
    "looks_for": gettext_lazy("Looks for"),
}
EVIDENCE = {
    ("name", "same"): gettext_lazy("The same name"),
    ("name", "near"): gettext_lazy("Almost the same name"),
    ("name", "initial"): gettext_lazy("First name is an initial"),
    ("name", "family"): gettext_lazy("Only the family name is known"),
    ("name", "unknown"): gettext_lazy("A name is missing"),
    ("email", "same"): gettext_lazy("The same e-mail"),
    ("email", "other"): gettext_lazy("Different e-mails"),
    ("phone", "same"): gettext_lazy("The same telephone"),
    ("phone", "other"): gettext_lazy("Different telephones"),
    ("address", "same"): gettext_lazy("The same address"),
    ("address", "postcode"): gettext_lazy("The same postcode"),
    ("address", "other"): gettext_lazy("Different places"),
    ("vin", "same"): gettext_lazy("The same car (VIN)"),
    ("plate", "same"): gettext_lazy("The same plate"),
}


def count(request: HttpRequest) -> int:
    """How many wait, for the navigation."""
    return Likeness.objects.filter(state="waiting").count()


@require_GET
@door("people.merge")
def queue(request: StaffRequest) -> HttpResponse:
    """One pair at a time, the likeliest first."""
    ids = list(duplicates.waiting().values_list("pk", flat=True)[:_MOST_LISTED])
    place = next((place for place, pk in enumerate(ids) if str(pk) == request.GET.get("pair")), 0)
    decided = Likeness.objects.filter(state__in=("merged", "different")).count()
    pair = duplicates.waiting().get(pk=ids[place]) if ids else None
    if pair:
        looks.opened(request, "duplicates", pair.pk, [pair.one_id, pair.other_id])
    waiting = count(request) if len(ids) == _MOST_LISTED else len(ids)
    context = {
        "pair": _picture(pair) if pair else None,
        "place": place + 1,
        "waiting": waiting,
        "decided": decided,
        "percent": round(100 * decided / (decided + waiting)) if decided + waiting else 100,
        "before": _address(ids[place - 1]) if place else "",
        "after": _address(ids[place + 1]) if place + 1 < len(ids) else "",
        "last": _last_decision(request),
        "policy": duplicates.policy(),
        "tab_people": True,
        **cars.tabs(request),
    }
    return render(request, "staff/duplicates/queue.html", context)


@require_POST
@door("people.merge")
def merge(request: StaffRequest, likeness_id: UUID) -> HttpResponse:
    """They are one person; `survivor` is whose number stays, and each field names the record that it is taken from."""
    access.fetch(Likeness, likeness_id, actor=request.actor, right="people.merge")
    try:
        survivor_id = UUID(request.POST.get("survivor", ""))
    except ValueError:
        messages.error(request, _("Please choose which record stays."))
        return redirect(_address(likeness_id))
    take = [name for name in merges.FIELDS if request.POST.get(name) not in (None, str(survivor_id))]
    return _decide(request, lambda: duplicates.merge_pair(actor=request.actor, likeness_id=likeness_id, survivor_id=survivor_id, take=take))


@require_POST
@door("people.merge")
def different(request: StaffRequest, likeness_id: UUID) -> HttpResponse:
    """They are two people."""
    return _decide(request, lambda: duplicates.tell_apart(actor=request.actor, likeness_id=likeness_id))


@require_POST
@door("people.merge")
def ask_again(request: StaffRequest, likeness_id: UUID) -> HttpResponse:
    """Take "different" back."""
    return _decide(request, lambda: duplicates.ask_again(actor=request.actor, likeness_id=likeness_id), pair=likeness_id)


@require_POST
@door("people.merge")
def undo(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """Two records again."""

    def act() -> None:
        done = merges.undo(actor=request.actor, merge_id=merge_id)
        messages.success(
            request, _("Two records again: %(one)s and %(other)s.") % {"one": done.survivor.number, "other": done.absorbed.number}
        )

    return _decide(request, act)


@require_POST
@door("people.merge")
def look(request: StaffRequest) -> HttpResponse:
    """Compare all records now, in the background."""
    background.look_for_duplicates.defer(by=request.actor, organisation=str(request.actor.organisation_id))
    messages.success(request, _("All records are being compared; new pairs appear here in a moment."))
    return redirect("duplicates:queue")


@require_POST
@door("people.merge")
def policy(request: StaffRequest) -> HttpResponse:
    """Whether clear pairs merge by themselves."""
    duplicates.choose_policy(actor=request.actor, merges_clear_pairs=request.POST.get("merges_clear_pairs") == "on")
    messages.success(request, _("Saved."))
    return redirect("duplicates:queue")


def _decide(request: StaffRequest, act: Any, pair: UUID | None = None) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(pair) if pair else reverse("duplicates:queue"))


def _address(likeness_id: UUID) -> str:
    return f"{reverse('duplicates:queue')}?pair={likeness_id}"


def _last_decision(request: StaffRequest) -> dict[str, Any] | None:
    """What this person decided last and can take back with one key."""
    merged = merges.last_of(request.actor)
    apart = Likeness.objects.filter(state="different", decided_by_id=request.actor.id).order_by("-decided_at").first()
    if merged and (apart is None or apart.decided_at is None or merged.merged_at >= apart.decided_at):
        return {"url": reverse("duplicates:undo", args=[merged.pk]), "text": _("Merged: %(name)s") % {"name": merged.survivor.name}}
    if apart:
        return {"url": reverse("duplicates:ask_again", args=[apart.pk]), "text": _("Told apart: %(name)s") % {"name": apart.one.name}}
    return None


def _picture(pair: Likeness) -> dict[str, Any]:
    """Both records field by field; the older one is proposed to stay."""
    older, newer = sorted((pair.one, pair.other), key=lambda customer: (customer.created_at, customer.pk))
    both = [(name, label, _shown(older, name), _shown(newer, name)) for name, label in FIELDS.items()]
    rows = [
        {"name": name, "label": label, "older": one, "newer": other, "is_different": one != other, "takes_newer": not one}
        for name, label, one, other in both
        if one or other
    ]
    for key, row in enumerate((row for row in rows if row["is_different"]), 1):
        row["key"] = key
    return {
        "likeness": pair,
        "older": {"customer": older},
        "newer": {"customer": newer},
        "sides": (_side(older), _side(newer)),
        "rows": rows,
        "evidence": [{**each, "words": EVIDENCE.get((each["of"], each["level"]), each["of"])} for each in pair.evidence],
    }


def _side(customer: Customer) -> dict[str, Any]:
    visits = Visit.objects.filter(customer=customer, gone_on=None).aggregate(number=Count("pk"), last=Max("opened_on"))
    return {
        "customer": customer,
        "cars": [held.vehicle for held in Holding.objects.filter(customer=customer, until_on=None).select_related("vehicle")[:6]],
        "visits": visits,
        "sources": list(CustomerReference.objects.filter(customer=customer).values_list("source", "number")[:6]),
    }


def _shown(customer: Customer, name: str) -> str:
    if name == "name":
        return " ".join(filter(None, (customer.salutation, customer.name)))
    if name == "address":
        return ", ".join(filter(None, (customer.street, f"{customer.postcode} {customer.city}".strip())))
    if name in standing.WORDS:
        return str(standing.WORDS[name].get(getattr(customer, name), ""))
    return language_word(customer.language) if name == "language" else str(getattr(customer, name))
