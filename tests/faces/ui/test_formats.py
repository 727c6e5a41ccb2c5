"""Money, days and durations as the reader writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from forecourt.faces.ui import formats
from forecourt.faces.ui.templatetags import ui


def spaces(text: str) -> str:
    """Narrow and no-break spaces as plain ones."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "1.234,50 €"), ("en", "€1,234.50"), ("it", "1.234,50 €"), ("ro", "1.234,50 EUR"), ("zh-hans", "€1,234.50")],
)
def test_money_is_written_as_the_reader_does(language: str, expected: str) -> None:
    with translation.override(language):
        assert spaces(formats.money(Decimal("1234.5"), "EUR")) == expected


@pytest.mark.parametrize(("language", "expected"), [("de", "87 %"), ("en", "87%"), ("it", "87%"), ("ro", "87 %"), ("zh-hans", "87%")])
def test_a_share_of_one_is_a_percentage(language: str, expected: str) -> None:
    with translation.override(language):
        assert spaces(formats.percent(Decimal("0.87"))) == expected


def test_a_percentage_has_the_decimals_asked_for() -> None:
    with translation.override("de"):
        assert spaces(formats.percent(0.9634, 1)) == "96,3 %"


def test_kilometres_are_grouped() -> None:
    with translation.override("de"):
        assert spaces(formats.kilometres(42310)) == "42.310 km"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "31.12.2025"), ("en", "Dec 31, 2025"), ("it", "31 dic 2025"), ("ro", "31 dec. 2025"), ("zh-hans", "2025年12月31日")],
)
def test_days_are_written_as_the_reader_does(language: str, expected: str) -> None:
    with translation.override(language):
        assert formats.day(date(2025, 12, 31)) == expected


def test_an_instant_is_shown_in_the_sites_zone() -> None:
    instant = datetime(2025, 7, 1, 22, 30, tzinfo=UTC)
    with timezone.override("Europe/Rome"), translation.override("de"):
        assert (formats.clock(instant), formats.day(instant)) == ("00:30", "02.07.2025")


@pytest.mark.parametrize(("away", "expected"), [(0, "Today, 16:30"), (1, "Tomorrow, 16:30"), (-1, "Yesterday, 16:30")])
def test_near_days_are_named_by_the_business_clock(settings: object, away: int, expected: str) -> None:
    from forecourt.runtime import clock

    at = clock.now().replace(hour=16, minute=30) + timedelta(days=away)
    with timezone.override(UTC), translation.override("en"):
        assert formats.moment(at, "near") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30"), (65, "1 h 05"), (1440 + 240, "1 d 4 h"), (-30, "−30 min")],
)
def test_durations_are_short(minutes: int, expected: str) -> None:
    with translation.override("en"):
        assert formats.duration(minutes) == expected
        assert formats.duration(timedelta(minutes=minutes)) == expected


def test_a_period_repeats_the_day_only_where_it_changes() -> None:
    start = datetime(2025, 12, 9, 9, tzinfo=UTC)
    with timezone.override(UTC), translation.override("de"):
        assert formats.period(start, start + timedelta(minutes=90)) == "09:00–10:30"
        assert formats.period(start, start + timedelta(days=1)) == "09.12.2025, 09:00 – 10.12.2025, 09:00"


def test_what_is_missing_is_shown_as_nothing() -> None:
    assert [formats.money(None, "EUR"), formats.day(None), formats.clock(None), formats.kilometres(""), formats.duration(None)] == [""] * 5


def test_a_language_is_named_in_the_readers_own() -> None:
    with translation.override("de"):
        assert [ui.language_word(code) for code in ("it", "zh-hans", "fr", "")] == ["Italienisch", "Chinesisch", "fr", ""]
