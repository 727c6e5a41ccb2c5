from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.kernel.periods import Period, merged, without

NINE = datetime(2025, 6, 2, 9, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")


def at(start: int, end: int) -> Period:
    """A period in minutes after nine."""
    return Period(NINE + timedelta(minutes=start), NINE + timedelta(minutes=end))


periods = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: at(pair[0], pair[0] + pair[1]))
many = st.lists(periods, max_size=12)


def minutes(found: list[Period]) -> set[int]:
    """Every minute covered, the slow way."""
    return {
        minute
        for period in found
        for minute in range(int((period.starts_at - NINE).total_seconds() // 60), int((period.ends_at - NINE).total_seconds() // 60))
    }


def test_a_period_must_end_after_it_starts() -> None:
    for end in (NINE, NINE - timedelta(minutes=1)):
        with pytest.raises(ValueError, match="end after"):
            Period(NINE, end)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Period(NINE.replace(tzinfo=None), NINE + timedelta(hours=1))


def test_the_night_on_which_clocks_go_back_has_its_25_hours() -> None:
    night = Period(datetime(2025, 10, 26, tzinfo=ROME), datetime(2025, 10, 27, tzinfo=ROME))

    assert night.duration == timedelta(hours=25)


def test_the_hour_that_comes_twice_is_ordered_by_when_it_happens() -> None:
    first = Period.of(datetime(2025, 10, 26, 2, 50, tzinfo=ROME), timedelta(minutes=5))
    second = Period.of(datetime(2025, 10, 26, 2, 10, fold=1, tzinfo=ROME), timedelta(minutes=5))

    assert first < second
    assert not first.overlaps(second)


def test_the_same_time_in_two_zones_is_the_same_period() -> None:
    assert Period.of(NINE, timedelta(hours=1)) == Period.of(NINE.astimezone(ROME), timedelta(hours=1))


def test_periods_that_only_touch_do_not_overlap() -> None:
    assert not at(0, 10).overlaps(at(10, 20))
    assert at(0, 11).overlaps(at(10, 20))
    assert at(0, 10).intersection(at(10, 20)) is None
    assert at(0, 15).intersection(at(10, 20)) == at(10, 15)


def test_the_end_does_not_belong_to_a_period() -> None:
    assert at(0, 10).contains(NINE)
    assert not at(0, 10).contains(NINE + timedelta(minutes=10))
    assert at(0, 10).contains(at(0, 10))
    assert not at(0, 10).contains(at(5, 11))


def test_shifting_keeps_the_duration() -> None:
    assert at(0, 10).shifted(timedelta(minutes=-5)) == at(-5, 5)


def test_touching_periods_become_one() -> None:
    assert merged([at(10, 20), at(0, 10), at(30, 40), at(32, 35)]) == [at(0, 20), at(30, 40)]


def test_a_lunch_cut_out_of_a_day_leaves_two_halves() -> None:
    assert without([at(0, 480)], [at(180, 240), at(200, 210), at(470, 500)]) == [at(0, 180), at(240, 470)]


@given(many)
def test_merging_covers_the_same_minutes_with_gaps_between(found: list[Period]) -> None:
    joined = merged(found)

    assert minutes(joined) == minutes(found)
    assert all(a.ends_at < b.starts_at for a, b in pairwise(joined))


@given(many, many)
def test_what_is_left_is_the_base_without_the_taken(base: list[Period], taken: list[Period]) -> None:
    left = without(base, taken)

    assert minutes(left) == minutes(base) - minutes(taken)
    assert left == merged(left)


@given(periods, periods)
def test_an_intersection_is_what_both_cover(a: Period, b: Period) -> None:
    shared = a.intersection(b)

    assert minutes([shared] if shared else []) == minutes([a]) & minutes([b])
    assert a.overlaps(b) == b.overlaps(a) == (shared is not None)
