"""One record of an XML file: its elements with their texts, and the way from an element to columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from forecourt.adapters.dms.records import clean

_MILES: Final = frozenset({"mi", "smi", "mile", "miles"})


@dataclass(slots=True)
class Element:
    """Name and attributes without their namespaces."""

    name: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """On one line."""
        return clean(" ".join("".join(self.pieces).split()))

    def all(self, *names: str) -> Iterator["Element"]:
        """The elements below with one of these names, in the order of the file; not those inside another of them."""
        for child in self.children:
            if child.name in names:
                yield child
            else:
                yield from child.all(*names)

    def first(self, *names: str) -> str:
        """The text of the first element below that has one, by the order of the names."""
        for name in names:
            for found in self.all(name):
                if found.text:
                    return found.text
        return ""


def flat(element: Element, segment: Callable[[Element], str | None]) -> dict[str, str]:
    """Texts by path. `segment` names an element's part of the path: empty to pass over it, None to leave out all of it.

    Of several with the same path the first that says something counts.
    """
    found: dict[str, str] = {}
    _gather(element, "", segment, found)
    return found


def _with_unit(element: Element) -> str:
    """A distance in miles says so beside its figure, where all readers of it look."""
    unit = element.attributes.get("units") or element.attributes.get("unitCode") or element.attributes.get("uom") or ""
    return f"{element.text} mi" if element.text and unit.lower() in _MILES else element.text


def _gather(element: Element, path: str, segment: Callable[[Element], str | None], found: dict[str, str]) -> None:
    for child in element.children:
        name = segment(child)
        if name is None:
            continue
        below = f"{path}.{name}" if path and name else path or name
        if child.children:
            _gather(child, below, segment, found)
        elif below and not found.get(below):
            found[below] = _with_unit(child)
