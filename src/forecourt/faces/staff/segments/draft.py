"""A rule while it is being built: read from what a browser sent, changed by a button, drawn again, and at last a rule.

Every part has a key, its place in the tree ("r", "r.0", "r.0.1"); fields are named by it, so that the page works without script. What
somebody wrote stays as written until it can be understood.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from forecourt.engines.audience import register
from forecourt.engines.audience.segments import lines, phrases, spellings, values
from forecourt.kernel import conditions
from forecourt.kernel.conditions import All, Compare, Condition, Not
from forecourt.kernel.conditions import Any as AnyOf

ROOT: Final = "r"
JOINS: Final = ("all", "any", "none")
_DEEPEST, _MOST_PARTS = 4, 30


@dataclass
class Line:
    """One criterion."""

    field: str = ""
    how: str = ""
    value: str = ""
    upto: str = ""
    unit: str = "days"
    error: str = ""
    key: str = ""

    @property
    def asked(self) -> register.Asked | None:
        return register.asked(self.field)

    @property
    def ways(self) -> tuple[phrases.Phrase, ...]:
        there = phrases.phrases(self.asked.criterion) if self.asked else ()
        return (*there, phrases.AS_KEPT) if self.how == phrases.AS_KEPT.code and self.kept else there

    @property
    def way(self) -> phrases.Phrase | None:
        return next((each for each in self.ways if each.code == self.how), None) or next(iter(self.ways), None)

    @property
    def widget(self) -> str:
        """nothing, span, range, choice, choices, flag, day, number, period, values, text or kept."""
        way, asked = self.way, self.asked
        if way is None or asked is None or way.takes == "nothing":
            return "nothing"
        if way.takes == "values" and asked.criterion.choices:
            return "choices"
        if way.takes in {"span", "values", "range", "period", "kept"}:
            return way.takes
        if asked.criterion.choices:
            return "choice"
        return asked.criterion.kind

    @property
    def is_suggested(self) -> bool:
        """Whether the values there are, are offered while somebody writes."""
        return self.field in spellings.FIELDS and self.widget in {"text", "values"}

    @property
    def offered(self) -> list[tuple[str, Any]]:
        """What there is to choose from."""
        if self.widget == "flag":
            return [("yes", _("Yes")), ("no", _("No"))]
        if self.widget == "period":
            return list(phrases.PERIODS.items())
        return self.asked.criterion.choices() if self.asked and self.asked.criterion.choices else []

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """What was chosen and is no longer there stays to be seen, and to be taken away."""
        there = self.offered
        if self.widget not in {"choice", "choices"}:
            return there
        return [*there, *((each, each) for each in self.chosen if each not in {code for code, _words in there})]

    @property
    def chosen(self) -> list[str]:
        """What is chosen among choices; one of them where only one can be."""
        several = values.listed(self.value)
        return several if self.widget == "choices" else several[:1]

    def forget_foreign_choice(self) -> None:
        """What was written for another criterion is no choice of this one."""
        if self.widget in {"choice", "choices", "flag", "period"}:
            there = {code for code, _words in self.offered}
            self.value = ", ".join(each for each in values.listed(self.value) if each in there)

    @property
    def kept(self) -> Condition | None:
        """The comparison of a line that no phrase of the builder says."""
        try:
            found = conditions.parse(json.loads(self.value), {self.field: self.asked.criterion.kind} if self.asked else {})
        except ValueError:
            return None
        return found if isinstance(found, Compare) and found.field == self.field else None

    @property
    def told(self) -> str:
        """That comparison in words."""
        return phrases.Speech().rule(self.kept) if self.kept else ""

    def plain(self) -> dict[str, Any] | None:
        """The line as JSON; None, with `error` set, while it says nothing yet."""
        if self.asked is None or self.way is None:
            self.error = _("Choose what to ask for.")
            return None
        if self.way is phrases.AS_KEPT:
            return conditions.dump(self.kept) if self.kept else None
        value = ", ".join(self.chosen) if self.widget in {"choice", "choices"} else self.value
        try:
            return conditions.dump(lines.condition(self.asked, self.way.code, value, unit=self.unit, upto=self.upto))
        except ValueError as wrong:
            self.error = str(wrong)
            return None


@dataclass
class Group:
    """Criteria and groups of which all, any or none hold."""

    join: str = "all"
    parts: list["Line | Group"] = field(default_factory=list)
    error: str = ""
    key: str = ROOT

    is_group: ClassVar[bool] = True

    @property
    def depth(self) -> int:
        return self.key.count(".")

    @property
    def may_nest(self) -> bool:
        return self.depth < _DEEPEST - 1

    @property
    def lines(self) -> Iterator[Line]:
        """Every criterion, as it is read."""
        for part in self.parts:
            yield from part.lines if isinstance(part, Group) else (part,)

    def plain(self) -> dict[str, Any] | None:
        """The rule as JSON; None while any part of it is none yet."""
        told = [part.plain() for part in self.parts]
        if not told:
            self.error = _("Add a criterion, or take the group away.")
        if not told or None in told:
            return None
        return {"not": {"any": told}} if self.join == "none" else {self.join: told}


def read(sent: Mapping[str, Any]) -> Group:
    """The draft in a form."""
    return _group(sent, ROOT, 0)


def of_rule(condition: Condition) -> Group:
    """A kept rule as a draft."""
    root = _part(condition)
    return numbered(root if isinstance(root, Group) else Group(parts=[root]))


def act(draft: Group, told: str) -> str:
    """Do what a button says ("add:r.0"); gives the key of the part where the reader goes on."""
    what, _colon, key = told.partition(":")
    found = _find(draft, key)
    if what in {"add", "group"} and isinstance(found, Group) and len(found.parts) < _MOST_PARTS:
        made = Line() if what == "add" else Group(join="any", parts=[Line()])
        if isinstance(made, Line) or found.may_nest:
            found.parts.append(made)
            numbered(draft)
            return made.key if isinstance(made, Line) else f"{made.key}.0"
    if what == "look" and isinstance(found, Line):
        found.forget_foreign_choice()
    if what == "drop" and key != ROOT and found is not None:
        above = _find(draft, key.rpartition(".")[0])
        assert isinstance(above, Group)
        above.parts.remove(found)
        numbered(draft)
        return above.key
    return key


def numbered(group: Group, key: str = ROOT) -> Group:
    """Every part under the key of its place."""
    group.key = key
    for place, part in enumerate(group.parts):
        if isinstance(part, Group):
            numbered(part, f"{key}.{place}")
        else:
            part.key = f"{key}.{place}"
    return group


def _group(sent: Mapping[str, Any], key: str, depth: int) -> Group:
    join = sent.get(f"{key}.join", "all")
    group = Group(join=join if join in JOINS else "all", key=key)
    for place in range(_MOST_PARTS):
        below = f"{key}.{place}"
        if f"{below}.field" in sent:
            told = {name: str(sent.get(f"{below}.{name}", "")) for name in ("field", "how", "upto", "unit")}
            told["value"] = _sent_values(sent, f"{below}.value")
            group.parts.append(Line(key=below, **told))
        elif f"{below}.join" in sent and depth + 1 < _DEEPEST:
            group.parts.append(_group(sent, below, depth + 1))
        else:
            break
    return group


def _sent_values(sent: Mapping[str, Any], name: str) -> str:
    """What a field holds; of ticked boxes, all."""
    several = sent.getlist(name) if isinstance(sent, QueryDict) else [sent.get(name, "")]
    return ", ".join(map(str, several))


def _find(group: Group, key: str) -> Line | Group | None:
    if group.key == key:
        return group
    for part in group.parts:
        found = _find(part, key) if isinstance(part, Group) else part if part.key == key else None
        if found is not None:
            return found
    return None


def _part(condition: Condition) -> Line | Group:
    if line := lines.written(condition):
        if isinstance(condition, Compare) and not _comes_back(condition, line):
            return Line(field=condition.field, how=phrases.AS_KEPT.code, value=json.dumps(conditions.dump(condition)))
        return Line(field=line.field, how=line.how, value=line.value, upto=line.upto, unit=line.unit or "days")
    match condition:
        case All(parts):
            return Group("all", [_part(part) for part in parts])
        case AnyOf(parts):
            return Group("any", [_part(part) for part in parts])
        case Not(AnyOf(parts)):
            return Group("none", [_part(part) for part in parts])
        case Not(part):
            return Group("none", [_part(part)])
    raise AssertionError(condition)  # every comparison is a line


def _comes_back(leaf: Compare, line: lines.Written) -> bool:
    """Whether the builder can say it: a rule may come by the API, and its meaning must not change because somebody looked at it here."""
    found = register.asked(leaf.field)
    if found is None:
        return True  # nobody knows it any more, and the builder says so
    try:
        return lines.condition(found, line.how, line.value, unit=line.unit or "days", upto=line.upto) == leaf
    except ValueError:
        return False
