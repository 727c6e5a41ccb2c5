"""Invented values for the gallery of components; nothing here is read by a screen."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core.paginator import Paginator

from forecourt.faces.ui import colours, stages

DAY_START = "2026-11-21T07:00"
NOW = datetime(2026, 11, 21, 11, 15, tzinfo=UTC)
CLOSED_LANE = "paint"


@dataclass(frozen=True)
class Card:
    id: str
    plate: str
    work: str
    stage: str
    start: int
    minutes: int
    lane: str
    version: int = 1


@dataclass(frozen=True)
class Lane:
    id: str
    name: str
    person: str
    load: int
    cards: tuple[Card, ...] = ()


_LANES = (
    ("bay-1", "Bay 1", "M. Huber", 55),
    ("bay-2", "Bay 2", "L. Rossi", 64),
    ("bay-3", "Bay 3", "A. Popescu", 59),
    ("bay-4", "Bay 4", "J. Weber", 64),
    ("diagnostics", "Diagnostics", "S. Chen", 64),
    ("ev", "EV bay", "T. Moser", 59),
    ("tyres", "Tyres", "K. Gruber", 45),
    ("body", "Body 1", "D. Ionescu", 59),
    (CLOSED_LANE, "Paint", "F. Conti", 41),
    ("detailing", "Detailing", "N. Egger", 27),
)
# lane, plate, work, stage, start, minutes
_CARDS = (
    ("bay-1", "BZ 196 CK", "Dent repair", "ready", 45, 90),
    ("bay-1", "BZ 346 AN", "Brake pads front", "in_work", 135, 90),
    ("bay-1", "BZ 699 DK", "Respray door", "in_work", 225, 180),
    ("bay-2", "BZ 220 EM", "Dent repair", "waiting_for_parts", 0, 180),
    ("bay-2", "BZ 660 FK", "Brake pads", "quality_check", 210, 60),
    ("bay-2", "BZ 576 EN", "Air-con service", "booked", 270, 180),
    ("bay-3", "BZ 407 EN", "Respray door", "collected", 30, 90),
    ("bay-3", "BZ 528 BM", "Dent repair", "quality_check", 135, 150),
    ("bay-3", "BZ 908 CM", "Respray door", "arrived", 300, 150),
    ("bay-4", "BZ 813 FK", "MOT / §57a", "in_work", 75, 180),
    ("bay-4", "BZ 784 CK", "Recall 23K5", "booked", 285, 120),
    ("bay-4", "BZ 323 CL", "Service 30k", "booked", 405, 120),
    ("diagnostics", "BZ 662 CL", "Recall 23K5", "in_work", 75, 150),
    ("diagnostics", "BZ 336 BK", "Recall 23K5", "accepted", 240, 180),
    ("diagnostics", "BZ 951 EL", "MOT / §57a", "booked", 420, 90),
    ("ev", "BZ 724 AA", "Air-con service", "ready", 30, 60),
    ("ev", "BZ 507 DN", "Recall 23K5", "in_work", 120, 180),
    ("ev", "BZ 313 DL", "Brake pads front", "booked", 330, 150),
    ("tyres", "BZ 649 AM", "HV battery check", "in_work", 30, 180),
    ("tyres", "BZ 455 KT", "Timing belt", "quality_check", 210, 60),
    ("tyres", "BZ 419 AL", "MOT / §57a", "booked", 270, 60),
    ("body", "BZ 310 EM", "Service 30k", "washed", 45, 120),
    ("body", "BZ 630 CL", "Timing belt", "quality_check", 165, 180),
    ("body", "BZ 727 BL", "Tyre change", "booked", 375, 90),
    (CLOSED_LANE, "BZ 128 CN", "Service 30k", "ready", 30, 90),
    (CLOSED_LANE, "BZ 473 AL", "Air-con service", "quality_check", 150, 90),
    (CLOSED_LANE, "BZ 739 EK", "MOT / §57a", "arrived", 255, 90),
    ("detailing", "BZ 589 PL", "Tyre change", "ready", 60, 60),
    ("detailing", "BZ 842 BL", "Brake pads", "waiting_for_approval", 150, 60),
    ("detailing", "BZ 946 EN", "Respray", "quality_check", 210, 60),
)


def cards() -> list[Card]:
    return [
        Card(f"card-{number}", plate, work, stage, start, minutes, lane)
        for number, (lane, plate, work, stage, start, minutes) in enumerate(_CARDS, start=1)
    ]


def moved(card_id: str, *, lane: str, starts_at: str, version: int) -> Card | None:
    """The card at its new place; None where there is no such card."""
    card = next((card for card in cards() if card.id == card_id), None)
    if card is None:
        return None
    start = datetime.fromisoformat(starts_at) - datetime.fromisoformat(DAY_START)
    return replace(card, lane=lane, start=int(start.total_seconds() // 60), version=version + 1)


def _lanes() -> list[Lane]:
    all_cards = cards()
    return [Lane(*values, cards=tuple(card for card in all_cards if card.lane == values[0])) for values in _LANES]


def _due() -> list[dict[str, object]]:
    names = ("Anna Pichler", "Marco Rossi", "Ioana Popescu", "王小明", "Johann Maximilian von Hohenberg", "Elena Rusu")
    return [
        {
            "plate": f"BZ {120 + row * 37} {'ABCDEFG'[row % 7]}K",
            "customer": names[row % len(names)],
            "car": ("Golf 8 GTE", "Octavia Combi", "Duster", "Model Y", "Panda Cross", "C 220 d")[row % 6],
            "work": ("Inspection", "HU", "Oil and filter", "Brake fluid", "Revisione", "Tyres")[row % 6],
            "km": 12_000 + row * 7_431,
            "due_on": (NOW + timedelta(days=row * 3 - 8)).date(),
            "is_overdue": row < 3,
            "worth": Decimal("189.90") + row * Decimal("37.5"),
        }
        for row in range(9)
    ]


def everything() -> dict[str, object]:
    """The gallery's template context."""
    all_cards = cards()
    return {
        "lanes": _lanes(),
        "day_start": DAY_START,
        "hours": [(at * 60, f"{7 + at:02d}:00") for at in range(11)],
        "legend": [(stage, sum(card.stage == stage for card in all_cards)) for stage in stages.LOOKS],
        "stages": list(stages.LOOKS),
        "tones": ("good", "warning", "bad", "info", "quiet", "brand"),
        "due": _due(),
        "page": Paginator(range(431), 50).page(4),
        "now": NOW,
        "later": NOW + timedelta(hours=5, minutes=15),
        "price": Decimal(248),
        "total": Decimal("12345.6"),
        "swatches": [(name, colours.corrected(name)) for name in ("#0f5ed9", "#eb0a1e", "#5b9279", "#efdf00", "#05141f")],
        "bays": [(lane[0], lane[1]) for lane in _LANES],
    }
