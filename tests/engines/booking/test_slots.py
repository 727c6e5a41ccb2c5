"""Free time: hours, closures, what is taken, and the days on which clocks or calendars are odd."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecourt.engines.booking import reservations, resources, slots, taken
from forecourt.engines.booking.models import Resource
from forecourt.engines.booking.slots import Requirement
from forecourt.kernel.ids import uuid7
from forecourt.kernel.periods import Period
from forecourt.runtime import scope

MakeResource = Callable[..., Resource]
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def day(text: str) -> Period:
    return Period(at(f"{text} 00:00"), at(f"{text} 00:00") + timedelta(days=1))


def starts(found: list[slots.Slot], zone: ZoneInfo = BERLIN) -> list[str]:
    return [f"{slot.period.starts_at.astimezone(zone):%H:%M}" for slot in found]


def need(role: str, *of: Resource) -> Requirement:
    return Requirement(role, tuple(each.pk for each in of))


def take(period: Period, *of: Resource, state: str = "confirmed", until: datetime | None = None) -> None:
    reservations.take(
        holder_kind="test", holder_id=uuid7(), period=period, requirements=[need(each.kind, each) for each in of], state=state, until=until
    )


def test_what_is_open_is_free_and_a_slot_ends_within_the_hours(make: MakeResource) -> None:
    bay = make("Bay 1", hours="Mo-Fr 08:00-10:00,13:00-14:00")
    found = slots.free(requirements=[need("bay", bay)], minutes=60, window=day("2026-03-02"))
    assert starts(found) == ["08:00", "08:15", "08:30", "08:45", "09:00", "13:00"]
    assert found[0].choices == {"bay": (bay.pk,)}


def test_neither_reservations_nor_closures_are_met_not_even_by_a_minute(make: MakeResource) -> None:
    bay = make("Bay 1", hours="Mo-Fr 08:00-12:00")
    take(Period(at("2026-03-02 09:01"), at("2026-03-02 09:20")), bay)
    resources.close(resource_id=bay.pk, periods=[Period(at("2026-03-02 11:30"), at("2026-03-02 13:00"))])
    found = slots.free(requirements=[need("bay", bay)], minutes=60, window=day("2026-03-02"))
    assert starts(found) == ["08:00", "09:30", "09:45", "10:00", "10:15", "10:30"]


def test_every_role_is_filled_at_once_and_choices_keep_their_order(make: MakeResource) -> None:
    bays = [make("Bay 1"), make("Bay 2")]
    people = [make("Ann", kind="technician"), make("Ben", kind="technician")]
    take(Period(at("2026-03-02 08:00"), at("2026-03-02 09:00")), bays[1])
    take(Period(at("2026-03-02 08:30"), at("2026-03-02 09:00")), people[0])
    requirements = [need("bay", bays[1], bays[0]), need("technician", *people)]
    window = Period(at("2026-03-02 08:00"), at("2026-03-02 10:00"))
    found = slots.free(requirements=requirements, minutes=30, window=window, step_minutes=30)
    assert [slot.choices for slot in found] == [
        {"bay": (bays[0].pk,), "technician": (people[0].pk, people[1].pk)},
        {"bay": (bays[0].pk,), "technician": (people[1].pk,)},
        {"bay": (bays[1].pk, bays[0].pk), "technician": (people[0].pk, people[1].pk)},
        {"bay": (bays[1].pk, bays[0].pk), "technician": (people[0].pk, people[1].pk)},
    ]


def test_a_role_that_nobody_can_fill_leaves_nothing(make: MakeResource) -> None:
    window = day("2026-03-02")
    assert slots.free(requirements=[need("bay", make("Bay 1")), need("technician")], minutes=30, window=window) == []


def test_at_most_gives_the_first_ones(make: MakeResource) -> None:
    found = slots.free(requirements=[need("bay", make("Bay 1"))], minutes=30, window=day("2026-03-02"), at_most=2)
    assert starts(found) == ["00:00", "00:15"]


def test_a_resource_that_was_retired_is_offered_no_more(make: MakeResource) -> None:
    bay = make("Bay 1")
    resources.retire(kind="bay", ref_ids=[bay.ref_id])
    assert slots.free(requirements=[need("bay", bay)], minutes=30, window=day("2026-03-02")) == []


def test_a_hold_takes_time_until_it_is_over(make: MakeResource, settings: object) -> None:
    bay = make("Bay 1")
    window = Period(at("2026-03-02 08:00"), at("2026-03-02 09:00"))
    take(window, bay, state="held", until=datetime.now(UTC) + timedelta(minutes=5))
    assert slots.choices(requirements=[need("bay", bay)], period=window) == {"bay": ()}
    settings.CLOCK = "+6m"  # type: ignore[attr-defined]
    assert slots.choices(requirements=[need("bay", bay)], period=window) == {"bay": (bay.pk,)}


@pytest.mark.parametrize(
    ("sunday", "expected"),
    [
        # The clock jumps from 02:00 to 03:00: there is no 02:30, and 01:00 to 04:00 are two hours.
        ("2026-03-29", ["01:00", "01:30", "03:00", "03:30"]),
        # The clock falls from 03:00 to 02:00: 02:00 and 02:30 come twice, and 01:00 to 04:00 are four hours.
        ("2026-10-25", ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]),
        ("2026-03-22", ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
    ],
)
def test_when_clocks_change_every_real_half_hour_is_offered_once(make: MakeResource, sunday: str, expected: list[str]) -> None:
    bay = make("Night bay", hours="Su 01:00-04:00")
    found = slots.free(requirements=[need("bay", bay)], minutes=30, window=day(sunday), step_minutes=30)
    assert starts(found) == expected
    assert len({slot.period.starts_at for slot in found}) == len(expected)


@pytest.mark.parametrize("weekend", ["2026-03-28", "2026-10-24"])
def test_opening_hours_stay_at_the_wall_clock_over_a_change(make: MakeResource, weekend: str) -> None:
    bay = make("Bay 1", hours="Mo-Fr 08:00-09:00; Sa 08:00-09:00")
    first = date.fromisoformat(weekend)
    window = Period(at(f"{weekend} 00:00"), at(f"{weekend} 00:00") + timedelta(days=3))
    found = slots.free(requirements=[need("bay", bay)], minutes=60, window=window)
    local = [slot.period.starts_at.astimezone(BERLIN) for slot in found]
    assert [(each.date() - first, f"{each:%H:%M}") for each in local] == [(timedelta(0), "08:00"), (timedelta(days=2), "08:00")]
    assert local[0].utcoffset() != local[1].utcoffset()


def test_a_reservation_over_a_change_of_clocks_takes_its_real_hours(make: MakeResource) -> None:
    bay = make("Night bay", hours="Su 00:00-06:00")
    # In spring 01:00 to 04:00 on the wall are two hours
    reservation = Period(at("2026-03-29 01:00"), at("2026-03-29 04:00"))
    assert reservation.duration == timedelta(hours=2)
    take(reservation, bay)
    found = slots.free(requirements=[need("bay", bay)], minutes=60, window=day("2026-03-29"), step_minutes=60)
    assert starts(found) == ["00:00", "04:00", "05:00"]


def test_the_leap_day_is_a_day(make: MakeResource) -> None:
    bay = make("Bay 1", hours="Mo-Su 08:00-09:00")
    window = Period(at("2028-02-28 00:00"), at("2028-03-02 00:00"))
    found = slots.free(requirements=[need("bay", bay)], minutes=60, window=window)
    assert [f"{slot.period.starts_at:%m-%d}" for slot in found] == ["02-28", "02-29", "03-01"]


def test_the_year_ends_without_a_gap_and_its_holiday_is_closed(make: MakeResource) -> None:
    bay = make("Bay 1", hours="Mo-Su 08:00-09:00", closed_on=[date(2027, 1, 1)])
    window = Period(at("2026-12-30 00:00"), at("2027-01-03 00:00"))
    found = slots.free(requirements=[need("bay", bay)], minutes=60, window=window)
    assert [f"{slot.period.starts_at:%Y-%m-%d}" for slot in found] == ["2026-12-30", "2026-12-31", "2027-01-02"]


def test_an_always_open_bay_is_free_over_midnight(make: MakeResource) -> None:
    bay = make("Bay 1", hours="Mo-Su 00:00-24:00")
    window = Period(at("2026-03-02 23:30"), at("2026-03-03 00:30"))
    assert starts(slots.free(requirements=[need("bay", bay)], minutes=60, window=window)) == ["23:30"]


def test_free_time_takes_two_queries_whatever_is_taken(make: MakeResource, django_assert_num_queries: object) -> None:
    bay = make("Bay 1")
    for hour in range(8, 16):
        take(Period(at(f"2026-03-02 {hour:02}:00"), at(f"2026-03-02 {hour:02}:30")), bay)
    with django_assert_num_queries(2):  # type: ignore[operator]
        slots.free(requirements=[need("bay", bay)], minutes=30, window=day("2026-03-02"))


def test_what_is_taken_elsewhere_is_neither_seen_nor_counted(make: MakeResource) -> None:
    """The question is put in SQL by hand, so it must name the organisation by itself."""
    bay = make("Bay 1")
    window = Period(at("2026-03-02 08:00"), at("2026-03-02 09:00"))
    take(window, bay)
    with scope.of(uuid7()):
        assert [len(each) for each in taken.by_resource([bay], window)] == [0]
    with scope.everywhere("nothing is planned for all dealers at once"), pytest.raises(scope.ScopeMissing):
        taken.by_resource([bay], window)


def test_only_what_is_still_to_come_of_the_asked_resources_is_read(make: MakeResource) -> None:
    bay = make("Bay 1")
    with CaptureQueriesContext(connection) as captured:
        taken.by_resource([bay], day("2026-03-02"))
    with connection.cursor() as cursor:
        # A table this small is read in whatever way; what counts is that the index alone can answer.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {captured[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using reservation_by_end" in plan, plan
    assert "resource_id = ANY" in plan.split("reservation_by_end")[1].split("Filter")[0]
