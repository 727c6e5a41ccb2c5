"""What a row says, taken apart: a customer, a car, an order, and its own line; and which of them it says are gone from their source."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell
from forecourt.engines.intake.values import Wrong
from forecourt.records.people.returns import Remembered
from forecourt.runtime.database.bulk import copy_line

#: Of a car, what holds from a day on: when it was handed over; when its next service is due, and at how many kilometres.
CarSaid = tuple[date | None, date | None, int | None]

_REMEMBERED: Final = 4096
#: Shorter words may be the letters of a plate.
_A_WORD: Final = 4


@dataclass(slots=True)
class Part:
    """What some cells say about one thing. `told` is its row for COPY behind key and line; no key: they say nothing."""

    key: str | None = None
    told: str = ""
    wrongs: tuple[Wrong, ...] = ()
    remarks: tuple[Wrong, ...] = ()
    is_remarked: bool = False
    # Of an order: its day and mileage, which tell when the car was seen, what its car says of itself there, and that day; of a car: all but the first; for COPY.
    held: str = ""
    said: CarSaid = (None, None, None)
    # The row says that the source deleted it; and what names it, for COPY behind line and mark.
    is_gone: bool = False
    named: str = ""
    # The customer was erased: the row stays out, with all that it says.
    erased: Remembered | None = None


NOTHING: Final = Part()
KEYS: Final = {
    "customer": ("customer.number",), "vehicle": ("vehicle.vin", "vehicle.number", "vehicle.plate"), "order": ("order.number",),
}  # fmt: skip
#: Of each kind: a row says that one is there, and its number cannot be read. Names nothing, for COPY as `Part.named`.
_NAMELESS: Final = {subject: copy_line((subject, None, None, None, None)) for subject in KEYS}


@dataclass(slots=True)
class Head:
    """What the lines of an order have in common, mostly: all that a row says but its line."""

    customer: Part
    vehicle: Part
    order: Part
    wrongs: tuple[Wrong, ...]
    # What it says is gone from the source; and what it names besides without telling anything of it.
    gone: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    has_line: bool = True

    def says_something(self) -> bool:
        """Of what is there; else the row only tells what is gone."""
        return bool(self.customer.key or self.vehicle.key or self.order.key)

    def names(self) -> tuple[str, ...]:
        """What is there even if the row is not taken in."""
        return (*self.named, *_named((self.customer, self.vehicle, self.order)))

    def names_with(self, other: "Head") -> tuple[str, ...]:
        """What two readings of one row name; what one of them can tell is not nameless."""
        one, two = self.names(), other.names()
        return tuple(each for each in (*one, *two) if each not in _NAMELESS.values() or (each in one and each in two))

    def name_unread(
        self, customer: Part, vehicle: Part, order: Part, cells: list[Cell], columns: Mapping[str, str], *, is_record: bool
    ) -> None:
        """Note what the row is about and cannot be told, because the cell that would tell it cannot be read; `columns`: field → as the file calls it.

        A car that another cell tells is named by it. A row of a single cell, such as a sum at the end, is about nothing; so is one of which a person said so.
        """
        parts = (customer, vehicle, order)
        if not is_record or not any(part.wrongs for part in parts) or sum(cell != "" for cell in cells) == 1:
            return
        for (subject, keys), part in zip(KEYS.items(), parts, strict=True):
            unread = {wrong.column for wrong in part.wrongs if wrong.reason_code != "missing"}
            if unread & {columns[name] for name in keys if name in columns} and not (part is vehicle and part.key):
                self.named += (_NAMELESS[subject],)


@dataclass(slots=True)
class Read:
    """One row that is right."""

    head: Head
    # The job line's row for COPY behind line and order key; None if the row has none.
    job_line: str | None
    remarks: tuple[Wrong, ...]


@dataclass(slots=True)
class LeftOut:
    """The row of a person who was erased; and what it names all the same: the order, and the car that others had before."""

    remembered: Remembered
    named: tuple[str, ...]


class Wrongs(list[Wrong]):
    """All that is wrong with a row; and what it names all the same, so that a complete file does not miss it."""

    named: tuple[str, ...] = ()


def apart(customer: Part, vehicle: Part, order: Part) -> Head:
    """What the row says is gone, and the parts that stay; a car with an order that stands is there, and a cancelled order tells nothing else."""
    if customer.erased:
        return Head(customer, NOTHING, NOTHING, (), named=_named(part for part in (vehicle, order) if not part.is_gone))
    parts = (customer, vehicle, order)
    gone = [part.is_gone and not (part is vehicle and order.key and not order.is_gone) for part in parts]
    flagged = _named(part for part, is_gone in zip(parts, gone, strict=True) if is_gone)
    if order.is_gone:
        beside = _named(part for part, is_gone in zip(parts, gone, strict=True) if not is_gone)
        return Head(NOTHING, NOTHING, NOTHING, (), flagged, beside, has_line=False)
    customer, vehicle, order = (NOTHING if is_gone else part for part, is_gone in zip(parts, gone, strict=True))
    return Head(customer, vehicle, order, (*customer.wrongs, *vehicle.wrongs, *order.wrongs), flagged)


def _named(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(part.named for part in parts if part.named)


def remember(known: dict[Any, Part], picked: Any, part: Part) -> None:
    """Keep a part for the rows that repeat its cells."""
    if len(known) >= _REMEMBERED:
        known.clear()
    known[picked] = part


def key_of(text: str) -> str:
    """What belongs together has the same key."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def shown(cell: Cell) -> str:
    """The cell as it is shown to people."""
    return "" if cell is UNSAVED_FORMULA else str(cell)[:400]


def shape(cells: Sequence[Cell]) -> str:
    """By which a row is known again that is no record: the words of its first filled cell. "" where these may be a number or a plate."""
    first = next((text for cell in cells if (text := shown(cell).strip())), "").casefold()
    words = [each.strip(".,") for each in re.findall(r"[\w.,]+", first)]
    if any(each.isalnum() and not each.isalpha() and not each.isdecimal() for each in words):
        return ""  # letters and digits in one: a VIN
    said = [each for each in words if each.isalpha()]
    return " ".join(said) if any(len(each) >= _A_WORD or not each.isascii() for each in said) else ""
