"""Numbers as people write them into a segment: what the product itself shows must be understood when it is typed again."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from forecourt.engines.audience import register
from forecourt.engines.audience.register import Criterion
from forecourt.engines.audience.segments import values


def criterion(field: str) -> Criterion:
    found = register.asked(field)
    assert found is not None
    return found.criterion


@pytest.mark.parametrize(
    ("language", "field", "text", "meant"),
    [
        ("de", "km_per_year", "15.000", "15000"),
        ("en", "km_per_year", "15,000", "15000"),
        ("it", "km_per_year", "15000 km", "15000"),
        ("de", "last_mileage", "115.000 km", "115000"),
        ("de", "km_per_year", "15’000", "15000"),
        ("ro", "km_per_year", "15 000", "15000"),
        ("ro", "last_mileage", "1 115 000 km", "1115000"),
        ("de", "km_from_site", "7,5", "7.5"),
        ("en", "km_from_site", "7.5", "7.5"),
        ("de", "visits", "3", "3"),
        ("de", "model_year", "2019", "2019"),
        ("de", "spent_net", "1.234,50", "1234.50"),
        ("de", "spent_net", "1.500", "1500"),
        ("en", "spent_net", "1,500", "1500"),
        ("en", "spent_net", "1,234.50", "1234.50"),
        ("it", "spent_net", "€ 1.234.567,8", "1234567.8"),
        ("de", "spent_net", "-12,5 €", "-12.5"),
    ],
)
def test_a_number_is_what_its_writer_meant(language: str, field: str, text: str, meant: str) -> None:
    with override(language):
        assert values.scalar(criterion(field), text) == Decimal(meant)


@pytest.mark.parametrize(
    "text", ["1.234.50", "1,2,3", "1 2 3", "20 19", "viele", "12e3", "NaN", "inf", "1..5", ".", "1.5.000", "٣", "9" * 16]
)
def test_what_is_no_number_is_told_and_not_guessed(text: str) -> None:
    with override("de"), pytest.raises(ValueError, match="Zahl"):
        values.scalar(criterion("spent_net"), text)
