"""Amounts of money: rounding, lines, tax.

Owns the arithmetic on `Decimal`; floats are refused. Rates and discounts are percent
(`Decimal("19")`). Which currency a legal entity keeps and whether a price is net or gross is
said by the rows above. Method: EN 16931-1, business rules BR-CO-10 to BR-CO-17 (tax is computed
once per rate on the summed net, not per line).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

LINE_PLACES = 2
UNIT_PRICE_PLACES = 4

#: Decimal places of the smallest coin (ISO 4217).
CURRENCIES: Mapping[str, int] = MappingProxyType(
    {
        "AED": 2, "BGN": 2, "CAD": 2, "CHF": 2, "CNY": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2,
        "HKD": 2, "HUF": 2, "ISK": 0, "JPY": 0, "KRW": 0, "KWD": 3, "MDL": 2, "NOK": 2, "PLN": 2,
        "RON": 2, "RSD": 2, "SEK": 2, "TRY": 2, "UAH": 2, "USD": 2,
    }
)  # fmt: skip

_HUNDRED = Decimal(100)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxLine:
    """All lines of one rate: their net together and the tax on it."""

    rate: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of an estimate or invoice; `groups` in order of their rate."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    groups: tuple[TaxLine, ...]


def round_half_up(amount: Decimal, places: int = LINE_PLACES) -> Decimal:
    """Commercial rounding: a half goes away from zero, so a credit note mirrors its invoice."""
    _refuse_float(amount)
    return Decimal(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def minor_units(currency: str) -> int:
    """Decimal places of a currency. Raises ValueError for one that is not known."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise ValueError(f"unknown currency {currency!r}") from None


def round_unit_price(amount: Decimal) -> Decimal:
    """A price per piece or hour, to four places."""
    return round_half_up(amount, UNIT_PRICE_PLACES)


def line_net(quantity: Decimal | int, unit_price: Decimal | int, discount_percent: Decimal | int = 0) -> Decimal:
    """Quantity × unit price less the discount, rounded once, to two places.

    Raises ValueError for a discount outside 0–100.
    """
    for number in (quantity, unit_price, discount_percent):
        _refuse_float(number)
    if not 0 <= discount_percent <= 100:
        raise ValueError(f"a discount of {discount_percent} % is not between 0 and 100")
    kept = (_HUNDRED - discount_percent) / _HUNDRED
    return round_half_up(Decimal(quantity) * Decimal(unit_price) * kept)


def gross_of_net(net: Decimal, rate: Decimal | int, places: int = LINE_PLACES) -> Decimal:
    """Net plus its tax, the tax rounded."""
    return net + _tax_on(net, Decimal(rate), places)


def net_of_gross(gross: Decimal, rate: Decimal | int, places: int = LINE_PLACES) -> Decimal:
    """The net within a gross amount, rounded; the tax is what remains, so gross stays as shown."""
    _refuse_float(rate)
    return round_half_up(gross * _HUNDRED / (_HUNDRED + rate), places)


def totals(lines: Iterable[tuple[Decimal, Decimal]], places: int = LINE_PLACES) -> Totals:
    """Totals of (rate, net) lines whose prices were shown net."""
    return _summed(TaxLine(rate, net, _tax_on(net, rate, places)) for rate, net in _per_rate(lines))


def totals_of_gross(lines: Iterable[tuple[Decimal, Decimal]], places: int = LINE_PLACES) -> Totals:
    """Totals of (rate, gross) lines whose prices were shown gross: their sum never changes."""
    return _summed(TaxLine(rate, net, gross - net) for rate, gross in _per_rate(lines) for net in (net_of_gross(gross, rate, places),))


def _tax_on(net: Decimal, rate: Decimal, places: int) -> Decimal:
    _refuse_float(net)
    return round_half_up(net * rate / _HUNDRED, places)


def _per_rate(lines: Iterable[tuple[Decimal, Decimal]]) -> list[tuple[Decimal, Decimal]]:
    sums: dict[Decimal, Decimal] = {}
    for rate, amount in lines:
        _refuse_float(rate)
        _refuse_float(amount)
        sums[rate] = sums.get(rate, _ZERO) + amount
    return sorted(sums.items())


def _summed(groups: Iterable[TaxLine]) -> Totals:
    kept = tuple(groups)
    net = sum((group.net for group in kept), Decimal("0.00"))
    tax = sum((group.tax for group in kept), Decimal("0.00"))
    return Totals(net, tax, net + tax, kept)


def _refuse_float(number: object) -> None:
    if isinstance(number, float):
        raise TypeError("money is Decimal, never float")
