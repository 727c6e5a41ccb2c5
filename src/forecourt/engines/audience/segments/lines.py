"""A line of the builder, both ways: most are one comparison, "from … to …" and "not within the last …" are two or a negated one."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from forecourt.engines.audience import register
from forecourt.engines.audience.register import Asked
from forecourt.engines.audience.segments import phrases, values
from forecourt.kernel.conditions import All, Compare, Condition, Not


@dataclass(frozen=True, kw_only=True)
class Written:
    """A line as somebody would have written it."""

    field: str
    how: str
    value: str
    upto: str = ""
    unit: str = ""


def condition(asked: Asked, how: str, value: str, *, unit: str = "days", upto: str = "") -> Condition:
    """What a line means; ValueError, in the reader's words, where it is nothing yet."""
    phrase = phrases.way(asked.criterion, how)
    match phrase.op:
        case "between":
            low, high = (values.scalar(asked.criterion, each.strip()) for each in (value, upto))
            if low > high:  # type: ignore[operator]  # both are of the criterion's kind
                raise ValueError(_("The second must not come before the first."))
            return All((Compare(asked.field, "ge", low), Compare(asked.field, "le", high)))
        case "not_within_days":
            return Not(Compare(asked.field, "within_days", phrase.sign * values.days_of(value.strip(), unit)))
    return phrases.compare(asked, how, value, unit)


def written(of: Condition) -> Written | None:
    """The line that says this; None if it takes more than one."""
    match of:
        case Compare(field):
            how, value, unit = phrases.written(of)
            return Written(field=field, how=how, value=value, unit=unit)
        case All((Compare(field, "ge") as low, Compare(same, "le") as high)) if field == same and _has(field, "between"):
            return Written(field=field, how="between", value=values.plain(low.value), upto=values.plain(high.value))
        case Not(Compare(field, "within_days", int(days))) if days < 0 and _has(field, "not_last"):
            number, unit = phrases.as_span(days)
            return Written(field=field, how="not_last", value=str(number), unit=unit)
    return None


def _has(field: str, how: str) -> bool:
    found = register.asked(field)
    return found is not None and any(each.code == how for each in phrases.phrases(found.criterion))
