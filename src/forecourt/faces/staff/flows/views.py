"""A flow: on or off, whom it would write to now, what it brought; each number opens its rows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from forecourt.engines.audience import segments
from forecourt.engines.audience.models import Segment
from forecourt.engines.messaging import reasons
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.flows.forms import FlowForm
from forecourt.faces.ui import asked
from forecourt.insight import flow_return
from forecourt.journeys.marketing import flows
from forecourt.journeys.marketing.models import Flow
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime import access

PAGE_SIZE = 50
REASONS = {
    "not_in_segment": _("not in the segment"),
    "invited": _("invited lately"),
    "booked": _("has an appointment"),
    "already_booked": _("has an appointment"),
    "case_open": _("a case is open"),
    "no_email": _("no e-mail address"),
    "no_address": _("no e-mail address"),
    "no_consent": _("has not agreed to reminders"),
    "objected": _("objected to reminders"),
    "suppressed": _("the address takes no mail"),
    "paused": _("messages pause"),
    "flow_off": _("the flow was switched off"),
    "not_due": _("no longer due"),
    "no_longer_due": _("no longer due"),
    "no_slot": _("no free time"),
    "not_my_car": _("not their car any more"),
}
STATES = {
    "planned": _("waiting"),
    "sent": _("sent"),
    "refused": _("not sent"),
    "booked": _("booked"),
    "declined": _("declined"),
    "came": _("came"),
    "lapsed": _("lapsed"),
}


@require_GET
@door("marketing.see_flows")
def flow_list(request: StaffRequest) -> HttpResponse:
    found = flow_return.overview(actor=request.actor)
    rows = [(flow, found.get(flow.pk, {})) for flow in Flow.objects.order_by("name")]
    return render(request, "staff/flows/list.html", {"rows": rows, "currency": _currency(request)})


@require_GET
@door("marketing.see_flows")
def flow_page(request: StaffRequest, flow_id: UUID) -> HttpResponse:
    return _show(request, access.fetch(Flow, flow_id, actor=request.actor, right="marketing.see_flows"))


@require_GET
@door("marketing.see_flows")
def rows(request: StaffRequest, flow_id: UUID, measure: str) -> HttpResponse:
    """The rows behind a number."""
    flow = access.fetch(Flow, flow_id, actor=request.actor, right="marketing.see_flows")
    counted = {each.key: each for each in flow_return.measures(actor=request.actor, flow_id=flow_id)}
    if measure not in counted:
        raise NotFound
    shown = counted["invited" if counted[measure].definition.unit == "money" else measure]
    total = len(flow_return.rows(actor=request.actor, flow_id=flow_id, measure=measure)) if shown.key != measure else int(shown.value)
    number = max(1, min(asked.number(request.GET.get("page", "")) or 1, -(-total // PAGE_SIZE)))
    found = flow_return.rows(actor=request.actor, flow_id=flow_id, measure=measure, offset=(number - 1) * PAGE_SIZE, size=PAGE_SIZE)
    looks.listed(request, "flow_rows", [row.customer.pk for row in found if row.customer], page=number)
    context = {
        "flow": flow,
        "measure": counted[measure],
        "rows": [
            (
                row,
                _reason(row.reason_code) if row.invitation and row.reason_code else "",
                STATES.get(row.invitation.state) if row.invitation else "",
            )
            for row in found
        ],
        "page": Page(list(range(len(found))), number, Paginator(range(total), PAGE_SIZE)),
        "total": total,
        "currency": _currency(request),
    }
    return render(request, "staff/flows/rows.html", context)


@require_POST
@door("marketing.run_flow")
def start(request: StaffRequest, flow_id: UUID) -> HttpResponse:
    return _act(request, flow_id, flows.start)


@require_POST
@door("marketing.run_flow")
def stop(request: StaffRequest, flow_id: UUID) -> HttpResponse:
    return _act(request, flow_id, flows.stop)


@require_POST
@door("marketing.run_flow")
def run(request: StaffRequest, flow_id: UUID) -> HttpResponse:
    return _act(request, flow_id, flows.run_now)


@require_http_methods(["GET", "POST"])
@door("marketing.edit_flow")
def settings(request: StaffRequest, flow_id: UUID) -> HttpResponse:
    """Work, days ahead, most a day."""
    flow = access.fetch(Flow, flow_id, actor=request.actor, right="marketing.edit_flow")
    kept = {name: getattr(flow, name) for name in ("work_kinds", "segment_id", "days_ahead", "overdue_days", "most_per_run")}
    form = FlowForm(request.POST if request.method == "POST" else None, initial=kept)
    field: Any = form.fields["work_kinds"]
    field.choices = _kinds()
    offered: Any = form.fields["segment_id"]
    offered.choices = [("", _("all cars that are due")), *_segments(request)]
    if request.method == "POST" and form.is_valid():
        try:
            flows.change(actor=request.actor, flow_id=flow_id, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("flows:flow", flow_id)
    chosen = set(form["work_kinds"].value() or ())
    context = {"flow": flow, "form": form, "kinds": [(code, label, code in chosen) for code, label in field.choices]}
    return render(request, "staff/flows/settings.html", context, status=422 if form.is_bound else 200)


def _act(request: StaffRequest, flow_id: UUID, act: Callable[..., Flow]) -> HttpResponse:
    try:
        act(actor=request.actor, flow_id=flow_id)
    except Refusal as refusal:
        flow = access.fetch(Flow, flow_id, actor=request.actor, right="marketing.see_flows")
        return _show(request, flow, problem=str(refusal), status=409)
    return redirect("flows:flow", flow_id)


def _show(request: StaffRequest, flow: Flow, *, problem: str = "", status: int = 200) -> HttpResponse:
    preview = flows.preview(actor=request.actor, flow_id=flow.pk)
    labels = dict(_kinds())
    refusals = flow_return.refusals(actor=request.actor, flow_id=flow.pk)
    context = {
        "flow": flow,
        "measures": flow_return.measures(actor=request.actor, flow_id=flow.pk),
        "preview": preview,
        "left_out": [(_reason(code), count) for code, count in preview.left_out.items()],
        "free_hours": sum(preview.free_hours.values()),
        "refusals": [(_reason(code), count) for code, count in sorted(refusals.items(), key=lambda each: -each[1])],
        "segment": Segment.objects.filter(pk=flow.segment_id).first() if flow.segment_id else None,
        "work": [labels.get(code, code) for code in flow.work_kinds],
        "may_run": access.may(request.actor, "marketing.run_flow"),
        "may_edit": access.may(request.actor, "marketing.edit_flow"),
        "currency": _currency(request),
        "problem": problem,
    }
    return render(request, "staff/flows/flow.html", context, status=status)


def _reason(code: str) -> str:
    """Why a car was left out or a letter did not go, in words; flows have shorter ones than messages."""
    return str(REASONS[code]) if code in REASONS else reasons.words(code)


def _kinds() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(kind.code, kind.label(language)) for kind in WorkKind.objects.filter(is_active=True, is_invited=True)]


def _segments(request: StaffRequest) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in segments.seen(actor=request.actor).filter(is_shared=True).values_list("pk", "name")]


def _currency(request: StaffRequest) -> str:
    return request.site.legal_entity.currency
