"""One row a car of what follows from its visits, lines and readings, whatever the day: the newest line of each kind, what it spent, how far it goes.

A car's row hangs on that car's rows alone, so that those of a few cars can be made anew and put in the place of the old ones.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from forecourt.engines.audience.building import tables
from forecourt.engines.audience.building.terms import TYRE_WORK, Terms
from forecourt.kernel.quantities import HIGHEST_KM_PER_YEAR, RECENT_DAYS, SHORTEST_SPAN_DAYS, km_per_year

_NEVER = 0


def newest(bit: int) -> str:
    """The column that holds the day of the newest line of a kind, 0 where there is none."""
    return f"newest_{bit}"


def histories(lines: Any, visits: Any, readings: Any, terms: Terms) -> Any:
    """The table `histories`; `yearly` is missing where readings fall (see `irregular`), and comes from the kernel then."""
    work = _work(lines, terms)
    tyres = _second_tyre_day(lines, terms)
    stays = _stays(visits)
    driven = _driven(readings)
    cars = stays.select("car").union(driven.select("car"), distinct=True)
    joined = (
        cars.left_join(stays, "car").drop("car_right")
        .left_join(work, "car").drop("car_right")
        .left_join(tyres, "car").drop("car_right")
        .left_join(driven, "car").drop("car_right")
    )  # fmt: skip
    filled = {name: joined[name].fill_null(_NEVER) for name in work.columns if name != "car"}
    return joined.mutate(
        **filled, visits=joined.visits.fill_null(0), spent=joined.spent.fill_null(0), tyre_day=joined.tyre_day.fill_null(_NEVER)
    )


def _work(lines: Any, terms: Terms) -> Any:
    known = lines.filter(lines.mask != 0).select("car", "day", "mask", "is_paid")
    # A product rather than a case: the engines then go through whole columns without a branch. To Ibis it is wider than to them.
    lasts = {newest(kind.bit): (known.day * ((known.mask >> kind.bit) & 1).cast("int32")).max().cast("int32") for kind in terms.kinds}
    is_paid_service = ((known.mask & terms.paid_mask) != 0) & known.is_paid
    return known.group_by("car").aggregate(**lasts, paid_day=ibis.ifelse(is_paid_service, known.day, _NEVER).max())


def _second_tyre_day(lines: Any, terms: Terms) -> Any:
    """The day of the last but one visit with tyre work: who has two in the months that count has this one in them."""
    tyres = lines.filter((lines.mask & terms.mask(TYRE_WORK)) != 0).select("car", "day", "nth").distinct()
    by_age = ibis.window(group_by="car", order_by=[tyres.day.desc(), tyres.nth.desc()])
    placed = tyres.mutate(back=ibis.row_number().over(by_age))
    return placed.filter(placed.back == 1).select("car", tyre_day=placed.day)


def _stays(visits: Any) -> Any:
    key = tables.stay_key(visits.day, visits.nth, visits.site)
    # DuckDB sums whole numbers into wider ones than Ibis knows of.
    spent = visits.net.sum().cast("decimal(18, 0)").cast("int64")
    return visits.group_by("car").aggregate(visits=visits.count(), spent=spent, stay=key.max())


def _driven(readings: Any) -> Any:
    """The last reading, and the kernel's kilometres a year where no reading falls: then the longest rising run is all of them."""
    seen = readings.select("car", "km", "before", "back", key=tables.reading_key(readings.day, readings.km))
    cars = seen.group_by("car").aggregate(
        falls=(seen.km < seen.before).any(), last_read=seen.key.max(), oldest=seen.key.min(),
        recent=seen.key.min(where=seen.back <= RECENT_DAYS),
    )  # fmt: skip
    cars = cars.mutate(
        since=ibis.ifelse(tables.day_read(cars.last_read) - tables.day_read(cars.recent) >= SHORTEST_SPAN_DAYS, cars.recent, cars.oldest)
    )
    cars = cars.mutate(
        days=tables.day_read(cars.last_read) - tables.day_read(cars.since), km=tables.km_read(cars.last_read) - tables.km_read(cars.since)
    )
    # 365.25 days a year in whole quarters of a day; a half is rounded to the even number, as Python rounds.
    whole_part = (cars.km * 1461) // (cars.days.nullif(0) * 4)
    cars = cars.mutate(whole=whole_part, twice_rest=2 * (cars.km * 1461 - whole_part * cars.days * 4) - cars.days * 4)
    goes_up = (cars.twice_rest > 0) | ((cars.twice_rest == 0) & (cars.whole % 2 == 1))
    cars = cars.mutate(rounded=cars.whole + ibis.ifelse(goes_up, 1, 0))
    is_told = ~cars.falls & (cars.days >= SHORTEST_SPAN_DAYS) & (cars.rounded <= HIGHEST_KM_PER_YEAR)
    return cars.select(
        "car", "falls", last_km=tables.km_read(cars.last_read), yearly=ibis.ifelse(is_told, cars.rounded, ibis.null("int64"))
    )


def irregular(readings: Any, made: Any) -> Any:
    """The readings of cars of which one reading falls, for `by_kernel`; `made` is the table `histories`."""
    return readings.semi_join(made.filter(made.falls), "car").select("car", "day", "km")


def by_kernel(rows: Iterable[pa.RecordBatch]) -> pa.Table:
    """Kilometres a year of cars with a falling reading, by the kernel's own method: a table (car, told)."""
    of_car: dict[int, list[tuple[date, int]]] = {}
    for batch in rows:
        for car, day, km in zip(*(batch.column(name).to_pylist() for name in ("car", "day", "km")), strict=True):
            of_car.setdefault(car, []).append((date.fromordinal(day), km))
    told = [(car, km_per_year(each)) for car, each in of_car.items()]
    return pa.table({"car": pa.array([car for car, _ in told], pa.int32()), "told": pa.array([km for _, km in told], pa.int64())})


def completed(made: Any, told: Any) -> Any:
    """`histories` with what the kernel told."""
    joined = made.drop("falls").left_join(told, "car").drop("car_right")
    return joined.mutate(yearly=ibis.coalesce(joined.yearly, joined.told)).drop("told")
