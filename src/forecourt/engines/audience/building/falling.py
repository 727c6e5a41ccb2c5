"""What is known of each car today: customer of which kind, and for each kind of work when it was last done and when it falls due, and why.

A table of one row a car. The rules are those of `statements`, which works out a few cars at a time; a test holds the two to equal rows.
"""

from typing import Any, Final

import ibis

from forecourt.engines.audience.building import tables
from forecourt.engines.audience.building.calendar import (
    FIRST_SERVICE_ASKED_MONTHS,
    FIRST_SERVICE_SHOWN_MONTHS,
    FURTHEST_AHEAD_MONTHS,
    LONGEST_LIFE_MONTHS,
    STILL_SHOWN_DAYS,
    ago,
)
from forecourt.engines.audience.building.days import as_date, months_later
from forecourt.engines.audience.building.histories import newest
from forecourt.engines.audience.building.terms import (
    FIRST_SERVICE,
    FURTHEST_DAYS,
    LOST_AFTER_MONTHS,
    SERVICE_CUSTOMER_MONTHS,
    SERVICE_IS_NEXT_AFTER,
    SERVICE_IS_NEXT_AFTER_KM,
    TEST_WORK,
    TYRE_CUSTOMER_MONTHS,
    TYRE_STORAGE,
    TYRES_THERE,
    Kind,
    Terms,
)

TIME, DISTANCE, TEST_DATE, FIRST_REGISTRATION, CONDITION = 1, 2, 3, 4, 5
BECAUSE: Final = {
    TIME: "time", DISTANCE: "distance", TEST_DATE: "test_date", FIRST_REGISTRATION: "first_registration", CONDITION: "condition",
}  # fmt: skip
#: A test date so many days after the last test known to us was given by the inspector, and rules.
TEST_DATE_IS_NEW_AFTER: Final = 90
_FAR: Final = 1 << 30
_FIRST: Final = "first_service"
_NAMED_DAY: Final = "named_day"
_NAMED_KM: Final = "named_km"
_NO_DAY: Final = ibis.literal(_FAR, "int32")
#: The first day on which a row can come out differently though nothing of its car changed; never too late, sometimes some days early.
TURNS: Final = "turns"
#: Of `histories`, what is not told under the same name: for the next build.
CARRIED: Final = ("stay", "read_km", "read_day", "paid_day", "tyre_day")


def due(bit: int) -> str:
    """The column of the day on which a kind falls due; missing where it does not."""
    return f"due_{bit}"


def because(bit: int) -> str:
    """The column that says why, as a number of `BECAUSE`."""
    return f"because_{bit}"


def facts(cars: Any, histories: Any, calendar: Any, terms: Terms) -> Any:
    """The table `facts` on the day of `calendar`: every car, also one that was never here.

    Step by step for all kinds at once, as each step may use what those before it made. A day that is not is `_FAR` until the last step: a comparison
    of numbers is quicker than one that must ask first whether there is any.
    """
    known = cars.left_join(histories, "car").drop("car_right").cross_join(calendar)
    known = _with_customer(known, terms)
    known = known.mutate(**{name: step for kind in terms.due_kinds for name, step in _days(known, kind).items()})
    known = known.mutate(**{name: step for kind in terms.due_kinds for name, step in _limits(known, kind).items()})
    known = _with_next_by_age(known, terms)
    known = _with_named_service(known, terms)
    known = known.mutate(**{name: step for kind in terms.due_kinds for name, step in _falls(known, kind).items()})
    known = known.mutate(**{TURNS: _turns(known)})
    return known.select(
        "car", "site", "last_visit", "last_km", "yearly", "visits", "spent", "is_service", "is_tyre", "is_lost",
        *(newest(kind.bit) for kind in terms.kinds),
        tyres_stored=_tyres_stored(known, terms),
        due_site=ibis.coalesce(known.site, known.home),
        **{due(kind.bit): known[_at(kind)].nullif(_FAR) for kind in terms.due_kinds},
        **{because(kind.bit): ibis.ifelse(known[_at(kind)] < _FAR, known[_why(kind)], 0) for kind in terms.due_kinds},
        **{name: known[name] for name in CARRIED},
        **{TURNS: known[TURNS]},
    )  # fmt: skip


def facts_of_some(base: Any, cars: Any, touched: Any | None, made: Any | None, calendar: Any, terms: Terms) -> Any:
    """The table `facts` of those cars alone whose rows can differ from those of `base`, an earlier day's with the same kinds.

    They are the cars that were touched since, with the histories made of them anew, and those whose rows turn by the day.
    """
    turning = base.filter(base[TURNS] <= calendar.today.as_scalar())
    if touched is None or made is None:
        return facts(cars.semi_join(turning, "car"), histories_of(turning, terms), calendar, terms)
    turning = turning.anti_join(touched, "car")
    kept = histories_of(turning, terms)
    # Ibis takes some columns for wider than engines make them.
    known = kept.union(made.select(*kept.columns).cast(kept.schema()))
    some = turning.select("car").union(touched.select("car").cast(turning.select("car").schema()))
    return facts(cars.semi_join(some, "car"), known, calendar, terms)


def brought_up(base: Any, some: Any) -> Any:
    """The table `facts` of all cars: the rows of `base`, and in their place those of `facts_of_some`."""
    return base.anti_join(some.select("car"), "car").union(some.select(*base.columns))


def histories_of(facts: Any, terms: Terms) -> Any:
    """The table `histories`, complete, out of that of an earlier build with the same kinds."""
    return facts.select(
        "car",
        "visits",
        "spent",
        "stay",
        "paid_day",
        "tyre_day",
        "yearly",
        "read_day",
        *(newest(kind.bit) for kind in terms.kinds),
        last_km=facts.read_km,
    )


def _with_customer(known: Any, terms: Terms) -> Any:
    known = known.mutate(
        **{newest(kind.bit): known[newest(kind.bit)].fill_null(0) for kind in terms.kinds},
        visits=known.visits.fill_null(0), spent=known.spent.fill_null(0), paid_day=known.paid_day.fill_null(0),
        tyre_day=known.tyre_day.fill_null(0), last_visit=tables.day_stayed(known.stay), site=tables.site_of(known.stay), read_km=known.last_km,
        last_km=ibis.coalesce(known.last_km, known.km.cast("int64")),
        never=ibis.ifelse(known.is_kept, 0, _FAR).cast("int32"),  # nothing falls due on a car that nobody keeps
        quarter_yearly=ibis.greatest(known.yearly.fill_null(0), 0).nullif(0) * 4,
    )  # fmt: skip
    return known.mutate(
        is_service=known.paid_day >= known[ago(SERVICE_CUSTOMER_MONTHS)], is_tyre=known.tyre_day >= known[ago(TYRE_CUSTOMER_MONTHS)],
        is_lost=(known.last_visit < known[ago(LOST_AFTER_MONTHS)]).fill_null(False),  # noqa: FBT003 - a value
    )  # fmt: skip


def _tyres_stored(known: Any, terms: Terms) -> Any:
    """The day of the newest line of tyre storage, if tyres were there after it."""
    stored, there = terms.bit(TYRE_STORAGE), terms.bit(TYRES_THERE)
    if stored is None or there is None:
        return ibis.null("int32")
    return ibis.ifelse(known[newest(there)] == known[newest(stored)], known[newest(there)].nullif(0), ibis.null("int32"))


def _turns(known: Any) -> Any:
    """When the first of the thresholds is reached that lie behind what the row says; all others move away from it."""
    turns = [
        ibis.ifelse(known.is_service, known.paid_day + _fewest_days(SERVICE_CUSTOMER_MONTHS), _FAR),
        ibis.ifelse(known.is_tyre, known.tyre_day + _fewest_days(TYRE_CUSTOMER_MONTHS), _FAR),
        ibis.ifelse(known.last_visit.notnull() & ~known.is_lost, known.last_visit + _fewest_days(LOST_AFTER_MONTHS), _FAR),
    ]
    if _FIRST in known.columns:
        turns.append(
            ibis.ifelse(
                known[_FIRST] >= known[ago(FIRST_SERVICE_SHOWN_MONTHS)], known[_FIRST] + _fewest_days(FIRST_SERVICE_SHOWN_MONTHS), _FAR
            )
        )
    if "by_age" in known.columns:
        shown = ibis.least(known.by_age + STILL_SHOWN_DAYS, known.registered + _fewest_days(LONGEST_LIFE_MONTHS))
        # One that is too far ahead to be shown is looked at each day; there are hardly any.
        turns.append(ibis.ifelse(known.begins.notnull(), ibis.ifelse(known.by_age < _FAR, shown, 0), _FAR))
    return ibis.least(*(each.cast("int32") for each in turns))


def _fewest_days(months: int) -> int:
    """So many months have more days than this, wherever they begin and however short the months are."""
    return months * 365 // 12 - 3


def _by_time(kind: Kind) -> str:
    return f"by_time_{kind.bit}"


def _within(kind: Kind) -> str:
    return f"within_{kind.bit}"


def _by_other(kind: Kind) -> str:
    return f"by_other_{kind.bit}"


def _at(kind: Kind) -> str:
    return f"at_{kind.bit}"


def _why(kind: Kind) -> str:
    return f"why_{kind.bit}"


def _days(known: Any, kind: Kind) -> dict[str, Any]:
    """When it is due by time, in how many days by distance, or when a car's first service is due by its age; only those that the kind has.

    Engines work out the arms of a case for those rows alone that take them, and dates are what costs most here.
    """
    done, found = known[newest(kind.bit)], {}
    if kind.months:
        found[_by_time(kind)] = ibis.ifelse(done > 0, months_later(done, kind.months), _FAR)
    if kind.km and kind.code != TEST_WORK:
        found[_within(kind)] = ibis.ifelse(done > 0, (kind.km * 1461) // known.quarter_yearly, _FAR)
    if kind.code == FIRST_SERVICE and kind.months:
        is_asked = (done == 0) & (known.registered > known[ago(kind.months + FIRST_SERVICE_ASKED_MONTHS)])
        found[_FIRST] = ibis.ifelse(is_asked, months_later(known.registered, kind.months), 0)
    return found


def _limits(known: Any, kind: Kind) -> dict[str, Any]:
    """The day by distance or, for a first service, by age."""
    other = None
    if _within(kind) in known.columns:
        within = known[_within(kind)]
        other = ibis.ifelse(within <= FURTHEST_DAYS, (known[newest(kind.bit)] + within).cast("int32"), _FAR)
    if kind.code == FIRST_SERVICE and _FIRST in known.columns:
        first = ibis.ifelse(known[_FIRST] >= known[ago(FIRST_SERVICE_SHOWN_MONTHS)], known[_FIRST], _FAR)
        other = first if other is None else ibis.least(other, first)
    return {} if other is None else {_by_other(kind): other}


def _with_named_service(known: Any, terms: Terms) -> Any:
    """The day that somebody who saw the car's condition named for the next service, and the day by which it stands at the kilometres named for it.

    What was named before the last service, or lies at it, was about that one. How many kilometres the car had then is reckoned from
    its latest reading and its yearly mileage.
    """
    first = next((kind for kind in terms.due_kinds if kind.code == FIRST_SERVICE), None)
    if first is None:
        return known
    done = known[newest(first.bit)]
    known = known.mutate(
        is_named=known.service_told >= done, left=known.service_km.cast("int64") - known.read_km,
        km_done=known.read_km - ibis.greatest(known.read_day - done, 0).cast("int64") * known.quarter_yearly // 1461,
    )  # fmt: skip
    within = known.left * 1461 // known.quarter_yearly
    by_km = ibis.ifelse(
        known.left <= 0, known.read_day, ibis.ifelse(within <= FURTHEST_DAYS, (known.read_day + within).cast("int32"), _FAR)
    )
    is_next = (done == 0) | (known.service_km > known.km_done + SERVICE_IS_NEXT_AFTER_KM)
    return known.mutate(
        **{
            _NAMED_DAY: ibis.ifelse(known.is_named & (known.service_on > done + SERVICE_IS_NEXT_AFTER), known.service_on, _FAR),
            _NAMED_KM: ibis.ifelse(known.is_named & is_next, by_km, _FAR).fill_null(_FAR),
        }
    )


def _first_service_falls(known: Any, kind: Kind, by_time: Any) -> dict[str, Any]:
    """What was named takes the place of its own limit: a day that of time or age, kilometres that of distance."""
    is_new, by_other = known[newest(kind.bit)] == 0, known[_by_other(kind)]
    by_time = ibis.ifelse(is_new, by_other, by_time)
    by_distance = ibis.ifelse(is_new, _FAR, by_other)
    day, km = known[_NAMED_DAY], known[_NAMED_KM]
    has_day, has_km = day < _FAR, km < _FAR
    by_time, by_distance = ibis.ifelse(has_day, day, by_time), ibis.ifelse(has_km, km, by_distance)
    is_distance = by_distance < by_time
    return {
        _at(kind): ibis.greatest(ibis.least(by_time, by_distance), known.never),
        _why(kind): ibis.cases(
            (ibis.ifelse(is_distance, has_km, has_day), CONDITION), (is_distance, DISTANCE), (is_new, FIRST_REGISTRATION), else_=TIME
        ),
    }


def _falls(known: Any, kind: Kind) -> dict[str, Any]:
    """The limit that is reached first, and why; equal days count as time."""
    is_new = known[newest(kind.bit)] == 0
    by_time = known[_by_time(kind)] if _by_time(kind) in known.columns else _NO_DAY
    if kind.code != TEST_WORK:
        if _by_other(kind) not in known.columns:
            return {_at(kind): ibis.greatest(by_time, known.never), _why(kind): ibis.literal(TIME)}
        by_other = known[_by_other(kind)]
        if kind.code == FIRST_SERVICE:
            return _first_service_falls(known, kind, by_time)
        return {
            _at(kind): ibis.greatest(ibis.least(by_time, by_other), known.never),
            _why(kind): ibis.ifelse(by_other < by_time, DISTANCE, TIME),
        }
    if not kind.months:
        return {_at(kind): _NO_DAY, _why(kind): ibis.literal(0)}
    has_date = known.test.notnull() & (is_new | (known.test > known[newest(kind.bit)] + TEST_DATE_IS_NEW_AFTER))
    at = ibis.ifelse(has_date, known.test, ibis.ifelse(is_new, known.by_age, by_time))
    return {
        _at(kind): ibis.greatest(at, known.never),
        _why(kind): ibis.cases((has_date, TEST_DATE), (is_new, FIRST_REGISTRATION), else_=TIME),
    }


def _with_next_by_age(known: Any, terms: Terms) -> Any:
    """The first of the regular tests, counted from the first registration, that is not over by more than a month."""
    test = next((kind for kind in terms.due_kinds if kind.code == TEST_WORK and kind.months), None)
    if test is None or test.months is None:
        return known
    months = test.months
    is_asked = known.is_kept & (known[newest(test.bit)] == 0) & known.test.isnull() & (known.registered > known[ago(LONGEST_LIFE_MONTHS)])
    known = known.mutate(begins=ibis.ifelse(is_asked, months_later(known.registered, known.first_test), ibis.null("int32")))
    begins = as_date(known.begins)
    known = known.mutate(
        begins_on=begins.day(), ahead=known.shown_month - (begins.year() * 12 + begins.month()),
    )  # fmt: skip
    known = known.mutate(turn=ibis.greatest((known.ahead + (months - 1)) // months, 0))
    # In the month itself it is over where its day is; whether that month has the day does not matter, as the month of the first day that is still shown has that day.
    is_over = (known.turn * months == known.ahead) & (known.begins_on < known.shown_day)
    known = known.mutate(turn=known.turn + is_over.cast("int32"))
    known = known.mutate(upcoming=months_later(known.begins, known.turn * months))
    return known.mutate(by_age=ibis.ifelse(known.upcoming <= known[ago(-FURTHEST_AHEAD_MONTHS)], known.upcoming, _FAR))
