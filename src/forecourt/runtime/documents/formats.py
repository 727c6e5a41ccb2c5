"""Money, numbers, days and times on papers and in letters, in the active language (see `faces.ui.formats` for screens)."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from django.utils.translation import get_language, to_locale

_YEAR: Final = re.compile(r",?\s*\by+年?")


def locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


def money(amount: Decimal, currency: str) -> str:
    """`1.234,50 €`."""
    return numbers.format_currency(amount, currency, locale=locale())


def amount(value: Decimal, places: int = 2) -> str:
    """`1.234,50`, without a currency, for columns that name it once."""
    return numbers.format_decimal(value, format="#,##0." + "0" * places if places else "#,##0", locale=locale())


def quantity(value: Decimal) -> str:
    """`1` or `0,5`: no zeros that say nothing."""
    return numbers.format_decimal(value, format="#,##0.###", locale=locale())


def rate(percent: Decimal) -> str:
    """`19 %`, `8,1 %`, as the language writes it."""
    return numbers.format_percent(percent / 100, format=_percent_pattern(), locale=locale())


def day(on: date) -> str:
    """`3. März 2026`."""
    return dates.format_date(on, format="long", locale=locale())


def short_day(on: date) -> str:
    """`03.03.2026`."""
    return dates.format_date(on, format="medium", locale=locale())


def weekday(at: datetime, zone: str) -> str:
    """`Dienstag, 3. März`, at a place: the language's full date without its year."""
    pattern = _YEAR.sub("", str(locale().date_formats["full"].pattern))
    return dates.format_date(at.astimezone(ZoneInfo(zone)).date(), format=pattern, locale=locale())


def clock(at: datetime, zone: str) -> str:
    """`16:30`, at a place; a workshop has no am and pm."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def _percent_pattern() -> str:
    return str(locale().percent_formats[None].pattern).replace("#,##0", "#,##0.##")
