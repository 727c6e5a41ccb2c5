"""What a row says, taken apart: a customer, a car, an order, and its own line; and which of them it says are gone from their source."""

from dataclasses import dataclass
from typing import Final

from forecourt.engines.intake.values import Wrong
from forecourt.records.people.returns import Remembered


@dataclass(slots=True)
class Part:
    """What some cells say about one thing. `told` is its row for COPY behind key and line; no key: they say nothing."""

    key: str | None = None
    told: str = ""
    wrongs: tuple[Wrong, ...] = ()
    remarks: tuple[Wrong, ...] = ()
    is_staged: bool = False
    is_remarked: bool = False
    # Of an order: its day and mileage, which tell when the car was seen; for COPY.
    held: str = ""
    # The row says that the source deleted it; and what names it, for COPY behind line and mark.
    is_gone: bool = False
    named: str = ""
    # The customer was erased: the row stays out, with all that it says.
    erased: Remembered | None = None


NOTHING: Final = Part()


@dataclass(slots=True)
class Head:
    """What the lines of an order have in common, mostly: all that a row says but its line."""

    customer: Part
    vehicle: Part
    order: Part
    wrongs: tuple[Wrong, ...]
    # What it says is gone from the source.
    gone: tuple[str, ...] = ()
    has_line: bool = True
    is_staged: bool = False

    def says_something(self) -> bool:
        """Of what is there; else the row only tells what is gone."""
        return bool(self.customer.key or self.vehicle.key or self.order.key)


@dataclass(slots=True)
class Read:
    """One row that is right."""

    head: Head
    # The job line's row for COPY behind line and order key; None if the row has none.
    job_line: str | None
    remarks: tuple[Wrong, ...]


class Wrongs(list[Wrong]):
    """All that is wrong with a row; and what it names all the same, so that a complete file does not miss it."""

    named: tuple[str, ...] = ()


def apart(customer: Part, vehicle: Part, order: Part) -> tuple[tuple[str, ...], Part, Part, Part]:
    """What the row says is gone, and the parts that stay; a car with an order that stands is there."""
    parts = [customer, vehicle, order]
    gone = [part.is_gone and not (part is vehicle and order.key and not order.is_gone) for part in parts]
    named = tuple(part.named for part, is_gone in zip(parts, gone, strict=True) if is_gone)
    customer, vehicle, order = (NOTHING if is_gone else part for part, is_gone in zip(parts, gone, strict=True))
    return named, customer, vehicle, order
