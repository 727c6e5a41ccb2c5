from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.kernel.quantities import Due, km_per_year, months_later, next_due, odd_readings

START = date(2023, 1, 1)


def readings(*pairs: tuple[int, int]) -> list[tuple[date, int]]:
    return [(START + timedelta(days=day), km) for day, km in pairs]


def test_two_readings_a_year_apart_tell_the_yearly_distance() -> None:
    assert km_per_year(readings((0, 10_000), (365, 25_000))) == 15_010


def test_less_than_sixty_days_tell_nothing() -> None:
    assert km_per_year(readings((0, 10_000), (59, 12_000))) is None
    assert km_per_year(readings((0, 10_000), (60, 12_000))) == 12_175
    assert km_per_year([]) is None


@pytest.mark.parametrize("mistyped", [(180, 5), (180, 1_900_000), (400, 0)])
def test_a_mistyped_reading_is_ignored(mistyped: tuple[int, int]) -> None:
    true = readings((0, 10_000), (120, 15_000), (240, 20_000), (365, 25_000))

    assert km_per_year([*true, *readings(mistyped)]) == 15_010


@pytest.mark.parametrize(
    ("given_km", "odd"),
    [
        ([(0, 10_000), (180, 100_000), (360, 12_000), (540, 1), (720, 13_000)], [1, 3]),
        ([(0, 10_000), (180, 100_000), (360, 12_000)], [1]),  # a digit too many, though a year could bring so much
        ([(0, 61_000), (30, 6_200), (60, 63_000)], [1]),
        ([(0, 6_000), (30, 61_000), (60, 62_000)], [0]),  # a leap
        ([(0, 10_000), (365, 250_000)], []),
        ([(0, 10_000), (0, 9_950), (1, 10_900)], []),  # in and out, and a day's drive
        ([(0, 80_000), (365, 100_000), (400, 10), (700, 9_000), (900, 15_000)], [0, 1]),  # another instrument
        ([], []),
    ],
)
def test_readings_without_which_the_rest_goes_together_are_odd(given_km: list[tuple[int, int]], odd: list[int]) -> None:
    assert odd_readings(readings(*given_km)) == odd


def test_a_plate_for_many_cars_tells_of_none() -> None:
    assert odd_readings(readings(*((day, day * 7919 % 200_000) for day in range(600)))) == []


def test_the_last_three_years_count_more_than_the_years_before() -> None:
    assert km_per_year(readings((0, 0), (1_000, 100_000), (1_100, 101_000), (2_000, 110_000))) == round(10_000 * 365.25 / 1000)


def test_an_impossible_distance_is_no_distance() -> None:
    assert km_per_year(readings((0, 0), (100, 100_000))) is None


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 900_000)), max_size=20))
def test_any_readings_give_a_plausible_distance_or_none(pairs: list[tuple[int, int]]) -> None:
    found = km_per_year(readings(*pairs))

    assert found is None or 0 <= found <= 250_000


def test_time_comes_first_for_a_car_that_stands() -> None:
    assert next_due(date(2024, 2, 29), 40_000, months=12, km=15_000, km_per_year=5_000, today=date(2025, 2, 20)) == Due(
        date(2025, 2, 28), "time", 8, 55_000
    )


def test_distance_comes_first_for_a_car_that_drives() -> None:
    due = next_due(date(2025, 1, 1), 40_000, months=12, km=15_000, km_per_year=30_000, today=date(2025, 8, 1))

    assert due == Due(date(2025, 7, 2), "distance", -30, 55_000)
    assert due.is_overdue


def test_without_a_known_distance_only_time_counts() -> None:
    due = next_due(date(2025, 1, 1), None, months=24, km=30_000, km_per_year=None, today=date(2025, 1, 1))

    assert due == Due(date(2027, 1, 1), "time", 730, None)


def test_work_without_an_interval_is_never_due() -> None:
    assert next_due(date(2025, 1, 1), 1, months=None, km=None, km_per_year=10_000, today=date(2025, 1, 1)) is None
    assert next_due(date(2025, 1, 1), 1, months=None, km=15_000, km_per_year=0, today=date(2025, 1, 1)) is None
    assert next_due(date(2025, 1, 1), 1, months=None, km=15_000, km_per_year=1, today=date(2025, 1, 1)) is None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 5, 5), 0, date(2025, 5, 5)),
    ],
)
def test_months_later_keeps_the_day_or_takes_the_last(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected
