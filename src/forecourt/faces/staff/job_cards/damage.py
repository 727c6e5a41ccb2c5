"""Damage marks in words, as the acceptance names places and kinds."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KINDS: Final[dict[str, Promise | str]] = {
    "scratch": gettext_lazy("Scratch"),
    "dent": gettext_lazy("Dent"),
    "chip": gettext_lazy("Stone chip"),
    "crack": gettext_lazy("Crack"),
    "missing": gettext_lazy("Missing part"),
    "other": gettext_lazy("Other"),
}
PLACES: Final[dict[str, Promise | str]] = {
    "front": gettext_lazy("Front bumper"),
    "bonnet": gettext_lazy("Bonnet"),
    "windscreen": gettext_lazy("Windscreen"),
    "roof": gettext_lazy("Roof"),
    "rear_window": gettext_lazy("Rear window"),
    "boot": gettext_lazy("Boot lid"),
    "rear": gettext_lazy("Rear bumper"),
    "left_front_wing": gettext_lazy("Left front wing"),
    "left_front_door": gettext_lazy("Left front door"),
    "left_rear_door": gettext_lazy("Left rear door"),
    "left_rear_wing": gettext_lazy("Left rear wing"),
    "right_front_wing": gettext_lazy("Right front wing"),
    "right_front_door": gettext_lazy("Right front door"),
    "right_rear_door": gettext_lazy("Right rear door"),
    "right_rear_wing": gettext_lazy("Right rear wing"),
}


def in_words(marks: list[dict[str, Any]]) -> list[str]:
    """`Scratch, left front door` for each mark; words that somebody wrote stay as they are."""
    return [_said(mark) for mark in marks]


def _said(mark: dict[str, Any]) -> str:
    kind, note = KINDS.get(str(mark.get("kind")), ""), str(mark.get("note", ""))
    place = PLACES.get(note, note)
    return _("%(kind)s: %(place)s") % {"kind": kind, "place": place} if place else str(kind)
