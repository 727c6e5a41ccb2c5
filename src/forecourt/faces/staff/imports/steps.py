"""How far an import is, in words and as steps."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forecourt.engines.intake.models import Import
from forecourt.engines.intake.progress import STEPS
from forecourt.runtime import clock

_LABELS: Final = {
    "reading": gettext_lazy("Read and check the rows"),
    "customers": gettext_lazy("Match the customers"),
    "cars": gettext_lazy("Match the cars"),
    "orders": gettext_lazy("Take in orders and their lines"),
    "ending": gettext_lazy("Complete the import"),
}
_ALMOST_SECONDS: Final = 10
_MOST_PERCENT: Final = 99


def shown(found: Import) -> dict[str, Any]:
    """For the page of an import that runs."""
    now, at = clock.now(), STEPS.index(found.step) if found.step in STEPS else 0
    states = ["done" if number < at else "now" if number == at else "next" for number in range(len(STEPS))]
    return {
        "percent": _percent(found, now),
        "left": _left((found.ready_at - now).total_seconds()) if found.ready_at else "",
        "steps": [(number, _LABELS[name], state) for number, (name, state) in enumerate(zip(STEPS, states, strict=True), start=1)],
    }


def _percent(found: Import, now: datetime) -> int:
    """Of the time that it takes; the rows are read long before it is over."""
    if found.begun_at is None or found.ready_at is None or found.ready_at <= found.begun_at:
        return 0
    return max(0, min(_MOST_PERCENT, round(100 * ((now - found.begun_at) / (found.ready_at - found.begun_at)))))


def _left(seconds: float) -> str:
    if seconds < _ALMOST_SECONDS:
        return _("almost done")
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %(number)s minute left", "about %(number)s minutes left", minutes) % {"number": minutes}
