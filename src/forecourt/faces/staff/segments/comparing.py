"""Two segments side by side, and one of them against the day before: figures, a picture, and the cars behind each figure."""

from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from forecourt.engines.audience import segments
from forecourt.engines.audience.models import Segment
from forecourt.engines.audience.segments import Member, comparing, history, phrases
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.segments import pictures
from forecourt.faces.ui import asked

PAGE_SIZE: Final = 50
MOST_OFFERED: Final = 500


@never_cache
@require_GET
@door("audience.see_segments")
def compare(request: StaffRequest) -> HttpResponse:
    """Who is in both of two segments, and who in one alone; before both are chosen, the choice."""
    offered = list(segments.seen(actor=request.actor)[:MOST_OFFERED])
    one, other = (_chosen(request, name) for name in ("one", "other"))
    choices = [("", _("Choose …")), *((str(each.pk), each.name) for each in offered)]
    context: dict[str, Any] = {"choices": choices, "one": one, "other": other, "can_compare": len(offered) > 1}
    if one and other and one.pk != other.pk:
        context |= _side_by_side(request, one, other)
    elif one and other:
        context["problem"] = _("This is twice the same segment. Choose two.")
    return render(request, "staff/segments/compare.html", context)


@never_cache
@require_GET
@door("audience.see_segments")
def changes(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """Who came into a segment and who left it since the day before."""
    segment = segments.find(actor=request.actor, segment_id=segment_id)
    told = history.changes(actor=request.actor, segment=segment)
    way: history.Way = "left" if request.GET.get("way") == "left" else "came"
    trend = history.trends(actor=request.actor, segment_ids=[segment.pk]).get(segment.pk, [])
    context: dict[str, Any] = {"segment": segment, "told": told, "way": way, "trend": pictures.line(trend)}
    context |= {"shows_came": way == "came", "shows_left": way == "left"}
    if told:
        page = _page(request, told.left if way == "left" else told.came)
        rows = history.changed(actor=request.actor, segment=segment, way=way, offset=(page.number - 1) * PAGE_SIZE, size=PAGE_SIZE)
        looks.listed(request, "segment_changes", [row.facts.customer_id for row in rows], asked=f"{segment.pk} {way}", page=page.number)
        context |= {"page": page, "rows": _told(rows, _("The keeper changed, or the car is no longer a customer's."))}
    return render(request, "staff/segments/changes.html", context)


def _side_by_side(request: StaffRequest, one: Segment, other: Segment) -> dict[str, Any]:
    counted = comparing.compare(actor=request.actor, one=one, other=other)
    part: comparing.Part = next((each for each in comparing.PARTS if each == request.GET.get("part")), "both")
    page = _page(request, getattr(counted, part))
    rows = comparing.page(actor=request.actor, one=one, other=other, part=part, offset=(page.number - 1) * PAGE_SIZE, size=PAGE_SIZE)
    looks.listed(
        request, "segments_compared", [row.facts.customer_id for row in rows], asked=f"{one.pk} {other.pk} {part}", page=page.number
    )
    words = {"one": _("only in %(name)s") % {"name": one.name}, "both": _("in both"), "other": _("only in %(name)s") % {"name": other.name}}
    figures = [(each, words[each], getattr(counted, each)) for each in comparing.PARTS]
    return {
        "figures": figures,
        "bar": pictures.bar([number for _part, _words, number in figures]),
        "part": part,
        "part_words": words[part],
        "page": page,
        "rows": _told(rows, ""),
    }


def _chosen(request: StaffRequest, name: str) -> Segment | None:
    wanted = asked.identifier(request.GET.get(name, ""))
    return segments.find(actor=request.actor, segment_id=wanted) if wanted else None


def _page(request: StaffRequest, total: int) -> Page[Any]:
    return Paginator(range(total), PAGE_SIZE).get_page(request.GET.get("page"))


def _told(rows: list[Member], otherwise: str) -> list[tuple[Member, list[str]]]:
    speech = phrases.Speech()
    return [(row, list(dict.fromkeys(speech.reason(reason, row.facts) for reason in row.reasons)) or [otherwise]) for row in rows]
