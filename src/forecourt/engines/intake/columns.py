"""Which columns of a file speak about the customer, the car, the order and the line, and how each is read."""

from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from operator import itemgetter
from typing import Any

from forecourt.engines.intake.fields import FIELDS
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.ports import Cell
from forecourt.engines.intake.reading import Convert, Place, converter
from forecourt.engines.intake.styles import ColumnStyle
from forecourt.engines.intake.values import BadValue

Values = dict[str, Any]
"""What the cells of one row say about one subject, by field."""


def columns_of(
    subject: str, at: Dictionary[str, int], styles: Dictionary[str, ColumnStyle], place: Place
) -> list[tuple[str, int, Convert]]:
    """Name, place and conversion of the columns about a subject, in the order of the file."""
    return [
        (name, index, converter(FIELDS[name], styles.get(name, ColumnStyle()), place))
        for name, index in sorted(at.items(), key=lambda pair: pair[1])
        if FIELDS[name].subject == subject
    ]


def picker(indexes: list[int]) -> Callable[[list[Cell]], Any]:
    """Takes the cells at these places out of a row, as a key."""
    return itemgetter(*indexes) if indexes else lambda _cells: None


def constants_of(mapping: Mapping, place: Place) -> dict[str, Values]:
    """What the mapping says of every row, by subject; what cannot be read is left out."""
    found: dict[str, Values] = {"customer": {}, "vehicle": {}, "order": {}, "line": {}}
    for name, text in mapping.constants.items():
        field = FIELDS[name]
        try:
            found[field.subject][name] = converter(field, ColumnStyle(), place)(text)
        except BadValue:
            continue
    return found


class Abroad:
    """How the telephone numbers of a row are read whose customer is at home in another country than the file: a national number is one of there."""

    def __init__(self, at: Dictionary[str, int], place: Place) -> None:
        self._place = place
        self._at = at.get("customer.country")
        self._country = converter(FIELDS["customer.country"], ColumnStyle(), place)
        self._telephones = [FIELDS[name] for name in at if FIELDS[name].reading == "phone"] if self._at is not None else []
        self._known: dict[str, dict[str, Convert]] = {}

    def of(self, cells: list[Cell]) -> dict[str, Convert]:
        """Conversions by field; none where the file's own hold."""
        country = self._country_of(cells)
        if not self._telephones or not country or country == self._place.country:
            return {}
        if country not in self._known:
            there = replace(self._place, country=country)
            self._known[country] = {field.name: converter(field, ColumnStyle(), there) for field in self._telephones}
        return self._known[country]

    def _country_of(self, cells: list[Cell]) -> str:
        if self._at is None or self._at >= len(cells):
            return ""
        try:
            return self._country(cells[self._at]) or ""
        except BadValue:
            return ""
