import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forecourt.kernel import hours
from forecourt.kernel.hours import WeekHours
from forecourt.kernel.periods import Period

BERLIN = ZoneInfo("Europe/Berlin")
WORKSHOP = hours.from_text(
    "Mo-Fr 07:30-12:00,13:00-17:30; Sa 08:00-12:00; 2025-12-24 08:00-12:00; 2025-12-25 off; 2025-12-26 off; 2026-01-01 off", "Europe/Berlin"
)
NIGHT_TOO = hours.from_text("Mo-Su 00:00-24:00", "Europe/Berlin")


def berlin(*wall_clock: int, fold: int = 0) -> datetime:
    """Year, month, day, hour, minute on the clocks of Berlin."""
    year, month, day, hour, minute = (*wall_clock, 0, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


def test_a_day_has_its_intervals_with_the_break_between() -> None:
    assert WORKSHOP.intervals(date(2025, 6, 2)) == [
        Period(datetime(2025, 6, 2, 5, 30, tzinfo=UTC), datetime(2025, 6, 2, 10, tzinfo=UTC)),
        Period(datetime(2025, 6, 2, 11, tzinfo=UTC), datetime(2025, 6, 2, 15, 30, tzinfo=UTC)),
    ]
    assert WORKSHOP.intervals(date(2025, 6, 8)) == []


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (berlin(2025, 6, 2, 7, 30), True),
        (berlin(2025, 6, 2, 12, 0), False),
        (berlin(2025, 6, 2, 12, 59), False),
        (berlin(2025, 6, 2, 17, 29), True),
        (berlin(2025, 6, 7, 9, 0), True),
        (berlin(2025, 6, 8, 9, 0), False),
        (berlin(2025, 12, 24, 13, 0), False),
        (berlin(2025, 12, 25, 9, 0), False),
    ],
)
def test_open_is_what_week_holidays_and_special_days_say(at: datetime, is_open: bool) -> None:
    assert WORKSHOP.is_open(at) is is_open


def test_special_hours_open_a_closed_day() -> None:
    fair = WeekHours("Europe/Berlin", {}, closed_on=frozenset({date(2025, 6, 8)}), extra={date(2025, 6, 8): ((time(11), time(16)),)})

    assert fair.is_open(berlin(2025, 6, 8, 12))


def test_the_next_opening_after_saturday_noon_is_monday_morning() -> None:
    assert WORKSHOP.next_open(berlin(2025, 6, 7, 12)) == berlin(2025, 6, 9, 7, 30)
    assert WORKSHOP.next_open(berlin(2025, 6, 9, 8)) == berlin(2025, 6, 9, 8)


def test_a_place_that_never_opens_has_no_next_opening_and_no_deadlines() -> None:
    closed = WeekHours("Europe/Berlin", {})

    assert closed.next_open(berlin(2025, 6, 7)) is None
    with pytest.raises(ValueError, match="for good"):
        closed.add_working_time(berlin(2025, 6, 7), timedelta(minutes=1))


def test_four_working_hours_from_friday_afternoon_end_on_saturday() -> None:
    assert WORKSHOP.add_working_time(berlin(2025, 6, 6, 16), timedelta(hours=4)) == berlin(2025, 6, 7, 10, 30)


def test_working_time_ends_with_the_day_not_at_the_next_opening() -> None:
    assert WORKSHOP.add_working_time(berlin(2025, 6, 6, 16, 30), timedelta(hours=1)) == berlin(2025, 6, 6, 17, 30)


def test_deadlines_step_over_christmas_and_new_year() -> None:
    assert WORKSHOP.add_working_time(berlin(2025, 12, 24, 11), timedelta(hours=2)) == berlin(2025, 12, 27, 9)
    # 31 December 2025 is a Wednesday, 2 January a Friday.
    assert WORKSHOP.add_working_time(berlin(2025, 12, 31, 17), timedelta(hours=1)) == berlin(2026, 1, 2, 8)


def test_the_leap_day_is_a_working_day_like_others() -> None:
    # 29 February 2024 is a Thursday.
    assert WORKSHOP.add_working_time(berlin(2024, 2, 28, 17), timedelta(hours=1)) == berlin(2024, 2, 29, 8)
    assert WORKSHOP.working_time_between(berlin(2024, 2, 28, 17), berlin(2024, 3, 1, 8)) == timedelta(hours=10)


def test_a_workshop_open_day_and_night_has_23_and_25_hours_when_clocks_change() -> None:
    assert sum((p.duration for p in NIGHT_TOO.intervals(date(2025, 3, 30))), timedelta()) == timedelta(hours=23)
    assert sum((p.duration for p in NIGHT_TOO.intervals(date(2025, 10, 26))), timedelta()) == timedelta(hours=25)
    assert NIGHT_TOO.working_time_between(berlin(2025, 3, 29), berlin(2025, 3, 31)) == timedelta(hours=47)
    assert NIGHT_TOO.is_open(berlin(2025, 10, 26, 2, 30, fold=1))


def test_an_interval_within_the_skipped_hour_does_not_take_place() -> None:
    early = hours.from_text("Su 02:00-03:00,06:00-07:00", "Europe/Berlin")

    assert early.intervals(date(2025, 3, 30)) == [Period(berlin(2025, 3, 30, 6), berlin(2025, 3, 30, 7))]
    assert early.intervals(date(2025, 10, 26))[0].duration == timedelta(hours=2)


def test_time_that_runs_backwards_is_negative() -> None:
    assert WORKSHOP.working_time_between(berlin(2025, 6, 2, 10), berlin(2025, 6, 2, 9)) == timedelta(hours=-1)


def test_no_time_added_is_the_same_instant_and_less_is_an_error() -> None:
    sunday = berlin(2025, 6, 8, 9)

    assert WORKSHOP.add_working_time(sunday, timedelta(0)) == sunday
    with pytest.raises(ValueError, match="not taken away"):
        WORKSHOP.add_working_time(sunday, timedelta(seconds=-1))


instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
durations = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(st.sampled_from([WORKSHOP, NIGHT_TOO]), instants, durations)
@example(NIGHT_TOO, datetime(2025, 3, 30, 0, 30, tzinfo=UTC), timedelta(hours=2))
def test_time_added_is_the_time_between(week: WeekHours, start: datetime, amount: timedelta) -> None:
    end = week.add_working_time(start, amount)

    assert week.working_time_between(start, end) == amount


@given(instants, instants, instants)
def test_working_time_adds_up_along_the_way(a: datetime, b: datetime, c: datetime) -> None:
    between = NIGHT_TOO.working_time_between

    assert between(a, b) + between(b, c) == between(a, c) == c - a


@given(instants)
def test_the_next_opening_is_open_and_nothing_before_it_is(at: datetime) -> None:
    opening = WORKSHOP.next_open(at)

    assert opening is not None
    assert WORKSHOP.is_open(opening)
    assert WORKSHOP.working_time_between(at, opening) == timedelta(0)


_quarters = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(lambda marks: sorted(marks)[: len(marks) // 2 * 2])


def _day_hours(marks: list[int]) -> tuple[tuple[time, time], ...]:
    at = [time(mark // 4 % 24, mark % 4 * 15) for mark in marks]
    return tuple(zip(at[::2], at[1::2], strict=True))


day_hours = _quarters.map(_day_hours)
weeks = st.builds(
    WeekHours,
    st.just("Europe/Rome"),
    st.dictionaries(st.integers(0, 6), day_hours),
    st.frozensets(st.dates(date(2025, 1, 1), date(2025, 1, 5)), max_size=3),
    st.dictionaries(st.dates(date(2025, 2, 1), date(2025, 2, 5)), day_hours, max_size=3),
)


@given(weeks)
def test_written_hours_read_back_the_same(week: WeekHours) -> None:
    assert hours.from_text(week.to_text(), week.zone) == week


def test_hours_are_written_shortly() -> None:
    text = "Mo-Fr 07:30-12:00,13:00-17:30; Sa 08:00-24:00; 2025-12-24 08:00-12:00; 2025-12-25 off"

    assert hours.from_text(text, "Europe/Berlin").to_text() == text
    assert hours.from_text("Sa,Mo 08:00-9:00; We-Th 10:00 - 11:00; Th off", "Europe/Berlin").to_text() == (
        "Mo 08:00-09:00; We 10:00-11:00; Sa 08:00-09:00"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Mo-Fr", "not hours"),
        ("Mo 8-12", "not hours like 08:00-12:00: '8-12'"),
        ("Xx 08:00-12:00", "not a weekday"),
        ("Mo 08:00-25:00", "no such time"),
        ("Mo 12:00-08:00", "ends before it starts"),
        ("Mo 08:00-12:00,11:00-13:00", "overlap at 11:00"),
        ("Mo 08:00-24:00,11:00-13:00", "overlap at 11:00"),
        ("2025-13-01 off", "not a date"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_the_part_that_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        hours.from_text(text, "Europe/Berlin")


def test_an_unknown_zone_and_weekday_are_refused() -> None:
    with pytest.raises(ValueError, match="Mars"):
        WeekHours("Mars/Olympus", {})
    with pytest.raises(ValueError, match="no weekday: 7"):
        WeekHours("Europe/Berlin", {7: ()})


def test_hours_can_be_keys_and_travel_between_processes() -> None:
    assert pickle.loads(pickle.dumps(WORKSHOP)) == WORKSHOP
    assert hash(hours.from_text(WORKSHOP.to_text(), "Europe/Berlin")) == hash(WORKSHOP)
