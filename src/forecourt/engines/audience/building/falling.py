"""What is known of each car today: customer of which kind, and for each kind of work when it was last done and when it falls due, and why.

A table of one row a car. The rules are those of `statements`, which works out a few cars at a time; a test holds the two to equal rows.
"""

from typing import Any, Final

import ibis

from forecourt.engines.audience.building import tables
from forecourt.engines.audience.building.days import months_later
from forecourt.engines.audience.building.histories import newest
from forecourt.engines.audience.building.terms import (
    FIRST_SERVICE,
    LOST_AFTER_MONTHS,
    SERVICE_CUSTOMER_MONTHS,
    TEST_WORK,
    TYRE_CUSTOMER_MONTHS,
    Kind,
    Terms,
)

TIME, DISTANCE, TEST_DATE, FIRST_REGISTRATION = 1, 2, 3, 4
BECAUSE: Final = {TIME: "time", DISTANCE: "distance", TEST_DATE: "test_date", FIRST_REGISTRATION: "first_registration"}
#: A test date so many days after the last test known to us was given by the inspector, and rules.
TEST_DATE_IS_NEW_AFTER: Final = 90
STILL_SHOWN_DAYS: Final = 30
FURTHEST_DAYS: Final = 50 * 366
_LONGEST_LIFE_MONTHS: Final = 480


def due(bit: int) -> str:
    """The column of the day on which a kind falls due; missing where it does not."""
    return f"due_{bit}"


def because(bit: int) -> str:
    """The column that says why, as a number of `BECAUSE`."""
    return f"because_{bit}"


def facts(cars: Any, histories: Any, terms: Terms) -> Any:
    """The table `facts`: every car, also one that was never here."""
    known = cars.left_join(histories, "car").drop("car_right")
    lasts = {newest(kind.bit): known[newest(kind.bit)].fill_null(0) for kind in terms.kinds}
    last_visit = tables.day_stayed(known.stay)
    known = known.mutate(
        **lasts, visits=known.visits.fill_null(0), spent=known.spent.fill_null(0), last_visit=last_visit, site=tables.site_of(known.stay),
        last_km=ibis.coalesce(known.last_km, known.km.cast("int64")),
        is_service=known.paid_day.fill_null(0) >= terms.ago(SERVICE_CUSTOMER_MONTHS),
        is_tyre=known.tyre_day.fill_null(0) >= terms.ago(TYRE_CUSTOMER_MONTHS),
        is_lost=(last_visit < terms.ago(LOST_AFTER_MONTHS)).fill_null(False),  # noqa: FBT003 - a value
    )  # fmt: skip
    for kind in terms.due_kinds:
        known = _with_due(known, kind, terms)
    return known.select(
        "car", "site", "last_visit", "last_km", "yearly", "visits", "spent", "is_service", "is_tyre", "is_lost",
        **{newest(kind.bit): known[newest(kind.bit)] for kind in terms.kinds},
        due_site=ibis.coalesce(known.site, known.home.cast("int64")),
        **{name(kind.bit): known[name(kind.bit)] for kind in terms.due_kinds for name in (due, because)},
    )  # fmt: skip


def _with_due(known: Any, kind: Kind, terms: Terms) -> Any:
    """One more kind: its day and reason, in named steps, since an expression that is used twice is written twice."""
    known = known.mutate(done=known[newest(kind.bit)].nullif(0).cast("int64"))
    known = known.mutate(by_time=months_later(known.done, kind.months) if kind.months is not None else ibis.null("int64"))
    known = _with_test(known, kind, terms) if kind.code == TEST_WORK else _with_service(known, kind, terms)
    is_kept = known.is_kept & known.at.notnull()
    columns = {due(kind.bit): ibis.ifelse(is_kept, known.at, ibis.null("int64")), because(kind.bit): ibis.ifelse(is_kept, known.why, 0)}
    return known.mutate(**columns).drop("done", "by_time", "at", "why")


def _with_service(known: Any, kind: Kind, terms: Terms) -> Any:
    """Since it was last done, by time or distance, whichever is first (equal days count as time); a young car's first by its age."""
    if kind.km:
        days = (kind.km * 1461) // (known.yearly.nullif(0) * 4)
        by_distance = ibis.ifelse((known.yearly > 0) & (days <= FURTHEST_DAYS), known.done + days, ibis.null("int64"))
    else:
        by_distance = ibis.null("int64")
    known = known.mutate(by_distance=by_distance)
    is_distance = (known.by_distance < known.by_time) | known.by_time.isnull()
    at = ibis.ifelse(is_distance.fill_null(False), known.by_distance, known.by_time)  # noqa: FBT003 - a value
    why = ibis.ifelse(is_distance.fill_null(False), DISTANCE, TIME)  # noqa: FBT003 - a value
    known = known.mutate(at=at, why=why).drop("by_distance")
    if kind.code == FIRST_SERVICE and kind.months:
        first = months_later(known.registered, kind.months)
        known = known.mutate(first=ibis.ifelse(known.done.isnull() & (first >= terms.ago(12)), first, ibis.null("int64")))
        known = known.mutate(
            at=ibis.coalesce(known.at, known["first"]), why=ibis.ifelse(known.done.isnull(), FIRST_REGISTRATION, known.why)
        )
        known = known.drop("first")
    return known


def _with_test(known: Any, kind: Kind, terms: Terms) -> Any:
    """The inspector's date, else the last test and its interval, else by the age of the car."""
    if not kind.months:
        return known.mutate(at=ibis.null("int64"), why=0)
    has_date = known.test.notnull() & (known.done.isnull() | (known.test > known.done + TEST_DATE_IS_NEW_AFTER))
    known = known.mutate(has_date=has_date)
    known = _with_next_by_age(known, kind.months, terms)
    at = ibis.cases((known.has_date, known.test.cast("int64")), (known.by_time.notnull(), known.by_time), else_=known.by_age)
    why = ibis.cases((known.has_date, TEST_DATE), (known.by_time.notnull(), TIME), else_=FIRST_REGISTRATION)
    return known.mutate(at=at, why=why).drop("has_date", "by_age")


def _with_next_by_age(known: Any, months: int, terms: Terms) -> Any:
    """The first of the regular tests, counted from the first registration, that is not over by more than a month."""
    since, latest = terms.today.toordinal() - STILL_SHOWN_DAYS, terms.ago(-120)
    known = known.mutate(begins=months_later(known.registered, known.first_test))
    # 48,699 / 1,600 days are the mean month; no run of months differs from that by more than 3 days, so one of three is it.
    known = known.mutate(turn=((since + 4 - known.begins) * 1600) // (48_699 * months))
    turns = {f"turn_{more}": months_later(known.begins, ibis.greatest(known.turn + more, 0) * months) for more in (-1, 0, 1)}
    known = known.mutate(**turns)
    upcoming = ibis.cases(
        (known["turn_-1"] >= since, known["turn_-1"]), (known.turn_0 >= since, known.turn_0), else_=known.turn_1,
    )  # fmt: skip
    is_told = (known.registered > terms.ago(_LONGEST_LIFE_MONTHS)) & (upcoming <= latest)
    return known.mutate(by_age=ibis.ifelse(is_told, upcoming, ibis.null("int64"))).drop("begins", "turn", *turns)
