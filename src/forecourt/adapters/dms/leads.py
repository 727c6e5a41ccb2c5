"""Leads in ADF: a row for each prospect, with the customer and the car that they own.

The car of a prospect is the one that they would like to have, unless it is said to be given in payment: only that one is theirs. The
other is told in columns of its own, so that nobody is taken for the keeper of a car they have asked about. Vendor and provider are left out:
their telephone numbers are not the customer's.
"""

from collections.abc import Iterator
from typing import Final

from forecourt.adapters.dms.elements import Element, flat
from forecourt.engines.intake.ports import Cell

_THEIR_OWN: Final = frozenset({"trade-in", "sell"})
_LEFT_OUT: Final = frozenset({"vendor", "provider"})
_QUALIFIERS: Final = {"name": "part", "phone": "type", "street": "line"}


def rows(prospect: Element) -> Iterator[dict[str, Cell]]:
    """One row."""
    cells: dict[str, Cell] = dict(flat(prospect, _segment))
    if any(name.startswith("vehicle.") for name in cells):
        cells.setdefault("vehicle.vin", "")
    yield cells


def _segment(element: Element) -> str | None:
    name = element.name.lower()
    if name in _LEFT_OUT:
        return None
    if name == "vehicle":
        return "vehicle" if element.attributes.get("interest", "").lower() in _THEIR_OWN else "wanted"
    if name == "contact":
        return ""
    use = element.attributes.get(_QUALIFIERS.get(name, ""), "").lower()
    return f"{name}.{use}" if use else name
