"""Which columns of a file speak about the customer, the car, the order and the line, and how each is read."""

from collections.abc import Callable
from collections.abc import Mapping as Dictionary
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
