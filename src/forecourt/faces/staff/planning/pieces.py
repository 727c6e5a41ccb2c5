"""The parts of the planning board that also travel alone: a card, the head of a lane, the figures above.

The page, the answer to a move and the live updates all render these same parts, so that they cannot differ.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse

from forecourt.journeys.workshop import board
from forecourt.journeys.workshop.board import Board, Card, Lane
from forecourt.runtime import clock

FULL_HOUR_MINUTES = 60


@dataclass(frozen=True)
class Placed:
    """A card with where it leads and whether this reader may move it."""

    card: Card
    href: str
    move_url: str  # empty: may not be moved
    is_faded: bool = False


@dataclass(frozen=True)
class Head:
    """The head of a lane; `share` is its load as a share of 1."""

    lane: Lane

    @property
    def share(self) -> float:
        return self.lane.load_percent / 100


@dataclass(frozen=True)
class Row:
    head: Head
    cards: list[Placed]


def topic(site_id: UUID, day: date, department: str = "") -> str:
    """What a page that shows this day follows."""
    return ":".join(filter(None, ("board", str(site_id), day.isoformat(), department)))


def placed(card: Card, *, may_move: bool, is_faded: bool = False) -> Placed:
    href = (
        reverse("job_cards:card", args=[card.job_card_id])
        if card.job_card_id
        else reverse("planning:appointment", args=[card.appointment_id])
    )
    move_url = reverse("planning:move", args=[card.appointment_id]) if may_move and card.is_movable else ""
    return Placed(card, href, move_url, is_faded)


def rows(shown: Board, *, may_move: bool, matching: Collection[UUID] | None = None) -> list[Row]:
    """All lanes; cards outside `matching` step back."""
    return [
        Row(
            Head(lane),
            [placed(card, may_move=may_move, is_faded=matching is not None and card.appointment_id not in matching) for card in lane.cards],
        )
        for lane in shown.lanes
    ]


def find(shown: Board, appointment_id: UUID) -> Card | None:
    return next((card for lane in shown.lanes for card in lane.cards if card.appointment_id == appointment_id), None)


def changed(shown: Board, appointment_id: UUID, *, may_move: bool, lanes: Iterable[Lane]) -> str:
    """HTML of what one changed appointment changes: its card, the heads of `lanes`, the figures."""
    return only_card(shown, appointment_id, may_move=may_move) + only_counts(shown, lanes)


def only_card(shown: Board, appointment_id: UUID, *, may_move: bool, work: str | None = None) -> str:
    """A card in its true place, or its removal; `work` is its work in another language than the board was read in."""
    card = find(shown, appointment_id)
    if card is not None and work is not None:
        card = replace(card, work=work)
    context = {
        "appointment_id": appointment_id,
        "each": placed(card, may_move=may_move) if card else None,
        "into": f"#track-{card.bay_id or 'none'}" if card else "",
    }
    return render_to_string("staff/planning/_moved_card.html", context)


def only_counts(shown: Board, lanes: Iterable[Lane]) -> str:
    """The heads of some lanes and the figures."""
    return render_to_string("staff/planning/_counts.html", {"heads": [Head(lane) for lane in lanes], **figures(shown)})


def figures(shown: Board) -> dict[str, Any]:
    """What the strip above the board is drawn from: figures, and every stage with how many cards are in it."""
    return {
        "figures": shown.figures,
        "utilisation": shown.figures.utilisation_percent / 100,
        "is_today": shown.day == clock.today(shown.zone),
        "stages": list(shown.counts.items()),
    }


def has_odd_hours(shown: Board) -> bool:
    """Whether a card outside the opening hours stretches the day that is shown; then a change may stretch it differently."""
    closed = shown.range.closed
    leading = closed and closed[0][0] == 0 and closed[0][1] >= FULL_HOUR_MINUTES
    trailing = closed and sum(closed[-1]) == shown.range.minutes and closed[-1][1] >= FULL_HOUR_MINUTES
    return bool(shown.is_open and (leading or trailing))


def grid(shown: Board, *, may_move: bool) -> str:
    """The whole board anew."""
    context = {"board": shown, "rows": rows(shown, may_move=may_move)}
    return render_to_string("staff/planning/_board.html", context)


def day_of(site_id: UUID, day: date, department: str = "") -> Board:
    return board.day(site_id=site_id, day=day, department=department)
