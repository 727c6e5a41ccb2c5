"""What a row says, taken apart: a customer, a car, an order, and its own line."""

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
    is_staged: bool = False


@dataclass(slots=True)
class Read:
    """One row that is right."""

    head: Head
    # The job line's row for COPY behind line and order key; None if the row has none.
    job_line: str | None
    remarks: tuple[Wrong, ...]
