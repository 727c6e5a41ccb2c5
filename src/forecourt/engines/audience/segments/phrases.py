"""The words in which people write and read a criterion: "Last visit · more than … ago · 12 months".

Owns what stands between a comparison of the rule tree and its words, both ways. Relative days are kept as days; a month counts 30.4 of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from forecourt.engines.audience import leaving, register
from forecourt.engines.audience.due import locale
from forecourt.engines.audience.models import VehicleFacts
from forecourt.engines.audience.register import Asked, Criterion, Words
from forecourt.engines.audience.segments.values import days_of, in_days, listed, plain, scalar
from forecourt.kernel.conditions import All, Compare, Condition, Not, Reason, Value
from forecourt.kernel.conditions import Any as AnyOf
from forecourt.runtime import clock

Takes = Literal["value", "values", "span", "range", "nothing", "period", "kept"]


@dataclass(frozen=True)
class Phrase:
    """One way to compare; `code` names it in forms, `op` in the tree. `sign` turns a span of days to the past.

    Two are more than one comparison in the tree (`lines`): what is between two ends, and what has not been lately.
    """

    code: str
    words: Words
    op: str
    takes: Takes = "value"
    sign: int = 1


_IS = Phrase("eq", pgettext_lazy("criterion", "is"), "eq")
_IS_NOT = Phrase("ne", pgettext_lazy("criterion", "is not"), "ne")
_ONE_OF = Phrase("in", pgettext_lazy("criterion", "is one of"), "in", "values")
_NONE_OF = Phrase("not_in", pgettext_lazy("criterion", "is none of"), "not_in", "values")
_KNOWN = Phrase("not_empty", pgettext_lazy("criterion", "is known"), "not_empty", "nothing")
_UNKNOWN = Phrase("is_empty", pgettext_lazy("criterion", "is unknown"), "is_empty", "nothing")
_EVER = Phrase("not_empty", pgettext_lazy("criterion", "at any time"), "not_empty", "nothing")
_NEVER = Phrase("is_empty", pgettext_lazy("criterion", "never"), "is_empty", "nothing")
_BETWEEN = Phrase("between", pgettext_lazy("criterion", "is from … to …"), "between", "range")
_NOT_LATELY = Phrase("not_last", pgettext_lazy("criterion", "not within the last …"), "not_within_days", "span", -1)
_BY_KIND: Final[dict[str, tuple[Phrase, ...]]] = {
    "text": (
        _IS,
        _IS_NOT,
        _ONE_OF,
        _NONE_OF,
        Phrase("starts_with", pgettext_lazy("criterion", "begins with"), "starts_with"),
        Phrase("contains", pgettext_lazy("criterion", "contains"), "contains"),
    ),
    "number": (
        Phrase("ge", pgettext_lazy("criterion", "is at least"), "ge"),
        Phrase("le", pgettext_lazy("criterion", "is at most"), "le"),
        Phrase("gt", pgettext_lazy("criterion", "is more than"), "gt"),
        _BETWEEN,
        _IS,
    ),
    "flag": (_IS,),
    "day": (
        Phrase("ago", pgettext_lazy("criterion", "more than … ago"), "before_days", "span", -1),
        Phrase("last", pgettext_lazy("criterion", "within the last …"), "within_days", "span", -1),
        Phrase("next", pgettext_lazy("criterion", "within the next …"), "within_days", "span"),
        Phrase("period", pgettext_lazy("criterion", "falls in …"), "in_period", "period"),
        Phrase("beyond", pgettext_lazy("criterion", "later than in …"), "after_days", "span"),
        Phrase("past", pgettext_lazy("criterion", "is past"), "before_days", "nothing"),
        Phrase("lt", pgettext_lazy("criterion", "before the day"), "lt"),
        Phrase("ge", pgettext_lazy("criterion", "from the day on"), "ge"),
        _BETWEEN,
    ),
}
PERIODS: Final[dict[str, Words]] = {
    "this_month": pgettext_lazy("period", "this month"),
    "next_month": pgettext_lazy("period", "next month"),
    "last_month": pgettext_lazy("period", "last month"),
    "this_quarter": pgettext_lazy("period", "this quarter"),
    "next_quarter": pgettext_lazy("period", "next quarter"),
    "last_quarter": pgettext_lazy("period", "last quarter"),
    "this_year": pgettext_lazy("period", "this year"),
    "next_year": pgettext_lazy("period", "next year"),
    "last_year": pgettext_lazy("period", "last year"),
}
MOST: Final = 100
#: Of a comparison that a rule of the API holds and no phrase here says: it is shown and stays as it is.
AS_KEPT: Final = Phrase("kept", pgettext_lazy("criterion", "as it was saved"), "", "kept")


def phrases(criterion: Criterion) -> tuple[Phrase, ...]:
    """The ways in which this one can be compared."""
    if criterion.choices:
        return (_IS, _IS_NOT, _ONE_OF, _NONE_OF, _KNOWN, _UNKNOWN)
    if criterion.kind == "flag":
        return _BY_KIND["flag"]
    return (*_BY_KIND[criterion.kind], *((_NOT_LATELY, _EVER, _NEVER) if criterion.never else (_KNOWN, _UNKNOWN)))


def as_span(days: int) -> tuple[int, str]:
    """Days as people would say them: in years or months where that is what they were, else in weeks or days."""
    days = abs(days)
    for unit in ("years", "months"):
        number = round(days / in_days(1, unit))
        if number and (unit == "years" or number > 1) and in_days(number, unit) == days:
            return number, unit
    return (days // 7, "weeks") if days and days % 7 == 0 and days < 63 else (days, "days")


def compare(asked: Asked, code: str, value: str, unit: str = "days") -> Compare:
    """A comparison from what somebody wrote; ValueError, in their words, where it cannot be one."""
    phrase = way(asked.criterion, code)
    return Compare(asked.field, phrase.op, _value(asked.criterion, phrase, value.strip(), unit))


def way(criterion: Criterion, code: str) -> Phrase:
    """The phrase of a code; ValueError, in their words, where there is none."""
    phrase = next((each for each in phrases(criterion) if each.code == code), None)
    if phrase is None:
        raise ValueError(_("Choose how to compare."))
    return phrase


def written(leaf: Compare) -> tuple[str, str, str]:
    """A comparison as somebody would have written it: code of the phrase, value, unit."""
    found = register.asked(leaf.field)
    phrase = _phrase(found.criterion, leaf) if found else None
    if phrase is None:
        return leaf.op, "" if leaf.value is None else str(leaf.value), ""
    if phrase.takes == "span" and isinstance(leaf.value, int):
        number, unit = as_span(leaf.value)
        return phrase.code, str(number), unit
    return phrase.code, "" if phrase.takes == "nothing" else plain(leaf.value), ""


class Speech:
    """Says criteria, facts and whole rules in the current language; what there is to choose from is looked up once."""

    def __init__(self) -> None:
        self._labels: dict[str, dict[str, str]] = {}
        self._risks: Mapping[tuple[int, int], leaving.Risk] | None = None

    def name(self, field: str) -> str:
        found = register.asked(field)
        if found is None:
            return field
        if not found.parameter:
            return str(found.criterion.label)
        return found.criterion.name_of(self._label(found.criterion, "parameter", found.parameter))

    def reason(self, reason: Reason, of: VehicleFacts) -> str:
        """The fact that a comparison met on this car."""
        found = register.asked(reason.field)
        told = self.fact(found.criterion, reason.actual) if found else str(reason.actual)
        if found and found.criterion.unit == "km from the site" and reason.actual is not None:
            told = self._away(told, of)
        if found and found.criterion.unit == "percent" and reason.actual is not None:
            told = self._counted(told, of)
        return f"{self.name(reason.field)}: {told}"

    def _away(self, km: str, of: VehicleFacts) -> str:
        asked = register.asked("site")
        if asked is None or of.site_id is None:
            return _("%(km)s from the nearest site (town to town)") % {"km": km}
        return _("%(km)s from %(site)s (town to town)") % {"km": km, "site": self._label(asked.criterion, "choice", str(of.site_id))}

    def _counted(self, percent: str, of: VehicleFacts) -> str:
        """With the number of cars that tell it; it may have been counted anew since."""
        if self._risks is None:
            self._risks = leaving.risks()
        risk = leaving.risk_of(self._risks, visits=of.visits, last_visit_on=of.last_visit_on, today=clock.now().date())
        if risk is None:
            return percent
        numbers = {
            "percent": percent,
            "away": format_decimal(risk.stayed_away, locale=locale()),
            "cars": format_decimal(risk.cars, locale=locale()),
        }
        return _("%(percent)s (of %(cars)s cars like it, %(away)s did not come in the year after)") % numbers

    def fact(self, criterion: Criterion, actual: object) -> str:
        match actual:
            case None | "":
                return _("never") if criterion.never else _("unknown")
            case bool():
                return _("yes") if actual else _("no")
            case date():
                return str(format_date(actual, "medium", locale=locale()))
            case int() | Decimal() if criterion.unit == "percent":
                return str(format_percent(Decimal(actual) / 100, locale=locale()))
            case int() | Decimal() if criterion.unit != "year":
                number = str(format_decimal(actual, locale=locale()))
                return f"{number} km" if criterion.is_in_km else number
        return self._label(criterion, "choice", str(actual)) if criterion.choices else str(actual)

    def rule(self, condition: Condition, *, inner: bool = False) -> str:
        """A rule as one sentence, with brackets where groups lie in groups."""
        match condition:
            case Compare():
                return self.comparison(condition)
            case Not(Compare(field, "within_days", int(days))) if days < 0 and _happens(field):
                return f"{self.name(field)} {str(_NOT_LATELY.words).replace('…', span(*as_span(days)))}"
            case All((Compare(field, "ge", low), Compare(same, "le", high))) if field == same:
                return self._between(field, low, high)
            case Not(part):
                return _("not (%(rule)s)") % {"rule": self.rule(part)}
            case All(parts):
                return self._joined(parts, _(" and "), inner=inner)
            case AnyOf(parts):
                return self._joined(parts, _(" or "), inner=inner)

    def _between(self, field: str, low: Value, high: Value) -> str:
        found = register.asked(field)
        told = [self.fact(found.criterion, each) if found else str(each) for each in (low, high)]
        return _("%(what)s from %(low)s to %(high)s") % {"what": self.name(field), "low": told[0], "high": told[1]}

    def comparison(self, leaf: Compare) -> str:
        found = register.asked(leaf.field)
        phrase = _phrase(found.criterion, leaf) if found else None
        if found is None or phrase is None:
            return f"{self.name(leaf.field)} {leaf.op} {leaf.value}"
        told = self._told(found.criterion, phrase, leaf.value)
        words = str(phrase.words)
        said = words.replace("…", told) if "…" in words else f"{words} {told}".strip()
        return f"{self.name(leaf.field)} {said}"

    def _told(self, criterion: Criterion, phrase: Phrase, value: Value) -> str:
        if phrase.takes == "nothing":
            return ""
        if phrase.takes == "span" and isinstance(value, int):
            return span(*as_span(value))
        if phrase.takes == "period":
            return str(PERIODS[str(value)])
        if isinstance(value, tuple):
            return ", ".join(self.fact(criterion, each) for each in value)
        return self.fact(criterion, value)

    def _joined(self, parts: Iterable[Condition], word: str, *, inner: bool) -> str:
        told = [self.rule(part, inner=True) for part in parts]
        return f"({word.join(told)})" if inner and len(told) > 1 else word.join(told)

    def _label(self, criterion: Criterion, of: str, value: str) -> str:
        key = f"{of} {criterion.name}"
        if key not in self._labels:
            there = criterion.parameters if of == "parameter" else criterion.choices
            self._labels[key] = {code: str(words) for code, words in (there() if there else ())}
        return self._labels[key].get(value, value)


def _happens(field: str) -> bool:
    found = register.asked(field)
    return found is not None and found.criterion.never


def span(number: int, unit: str) -> str:
    """ "12 months"."""
    told = {
        "days": ngettext("%(number)s day", "%(number)s days", number),
        "weeks": ngettext("%(number)s week", "%(number)s weeks", number),
        "months": ngettext("%(number)s month", "%(number)s months", number),
        "years": ngettext("%(number)s year", "%(number)s years", number),
    }
    return told[unit] % {"number": number}


def _phrase(criterion: Criterion, leaf: Compare) -> Phrase | None:
    fitting = [each for each in phrases(criterion) if each.op == leaf.op]
    if leaf.op == "before_days":
        code = "past" if leaf.value == 0 else "ago" if isinstance(leaf.value, int) and leaf.value < 0 else ""
        return next((each for each in fitting if each.code == code), None)
    if leaf.op == "after_days" and isinstance(leaf.value, int) and leaf.value <= 0:
        return None
    if leaf.op == "within_days" and isinstance(leaf.value, int):
        return next((each for each in fitting if (each.sign < 0) is (leaf.value < 0)), None)
    return next(iter(fitting), None)


def _value(criterion: Criterion, phrase: Phrase, text: str, unit: str) -> Value:
    if phrase.takes == "nothing":
        return 0 if phrase.op == "before_days" else None
    if phrase.takes == "span":
        return phrase.sign * days_of(text, unit)
    if phrase.takes == "period":
        if text not in PERIODS:
            raise ValueError(_("Choose one of the list.") if text else _("Fill this in."))
        return text
    if phrase.takes == "values":
        values = listed(text)
        if len(values) > MOST:
            raise ValueError(_("At most %(most)s values.") % {"most": MOST})
        if not values and criterion.choices:
            raise ValueError(_("Choose at least one."))
        return tuple(scalar(criterion, each) for each in values or ("",))
    return scalar(criterion, text)
