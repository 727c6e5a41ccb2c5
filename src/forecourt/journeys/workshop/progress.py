"""What the customer sees of the stages: six steps, each done, current, still to come, or not needed this time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.utils.translation import gettext as _

from forecourt.engines.offers.models import Request
from forecourt.journeys.workshop import visits
from forecourt.journeys.workshop.models import JobCard

State = Literal["done", "current", "todo", "skipped"]

CODES: Final = ("checked_in", "diagnosis", "decision", "repair", "final_check", "ready")
_WORK: Final = ("in_work", "waiting_parts")


@dataclass(frozen=True)
class Step:
    """`at` is when it was reached, None if it was not."""

    code: str
    label: str
    state: State
    at: datetime | None


def customer_steps(job_card: JobCard) -> list[Step]:
    """The grouping of stages that the customer follows, in the active language."""
    reached: dict[str, datetime] = {}
    for change in job_card.stage_changes.all():
        reached.setdefault(change.stage, change.at)
    asked = list(
        Request.objects.filter(subject_kind=visits.SUBJECT, subject_id=job_card.pk, kind="extra", state__in=("open", "answered")).order_by(
            "sent_at"
        )
    )
    current = _current(job_card.stage, asked)
    times = _times(reached, asked)
    return [Step(code, _label(code), _state(code, current, job_card.stage, was_asked=bool(asked)), times.get(code)) for code in CODES]


def _current(stage: str, asked: list[Request]) -> str:
    if stage in _WORK:
        return "repair" if asked and all(request.state == "answered" for request in asked) else "diagnosis"
    return {
        "booked": "checked_in",
        "arrived": "checked_in",
        "accepted": "diagnosis",
        "waiting_approval": "decision",
        "quality_check": "final_check",
        "washed": "final_check",
    }.get(stage, "ready")


def _state(code: str, current: str, stage: str, *, was_asked: bool) -> State:
    place, now = CODES.index(code), CODES.index(current)
    if place > now:
        return "todo"
    if place == now:
        return "done" if stage == "collected" else "current"
    return "skipped" if code in {"decision", "repair"} and not was_asked else "done"


def _times(reached: dict[str, datetime], asked: list[Request]) -> dict[str, datetime | None]:
    answered = asked[-1].answered_at if asked else None
    return {
        "checked_in": reached.get("arrived"),
        "diagnosis": reached.get("in_work") or reached.get("accepted"),
        "decision": asked[0].sent_at if asked else None,
        "repair": answered,
        "final_check": reached.get("quality_check"),
        "ready": reached.get("ready"),
    }


def _label(code: str) -> str:
    return {
        "checked_in": _("Checked in"),
        "diagnosis": _("Diagnosis and work"),
        "decision": _("Your decision"),
        "repair": _("Repair"),
        "final_check": _("Final check"),
        "ready": _("Ready"),
    }[code]
