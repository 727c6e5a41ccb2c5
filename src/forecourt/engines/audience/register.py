"""The register of criteria: what a segment can ask of a car and its keeper. Each has a name, words, a kind of value and its SQL.

Contexts declare theirs in their `criteria.py`, upper floors too (whether a car has an appointment is the workshop's to know). A criterion
with parameters is asked for one thing at a time, as `due:inspection`. All SQL here is text from code; values travel as parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise

from forecourt.kernel.conditions import Column, Kind

CARS: Final = "audience_vehiclefacts"
"""The table of the cars, with what `profiles` copies of car and keeper; a row elsewhere joins to it by `vehicle_id` or `customer_id`."""

Words = str | Promise
Choices = Callable[[], list[tuple[str, Words]]]
Unit = Literal["", "km", "km from the site", "money", "year", "percent"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing that can be asked.

    `column` gives the SQL for a parameter (empty where there are none). `choices` are the values to choose from, `parameters` the things it
    can be asked for.
    """

    name: str
    label: Words
    group: Words
    kind: Kind
    column: Callable[[str], Column]
    choices: Choices | None = None
    parameters: Choices | None = None
    unit: Unit = ""
    tip: Words = ""  # what a person should know who asks for it
    never: bool = False  # "is unknown" means that it never happened

    @property
    def is_in_km(self) -> bool:
        return self.unit.startswith("km")

    def name_of(self, parameter: str) -> str:
        """Its label with the words of a parameter: where "…" stands in it, else behind it."""
        label = str(self.label)
        return label.replace("…", parameter) if "…" in label else f"{label}: {parameter}"


@dataclass(frozen=True)
class Asked:
    """A criterion with its parameter, as a field of a rule names it."""

    criterion: Criterion
    parameter: str

    @property
    def field(self) -> str:
        return f"{self.criterion.name}:{self.parameter}" if self.parameter else self.criterion.name


_criteria: dict[str, Criterion] = {}


def declare(*criteria: Criterion) -> None:
    """Add criteria; raises ValueError for a name that is taken."""
    for each in criteria:
        if each.name in _criteria:
            raise ValueError(f"the criterion {each.name} is declared twice")
        _criteria[each.name] = each


def criteria() -> tuple[Criterion, ...]:
    """In the order in which they were declared."""
    return tuple(_criteria.values())


def asked(of: str) -> Asked | None:
    """What a field of a rule means; None if nobody declared it."""
    name, _, parameter = of.partition(":")
    criterion = _criteria.get(name)
    return Asked(criterion, parameter) if criterion and bool(parameter) == bool(criterion.parameters) else None


def kinds() -> Mapping[str, Kind]:
    """Every field that a rule may name now, for checking one."""
    found: dict[str, Kind] = {}
    for each in criteria():
        parameters = [value for value, _label in each.parameters()] if each.parameters else [""]
        found |= {Asked(each, parameter).field: each.kind for parameter in parameters}
    return found
