"""The states of appointments, job cards and work lines, and the moves between them.

The stages are those of requirement W4, in that order; a screen that needs them asks here.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forecourt.kernel.lifecycle import Lifecycle

APPOINTMENT: Final = Lifecycle(
    name="appointment",
    initial="requested",
    moves={
        "requested": ("confirmed", "cancelled"),
        "confirmed": ("arrived", "cancelled", "missed"),
        "missed": ("confirmed",),
    },
    final=("arrived", "cancelled"),
)
OPEN_APPOINTMENT: Final = ("requested", "confirmed")
"""Agreed and still to come."""

STAGES: Final = (
    "booked",
    "arrived",
    "accepted",
    "in_work",
    "waiting_parts",
    "waiting_approval",
    "quality_check",
    "washed",
    "ready",
    "collected",
)
STAGE_WORDS: Final[dict[str, Promise | str]] = {
    "booked": _("Booked"),
    "arrived": _("Arrived"),
    "accepted": _("Accepted"),
    "in_work": _("In work"),
    "waiting_parts": _("Waiting for parts"),
    "waiting_approval": _("Waiting for approval"),
    "quality_check": _("Quality check"),
    "washed": _("Washed"),
    "ready": _("Ready"),
    "collected": _("Collected"),
}
JOB_CARD: Final = Lifecycle(
    name="job card",
    initial="booked",
    moves={
        "booked": ("arrived",),
        "arrived": ("accepted",),
        "accepted": ("in_work", "waiting_parts", "waiting_approval"),
        "in_work": ("waiting_parts", "waiting_approval", "quality_check"),
        "waiting_parts": ("in_work", "waiting_approval"),
        "waiting_approval": ("in_work", "waiting_parts"),
        # What the check finds goes back to work; only what it lets pass becomes ready.
        "quality_check": ("in_work", "washed", "ready"),
        "washed": ("ready",),
        "ready": ("collected", "in_work"),
    },
    final=("collected",),
)

WORK_LINE: Final = Lifecycle(
    name="work line",
    initial="planned",
    moves={"planned": ("in_work", "done", "dropped"), "in_work": ("planned", "done", "dropped")},
    final=("done", "dropped"),
)
