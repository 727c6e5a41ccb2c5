"""The list of segments, and one of them: who is in it, why, and what can be done with it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from forecourt.engines.audience import segments
from forecourt.engines.audience.models import Build, Segment
from forecourt.engines.audience.segments import Member, history, phrases, ready_made, taking
from forecourt.engines.audience.segments import members as asking
from forecourt.engines.audience.segments.taking import Reached
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.segments import pictures
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.faces.ui import formats
from forecourt.kernel import conditions, spreadsheets
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people.consent import texts
from forecourt.records.people.models import Customer
from forecourt.runtime import access, audit

PAGE_SIZE: Final = 50
MOST_TAKEN: Final = 50_000


@require_GET
@door("audience.see_segments")
def segment_list(request: StaffRequest) -> HttpResponse:
    """Those in use or put away, and the ready-made ones that nobody has kept yet."""
    text, is_archived = _searched(request), request.GET.get("show") == "archived"
    found = segments.seen(actor=request.actor, text=text, is_archived=is_archived)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    makers = dict(StaffMember.objects.filter(pk__in={row.made_by for row in rows if row.made_by}).values_list("pk", "name"))
    speech = phrases.Speech()
    kept = set(segments.seen(actor=request.actor).exclude(ready_made="").values_list("ready_made", flat=True))
    may_edit = access.may(request.actor, "audience.edit_segments")
    trends = history.trends(actor=request.actor, segment_ids=[row.pk for row in rows])
    context = {
        "rows": [
            (
                row,
                speech.rule(conditions.parse(row.rule)),
                makers.get(row.made_by, "") if row.made_by else "",
                pictures.line(trends.get(row.pk, [])),
            )
            for row in rows
        ],
        "page": page,
        "text": text,
        "is_archived": is_archived,
        "may_edit": may_edit,
        "ready": [each for each in ready_made.READY_MADE if each.key not in kept] if may_edit and not text and not is_archived else [],
    }
    return render(request, "staff/segments/list.html", context)


@never_cache
@require_GET
@door("audience.see_segments")
def members(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """The cars of one segment with their keepers, and why each is there."""
    segment = segments.find(actor=request.actor, segment_id=segment_id)
    text, sort = _searched(request), request.GET.get("sort", "")
    order = sort if sort in asking.ORDERS else "plate"
    total = segments.count(actor=request.actor, of=segment, text=text)
    page = Paginator(range(total), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = segments.page(actor=request.actor, of=segment, text=text, order=order, offset=(page.number - 1) * PAGE_SIZE, size=PAGE_SIZE)
    looks.listed(request, "segment", [row.facts.customer_id for row in rows], asked=f"{segment.pk} {text}", page=page.number)
    speech = phrases.Speech()
    context = {
        "segment": segment,
        "rule": speech.rule(conditions.parse(segment.rule)),
        "rows": [(row, _reasons(speech, row)) for row in rows],
        "total": total,
        "computed_at": Build.objects.values_list("built_at", flat=True).first(),
        "uses": segments.used_by(segment_id),
        "changes": history.changes(actor=request.actor, segment=segment),
        "page": page,
        "text": text,
        "may_edit": access.may(request.actor, "audience.edit_segments"),
        "may_export": access.may(request.actor, "audience.export_segments"),
    }
    return render(request, "staff/segments/members.html", context)


@require_POST
@door("audience.edit_segments")
def duplicate(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    made = segments.duplicate(actor=request.actor, segment_id=segment_id)
    messages.success(request, _("This is your copy. Nobody else sees it until you share it."))
    return redirect("segments:edit", made.pk)


@require_POST
@door("audience.edit_segments")
def archive(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """Put it away; its own page offers to take it back."""
    try:
        segment = segments.archive(actor=request.actor, segment_id=segment_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s is put away. It can be taken back here.") % {"name": segment.name})
    return redirect("segments:members", segment_id)


@require_POST
@door("audience.edit_segments")
def restore(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    segment = segments.restore(actor=request.actor, segment_id=segment_id)
    messages.success(request, _("%(name)s is in use again.") % {"name": segment.name})
    return redirect("segments:members", segment_id)


@require_POST
@door("audience.export_segments")
@confirmed
def export(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """The members as a table, with the addresses that may be used; who is in it is written into the audit trail."""
    segment = segments.find(actor=request.actor, segment_id=segment_id)
    if segments.count(actor=request.actor, of=segment) > MOST_TAKEN:
        text = _("More than %(most)s cars are too many for one file, and nothing was taken. Take them in parts, by more criteria.")
        messages.error(request, text % {"most": formats.number(MOST_TAKEN)})
        return redirect("segments:members", segment_id)
    rows = segments.page(actor=request.actor, of=segment, size=MOST_TAKEN)
    persons = [row.facts.customer_id for row in rows if row.facts.customer_id]
    audit.read(by=request.actor, what="export.segment", about=persons, asked=str(segment.pk), rows=len(rows))
    speech = phrases.Speech()
    header = [
        _("Plate"),
        _("VIN"),
        _("Make"),
        _("Model"),
        _("Number of the customer"),
        _("Customer"),
        _("Language"),
        _("Street"),
        _("Postcode"),
        _("City"),
        _("Country"),
        _("Telephone"),
        _("Mobile"),
        _("E-mail"),
        _("Agreed to"),
        _("Last visit"),
        _("Why"),
    ]
    reached = taking.reached({row.customer.pk: row.customer for row in rows if row.customer}.values())
    body = spreadsheets.as_csv(header, (_cells(speech, row, reached) for row in rows))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=_file_name(segment)),
        "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _searched(request: StaffRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]


def _cells(speech: phrases.Speech, row: Member, reached: Mapping[UUID, Reached]) -> list[Any]:
    car, last = row.facts.vehicle, row.facts.last_visit_on
    why = "; ".join(_reasons(speech, row))
    return [car.plate, car.vin, car.make, car.model, *_whose(row.customer, reached), last.isoformat() if last else "", why]


def _whose(customer: Customer | None, reached: Mapping[UUID, Reached]) -> list[str]:
    if customer is None:
        return [""] * 11
    by = reached[customer.pk]
    agreed = ", ".join(f"{texts.name(purpose)} {texts.way(channel)}" for purpose, channel in by.allowed)
    place = [by.street, customer.postcode, customer.city, customer.country]
    return [customer.number, customer.name, customer.language, *place, by.phone, by.mobile, by.email, agreed]


def _reasons(speech: phrases.Speech, row: Member) -> list[str]:
    return list(dict.fromkeys(speech.reason(reason, row.facts) for reason in row.reasons))


def _file_name(segment: Segment) -> str:
    return f"{slugify(segment.name, allow_unicode=True) or 'segment'}.csv"
