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
_NO_DAY: Final = ibis.null("int64")


def due(bit: int) -> str:
    """The column of the day on which a kind falls due; missing where it does not."""
    return f"due_{bit}"


def because(bit: int) -> str:
    """The column that says why, as a number of `BECAUSE`."""
    return f"because_{bit}"


def facts(cars: Any, histories: Any, terms: Terms) -> Any:
    """The table `facts`: every car, also one that was never here.

    Step by step for all kinds at once: an expression that is used twice is written twice, and each step costs time to compile.
    """
    known = cars.left_join(histories, "car").drop("car_right")
    last_visit = tables.day_stayed(known.stay)
    known = known.mutate(
        **{newest(kind.bit): known[newest(kind.bit)].fill_null(0) for kind in terms.kinds},
        **{_done(kind): known[newest(kind.bit)].nullif(0).cast("int64") for kind in terms.due_kinds},
        visits=known.visits.fill_null(0), spent=known.spent.fill_null(0), last_visit=last_visit, site=tables.site_of(known.stay),
        last_km=ibis.coalesce(known.last_km, known.km.cast("int64")),
        is_service=known.paid_day.fill_null(0) >= terms.ago(SERVICE_CUSTOMER_MONTHS),
        is_tyre=known.tyre_day.fill_null(0) >= terms.ago(TYRE_CUSTOMER_MONTHS),
        is_lost=(last_visit < terms.ago(LOST_AFTER_MONTHS)).fill_null(False),  # noqa: FBT003 - a value
    )  # fmt: skip
    known = known.mutate(**{name: step for kind in terms.due_kinds for name, step in _limits(known, kind, terms).items()})
    known = _with_next_by_age(known, terms)
    known = known.mutate(**{name: step for kind in terms.due_kinds for name, step in _falls(known, kind, terms).items()})
    return known.select(
        "car", "site", "last_visit", "last_km", "yearly", "visits", "spent", "is_service", "is_tyre", "is_lost",
        **{newest(kind.bit): known[newest(kind.bit)] for kind in terms.kinds},
        due_site=ibis.coalesce(known.site, known.home.cast("int64")),
        **{due(kind.bit): ibis.ifelse(known.is_kept, known[_at(kind)], _NO_DAY) for kind in terms.due_kinds},
        **{because(kind.bit): ibis.ifelse(known.is_kept & known[_at(kind)].notnull(), known[_why(kind)], 0) for kind in terms.due_kinds},
    )  # fmt: skip


def _done(kind: Kind) -> str:
    return f"done_{kind.bit}"


def _by_time(kind: Kind) -> str:
    return f"by_time_{kind.bit}"


def _by_other(kind: Kind) -> str:
    return f"by_other_{kind.bit}"


def _at(kind: Kind) -> str:
    return f"at_{kind.bit}"


def _why(kind: Kind) -> str:
    return f"why_{kind.bit}"


def _limits(known: Any, kind: Kind, terms: Terms) -> dict[str, Any]:
    """When it is due by time, and by distance or, for a car's first service, by its age."""
    done = known[_done(kind)]
    by_time = _NO_DAY if kind.months is None else months_later(done, kind.months)
    by_other = _NO_DAY
    if kind.km and kind.code != TEST_WORK:
        days = (kind.km * 1461) // (known.yearly.nullif(0) * 4)
        by_other = ibis.ifelse((known.yearly > 0) & (days <= FURTHEST_DAYS), done + days, _NO_DAY)
    if kind.code == FIRST_SERVICE and kind.months:
        first = months_later(known.registered, kind.months)
        by_other = ibis.ifelse(done.notnull(), by_other, ibis.ifelse(first >= terms.ago(12), first, _NO_DAY))
    return {_by_time(kind): by_time, _by_other(kind): by_other}


def _falls(known: Any, kind: Kind, terms: Terms) -> dict[str, Any]:
    """The limit that is reached first, and why; equal days count as time."""
    done, by_time, by_other = known[_done(kind)], known[_by_time(kind)], known[_by_other(kind)]
    if kind.code != TEST_WORK:
        is_other = ((by_other < by_time) | by_time.isnull()).fill_null(False)  # noqa: FBT003 - a value
        why_other = ibis.ifelse(done.isnull(), FIRST_REGISTRATION, DISTANCE)
        return {_at(kind): ibis.ifelse(is_other, by_other, by_time), _why(kind): ibis.ifelse(is_other, why_other, TIME)}
    if not kind.months:
        return {_at(kind): _NO_DAY, _why(kind): ibis.literal(0)}
    has_date = known.test.notnull() & (done.isnull() | (known.test > done + TEST_DATE_IS_NEW_AFTER))
    return {
        _at(kind): ibis.cases((has_date, known.test.cast("int64")), (by_time.notnull(), by_time), else_=known.by_age),
        _why(kind): ibis.cases((has_date, TEST_DATE), (by_time.notnull(), TIME), else_=FIRST_REGISTRATION),
    }


def _with_next_by_age(known: Any, terms: Terms) -> Any:
    """The first of the regular tests, counted from the first registration, that is not over by more than a month."""
    months = next((kind.months for kind in terms.due_kinds if kind.code == TEST_WORK), None)
    if not months:
        return known
    since, latest = terms.today.toordinal() - STILL_SHOWN_DAYS, terms.ago(-120)
    known = known.mutate(begins=months_later(known.registered, known.first_test))
    # 48,699 / 1,600 days are the mean month; no run of months differs from that by more than 3 days, so one of three is it.
    known = known.mutate(turn=((since + 4 - known.begins) * 1600) // (48_699 * months))
    turns = [months_later(known.begins, ibis.greatest(known.turn + more, 0) * months) for more in (-1, 0, 1)]
    known = known.mutate(before=turns[0], there=turns[1], after=turns[2])
    upcoming = ibis.cases((known.before >= since, known.before), (known.there >= since, known.there), else_=known.after)
    is_told = (known.registered > terms.ago(_LONGEST_LIFE_MONTHS)) & (upcoming <= latest)
    return known.mutate(by_age=ibis.ifelse(is_told, upcoming, _NO_DAY))
