"""How each stage of a job looks and is called, everywhere the same.

Owns word, colour token and icon per stage. Which stage follows which belongs to the workshop journey.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    label: Promise | str
    css_class: str
    icon: str


LOOKS: Final[dict[str, Look]] = {
    "booked": Look(_("Booked"), "stage-booked", "calendar-check"),
    "arrived": Look(_("Arrived"), "stage-arrived", "map-pin"),
    "accepted": Look(_("Accepted"), "stage-accepted", "clipboard-check"),
    "in_work": Look(_("In work"), "stage-in-work", "wrench"),
    "waiting_for_parts": Look(_("Waiting for parts"), "stage-waiting-for-parts", "package"),
    "waiting_for_approval": Look(_("Waiting for approval"), "stage-waiting-for-approval", "circle-help"),
    "quality_check": Look(_("Quality check"), "stage-quality-check", "shield-check"),
    "washed": Look(_("Washed"), "stage-washed", "droplets"),
    "ready": Look(_("Ready"), "stage-ready", "circle-check"),
    "collected": Look(_("Collected"), "stage-collected", "key-round"),
}

_STORED_SHORT: Final = {"waiting_parts": "waiting_for_parts", "waiting_approval": "waiting_for_approval"}
"""How the workshop stores two of the stages."""


def look(stage: str) -> Look:
    """The look of a stage, written with underscores, spaces or hyphens; an unknown one is shown quietly as it is."""
    code = str(stage).replace("-", "_").replace(" ", "_").lower()
    return LOOKS.get(_STORED_SHORT.get(code, code)) or Look(str(stage), "tone-quiet", "circle")
