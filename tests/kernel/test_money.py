from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.kernel import money
from forecourt.kernel.money import TaxLine, Totals

D = Decimal
amounts = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)
rates = st.sampled_from([D(0), D(7), D("9.5"), D(19), D(21), D(22)])


@pytest.mark.parametrize(
    ("amount", "places", "expected"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("2.5", 0, "3"), ("1.00005", 4, "1.0001"), ("1.004999", 2, "1.00")],
)
def test_a_half_goes_away_from_zero(amount: str, places: int, expected: str) -> None:
    assert str(money.round_half_up(D(amount), places)) == expected


def test_a_line_is_rounded_once_after_the_discount() -> None:
    # 3 × 33.3333 = 99.9999, less 12.5 % = 87.4999…
    assert money.line_net(D(3), D("33.3333"), D("12.5")) == D("87.50")
    assert money.line_net(D("0.1"), D("120.00")) == D("12.00")
    assert money.line_net(-1, D("19.995")) == D("-20.00")


@pytest.mark.parametrize("discount", [-1, D("100.01")])
def test_a_discount_outside_0_to_100_is_an_error(discount: Decimal) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        money.line_net(1, D(1), discount)


def test_floats_are_never_money() -> None:
    with pytest.raises(TypeError):
        money.line_net(1, 19.99)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        money.totals([(D(19), 1.1)])  # type: ignore[list-item]


def test_tax_is_computed_once_per_rate_on_the_summed_net() -> None:
    # Per line it would be 3 × 0.01 = 0.03.
    assert money.totals([(D(19), D("0.05"))] * 3) == Totals(D("0.15"), D("0.03"), D("0.18"), (TaxLine(D(19), D("0.15"), D("0.03")),))
    assert money.totals([(D(19), D("0.03"))] * 3).tax == D("0.02")


def test_groups_come_in_order_of_their_rate() -> None:
    found = money.totals([(D(19), D("100.00")), (D(7), D("10.00")), (D("19.0"), D("50.00"))])

    assert found.groups == (TaxLine(D(7), D("10.00"), D("0.70")), TaxLine(D(19), D("150.00"), D("28.50")))
    assert (found.net, found.tax, found.gross) == (D("160.00"), D("29.20"), D("189.20"))


def test_nothing_costs_nothing() -> None:
    assert money.totals([]) == Totals(D("0.00"), D("0.00"), D("0.00"), ())


@given(st.lists(st.tuples(rates, amounts), max_size=20))
def test_gross_is_net_plus_tax_and_groups_add_up(lines: list[tuple[Decimal, Decimal]]) -> None:
    found = money.totals(lines)

    assert found.net == sum(net for _, net in lines)
    assert found.gross == found.net + found.tax == sum(group.gross for group in found.groups)


@given(st.lists(st.tuples(rates, amounts), max_size=20))
def test_a_credit_note_mirrors_its_invoice(lines: list[tuple[Decimal, Decimal]]) -> None:
    invoice, credit = money.totals(lines), money.totals([(rate, -net) for rate, net in lines])

    assert (credit.net, credit.tax, credit.gross) == (-invoice.net, -invoice.tax, -invoice.gross)


@given(st.lists(st.tuples(rates, amounts), max_size=20))
def test_prices_shown_gross_never_change_by_rounding(lines: list[tuple[Decimal, Decimal]]) -> None:
    found = money.totals_of_gross(lines)

    assert found.gross == sum(gross for _, gross in lines)
    assert found.net + found.tax == found.gross


@given(amounts, rates)
def test_the_net_of_a_gross_made_from_a_net_is_that_net(net: Decimal, rate: Decimal) -> None:
    assert money.net_of_gross(money.gross_of_net(net, rate), rate) == net


def test_net_of_gross_gives_known_values() -> None:
    assert money.net_of_gross(D("119.00"), 19) == D("100.00")
    assert money.net_of_gross(D("99.99"), D(22)) == D("81.96")


def test_the_smallest_coin_is_known_per_currency() -> None:
    assert [money.minor_units(code) for code in ("EUR", "RON", "CNY", "JPY")] == [2, 2, 2, 0]
    with pytest.raises(ValueError, match="XXX"):
        money.minor_units("XXX")
