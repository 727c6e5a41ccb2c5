"""Money, dates, durations and distances in the reader's language, by Babel.

Django's own formats are wrong for German money and Romanian plurals, so no screen uses them. Instants are shown in the
active time zone, which the request sets to the site's.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, runtime_checkable

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from babel import units as babel_units
from django.utils import timezone
from django.utils.translation import get_language, gettext, to_locale

from forecourt.runtime import clock as business_clock


@runtime_checkable
class HasCurrency(Protocol):
    """Any value that knows its amount and currency, as the kernel's money does."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


@lru_cache(maxsize=32)
def _parsed(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def locale() -> Locale:
    """Babel's locale of the active language."""
    return _parsed(get_language() or "en")


def money(amount: object, currency: str = "") -> str:
    """`1.234,50 €`, `€1,234.50`; a value with a currency of its own needs none named."""
    if isinstance(amount, HasCurrency):
        return money(amount.amount, currency or str(amount.currency))
    if amount is None or amount == "":
        return ""
    value = Decimal(str(amount))
    if not currency:
        return babel_numbers.format_decimal(value, format="#,##0.00", locale=locale())
    return babel_numbers.format_currency(value, currency, locale=locale())


def number(value: object, decimals: int | None = None) -> str:
    """`12.345`; with `decimals` exactly so many."""
    if value is None or value == "":
        return ""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return babel_numbers.format_decimal(Decimal(str(value)), format=pattern, locale=locale())


def percent(share: object, decimals: int = 0) -> str:
    """A share of 1: 0.87 is `87 %`."""
    if share is None or share == "":
        return ""
    pattern = str(locale().percent_formats[None].pattern)
    if decimals:
        pattern = pattern.replace("#,##0", "#,##0." + "0" * decimals)
    return babel_numbers.format_percent(Decimal(str(share)), format=pattern, locale=locale())


def kilometres(value: object) -> str:
    """`42.310 km`."""
    if value is None or value == "":
        return ""
    return babel_units.format_unit(Decimal(str(value)), "length-kilometer", length="short", locale=locale())


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day(value: date | datetime | None, style: str = "medium") -> str:
    """`31.12.2025`. Styles: short, medium, long, full, `weekday` (Wed 31 Dec), `month` (December 2025)."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _local(value).date()
    return _written(value, style, get_language() or "en")


@lru_cache(maxsize=4096)
def _written(value: date, style: str, language: str) -> str:
    """A list shows the same few days many times, and Babel takes as long for each."""
    if style == "weekday":
        return babel_dates.format_skeleton("MMMEd", value, locale=_parsed(language))
    if style == "month":
        return babel_dates.format_skeleton("yMMMM", value, locale=_parsed(language))
    return babel_dates.format_date(value, format=style, locale=_parsed(language))


def clock(value: datetime | time | None) -> str:
    """`16:30`, in 24 hours in all our languages: a workshop has no am and pm."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _local(value).time()
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime | None, style: str = "medium") -> str:
    """Day and time: `31.12.2025, 16:30`; with style `near`, today and tomorrow are named instead."""
    if value is None:
        return ""
    if style != "near":
        return gettext("%(day)s, %(time)s") % {"day": day(value, style), "time": clock(value)}
    return near(value)


def when(value: date | datetime | None) -> str:
    """Day and time where the time is known, else the day."""
    return moment(value) if isinstance(value, datetime) else day(value)


def near(value: datetime) -> str:
    """`Today, 16:30`, `Tomorrow, 08:00`, else weekday, day and time."""
    away = (_local(value).date() - _local(business_clock.now()).date()).days
    named = {-1: gettext("Yesterday"), 0: gettext("Today"), 1: gettext("Tomorrow")}.get(away)
    return gettext("%(day)s, %(time)s") % {"day": named or day(value, "weekday"), "time": clock(value)}


def period(start: datetime | None, end: datetime | None) -> str:
    """`09:00–10:30`; with the day where the ends differ in it."""
    if start is None or end is None:
        return moment(start or end)
    if _local(start).date() == _local(end).date():
        return f"{clock(start)}–{clock(end)}"
    return f"{moment(start)} – {moment(end)}"


def duration(value: timedelta | float | Decimal | None) -> str:
    """`45 min`, `1 h 30`, `2 d 4 h`; plain numbers are minutes."""
    if value is None:
        return ""
    minutes = round(value.total_seconds() / 60) if isinstance(value, timedelta) else round(value)
    sign, minutes = ("−", -minutes) if minutes < 0 else ("", minutes)
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        days, hours = divmod(hours, 24)
        text = gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    elif hours and rest:
        text = gettext("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
    elif hours:
        text = gettext("%(hours)d h") % {"hours": hours}
    else:
        text = gettext("%(minutes)d min") % {"minutes": rest}
    return sign + text
