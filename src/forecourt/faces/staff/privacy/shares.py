"""What one controller lets another see of its customers: recorded, looked at, ended, and recorded once more."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.privacy import tabs
from forecourt.faces.staff.privacy.forms import ShareForm, field_name
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people import controllers, shares
from forecourt.records.people.consent import terms, texts
from forecourt.records.people.models import Customer, Share
from forecourt.runtime import access, clock

PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """A share in words. States: running, coming, over (its last day has passed), ended (by somebody, before that)."""

    share: Share
    from_name: str
    to_name: str
    purpose: str
    fields: list[str]
    state: str


@require_GET
@door("people.manage_shares")
def share_list(request: StaffRequest) -> HttpResponse:
    """All shares by who, what for, on which basis; those that run first asked for."""
    text, shown = request.GET.get("q", "").strip(), request.GET.get("show", "running")
    names = controllers.names()
    rows = [_row(share, names) for share in shares.recorded(actor=request.actor)]
    found = [row for row in rows if (shown == "all" or _is_shown(row, shown)) and _says(row, text)]
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")), "text": text, "shown": shown, "has_any": bool(rows),
        "choices": [("running", _("Running and to come")), ("past", _("Ended")), ("all", _("All"))], "has_others": len(names) > 1,
        **tabs.of(request),
    }  # fmt: skip
    return render(request, "staff/privacy/shares.html", context)


@require_http_methods(["GET", "POST"])
@door("people.manage_shares")
def new(request: StaffRequest) -> HttpResponse:
    """Write a share down; `like` fills the form from an earlier one, which is how an ended one is taken up again."""
    form = ShareForm(request.POST or None, names=controllers.names(), initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            share = shares.record(actor=request.actor, fields=told.pop("shared"), **told)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The share is recorded."))
            return redirect("privacy:share", share.pk)
    chosen = form["shared"].value() or ()
    boxes = [(name, field_name(name), name in chosen) for name in shares.FIELDS]
    context = {"form": form, "boxes": boxes, **tabs.of(request)}
    return render(request, "staff/privacy/share_new.html", context, status=422 if form.is_bound else 200)


@require_GET
@door("people.manage_shares")
def page(request: StaffRequest, share_id: UUID) -> HttpResponse:
    """One share, who recorded and ended it, and what was seen of whom by it."""
    share = shares.find(actor=request.actor, share_id=share_id)
    seen = Paginator(shares.looks(share), PAGE_SIZE).get_page(request.GET.get("page"))
    entries = list(seen.object_list)
    looks.opened(request, "share", share.pk, [person for each in entries for person in each.about])
    members = StaffMember.objects.filter(pk__in={share.recorded_by, share.ended_by, *(each.actor_id for each in entries)})
    staff: dict[UUID | None, str] = dict(members.values_list("pk", "name"))
    people = {each.pk: each for each in Customer.objects.filter(pk__in={person for each in entries for person in each.about})}
    context = {
        "row": _row(share, controllers.names()), "recorded_by": staff.get(share.recorded_by), "ended_by": staff.get(share.ended_by),
        "page": seen,
        "looks": [
            {
                "at": each.at, "by": staff.get(each.actor_id), "people": [people.get(person) for person in each.about],
                "fields": [field_name(name) for name in each.values.get("fields", ())],
            }
            for each in entries
        ],
        "may_see_customer": access.may(request.actor, "people.see_customer"), **tabs.of(request),
    }  # fmt: skip
    return render(request, "staff/privacy/share.html", context)


@require_POST
@door("people.manage_shares")
def end(request: StaffRequest, share_id: UUID) -> HttpResponse:
    """Nothing more is seen by it."""
    shares.end(actor=request.actor, share_id=share_id)
    messages.success(request, _("The share is ended: nothing more is seen by it."))
    return redirect("privacy:share", share_id)


def _initial(request: StaffRequest) -> dict[str, object]:
    today = clock.now().date()
    other = next((key for key in controllers.names() if key != terms.DEALER), "")
    usual = {"to_controller": other, "starts_on": today, "ends_on": today + timedelta(days=365)}
    try:
        like = UUID(request.GET.get("like", ""))
    except ValueError:
        return usual
    earlier = shares.find(actor=request.actor, share_id=like)
    like_it = {name: getattr(earlier, name) for name in ("from_controller", "to_controller", "purpose", "basis")}
    return usual | like_it | {"shared": earlier.fields}


def _row(share: Share, names: dict[str, str]) -> Row:
    from_name, to_name = (names.get(key, key) for key in (share.from_controller, share.to_controller))
    return Row(share, from_name, to_name, texts.name(share.purpose), [field_name(name) for name in share.fields], _state(share))


def _state(share: Share) -> str:
    today = clock.now().date()
    if share.ended_at is not None:
        return "ended"
    return "over" if share.ends_on < today else "coming" if share.starts_on > today else "running"


def _is_shown(row: Row, shown: str) -> bool:
    return (row.state in {"ended", "over"}) == (shown == "past")


def _says(row: Row, text: str) -> bool:
    told = " ".join((row.from_name, row.to_name, row.purpose, row.share.basis, *row.fields)).casefold()
    return all(word in told for word in text.casefold().split())
