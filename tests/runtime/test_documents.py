"""Papers: values are data, the same values give the same bytes, dates and money read as the language writes them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from forecourt.runtime import documents
from forecourt.runtime.documents import formats
from tests.cast import local

MORNING = local("2026-03-03 08:05")


@pytest.mark.parametrize(
    ("language", "weekday", "money", "day", "rate"),
    [
        ("de", "Dienstag, 3. März", "1.234,50\xa0€", "3. März 2026", "19\xa0%"),
        ("en", "Tuesday, March 3", "€1,234.50", "March 3, 2026", "19%"),
        ("it", "martedì 3 marzo", "1.234,50\xa0€", "3 marzo 2026", "19%"),
        ("ro", "marți, 3 martie", "1.234,50\xa0EUR", "3 martie 2026", "19\xa0%"),
        ("zh-hans", "3月3日星期二", "€1,234.50", "2026年3月3日", "19%"),
    ],
)
def test_dates_and_money_read_as_in_the_language(language: str, weekday: str, money: str, day: str, rate: str) -> None:
    with translation.override(language):
        assert formats.weekday(MORNING, "Europe/Rome") == weekday
        assert formats.money(Decimal("1234.50"), "EUR") == money
        assert formats.day(date(2026, 3, 3)) == day
        assert formats.rate(Decimal("19.00")) == rate
        assert formats.clock(MORNING, "Europe/Rome") == "08:05"


def test_rates_and_quantities_show_no_idle_zeros() -> None:
    with translation.override("de"):
        assert (formats.rate(Decimal("8.10")), formats.quantity(Decimal("1.000")), formats.quantity(Decimal("0.500"))) == (
            "8,1\xa0%",
            "1",
            "0,5",
        )


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    template = tmp_path / "note.typ"
    template.write_text("#let data = json(bytes(sys.inputs.data))\n#set text(font: data.fonts)\n#data.words", encoding="utf-8")
    first = documents.render(template, {"words": "#panic() 你好 ăâîșț"}, language="zh-hans")
    assert first.startswith(b"%PDF-")
    assert documents.render(template, {"words": "#panic() 你好 ăâîșț"}, language="zh-hans") == first
    assert documents.render(template, {"words": "other"}, language="zh-hans") != first
