"""How long each kind of thing is kept, and what the last day's run took away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.privacy import tabs
from forecourt.records.people import retention
from forecourt.runtime import personal_data
from forecourt.runtime.personal_data import Rule


@dataclass(frozen=True)
class Kind:
    """One kind of rows in words, with the figures of the last run; without a term it goes in another way, and has none."""

    title: str
    kept: str
    figures: dict[str, Any] | None
    oldest: datetime | None = None
    next_at: datetime | None = None

    @property
    def left(self) -> int:
        """Past its time and still there."""
        return self.figures["due"] - self.figures["gone"] if self.figures else 0


@require_GET
@door("people.see_retention")
def page(request: StaffRequest) -> HttpResponse:
    """The figures are those of the last run, so that looking costs nothing; before the first one they are counted."""
    run = retention.last()
    figures = {each["label"]: each for each in (run.figures if run else [found.dump() for found in retention.look()])}
    kinds = [_kind(rule, figures.get(personal_data.label_of(rule.model))) for rule in personal_data.rules()]
    context = {
        "run": run,
        "timed": sorted((kind for kind in kinds if kind.figures), key=lambda kind: kind.title),
        "others": sorted((kind for kind in kinds if not kind.figures), key=lambda kind: kind.title),
        **tabs.of(request),
    }
    return render(request, "staff/privacy/retention.html", context)


def _kind(rule: Rule, figures: dict[str, Any] | None) -> Kind:
    if figures is None:
        return Kind(_(rule.title), _(rule.keep), None)
    oldest, next_at = (datetime.fromisoformat(figures[name]) if figures[name] else None for name in ("oldest", "next_at"))
    return Kind(_(rule.title), _(rule.keep), figures, oldest, next_at)
