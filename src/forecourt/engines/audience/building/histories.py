"""One row a car of what follows from its visits, lines and readings, whatever the day: the newest line of each kind, what it spent, how far it goes.

A car's row hangs on that car's rows alone, so that those of a few cars can be made anew and put in the place of the old ones.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import ibis
import pyarrow as pa

from forecourt.engines.audience.building import tables
from forecourt.engines.audience.building.terms import TYRE_WORK, Terms
from forecourt.kernel.quantities import HIGHEST_KM_PER_YEAR, RECENT_DAYS, SHORTEST_SPAN_DAYS, km_per_year_of_rising, rising_readings

_NEVER = 0
_HALF = 31
_LOW = (1 << _HALF) - 1


def newest(bit: int) -> str:
    """The column that holds the day of the newest line of a kind, 0 where there is none."""
    return f"newest_{bit}"


def histories(lines: Any, visits: Any, readings: Any, terms: Terms) -> Any:
    """The table `histories`; `yearly` is missing where readings fall (see `irregular`), and comes from the kernel then."""
    work = _work(lines, terms)
    tyres = _second_tyre_day(lines, terms)
    stays = _stays(visits)
    driven = _driven(readings)
    both = stays.outer_join(driven, "car")
    here = both.mutate(car=ibis.coalesce(both.car, both.car_right)).drop("car_right")
    joined = here.left_join(work, "car").drop("car_right").left_join(tyres, "car").drop("car_right")
    filled = {name: joined[name].fill_null(_NEVER) for name in work.columns if name != "car"}
    return joined.mutate(
        **filled, visits=joined.visits.fill_null(0), spent=joined.spent.fill_null(0), tyre_day=joined.tyre_day.fill_null(_NEVER)
    )


def _work(lines: Any, terms: Terms) -> Any:
    """The day of the newest line of each kind: by masks of 32 bits and without a branch, which engines work through fastest."""
    is_paid_service = ((lines.mask & terms.paid_mask) != 0) & lines.is_paid
    known = lines.filter(lines.mask != 0).select(
        "car", "day", low=(lines.mask & _LOW).cast("int32"), high=(lines.mask >> _HALF).cast("int32"),
        paid_day=ibis.ifelse(is_paid_service, lines.day, _NEVER),
    )  # fmt: skip
    halves = {kind.bit: known.low >> kind.bit if kind.bit < _HALF else known.high >> (kind.bit - _HALF) for kind in terms.kinds}
    # Minus one has all bits set.
    lasts = {newest(bit): (known.day & -(half & 1)).max() for bit, half in halves.items()}
    return known.group_by("car").aggregate(**lasts, paid_day=known.paid_day.max())


def _second_tyre_day(lines: Any, terms: Terms) -> Any:
    """The day of the last but one visit with tyre work: who has two in the months that count has this one in them."""
    tyres = lines.filter((lines.mask & terms.mask(TYRE_WORK)) != 0).select("car", stay=tables.stay_key(lines.day, lines.nth, 0)).distinct()
    by_age = ibis.window(group_by="car", order_by=tyres.stay.desc())
    placed = tyres.mutate(back=ibis.row_number().over(by_age))
    return placed.filter(placed.back == 1).select("car", tyre_day=tables.day_stayed(placed.stay))


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
        "car", "falls", last_km=tables.km_read(cars.last_read), read_day=tables.day_read(cars.last_read).cast("int32"),
        yearly=ibis.ifelse(is_told, cars.rounded, ibis.null("int64")),
    )  # fmt: skip


def falling(readings: Any) -> Any:
    """The cars of which one reading falls, with `falls` as in `histories`."""
    return readings.filter(readings.km < readings.before).select("car", falls=True).distinct()


def irregular(readings: Any, made: Any) -> Any:
    """The readings of cars of which one reading falls, for `by_kernel`; `made` is the table `histories`, or `falling`."""
    return readings.semi_join(made.filter(made.falls), "car").select("car", "day", "km")


def by_kernel(rows: Iterable[pa.RecordBatch]) -> pa.Table:
    """Latest reading that counts and kilometres a year of cars with a falling reading, by the kernel's own method: a table (car, told, told_km, told_day)."""
    of_car: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for batch in rows:
        for car, day, km in zip(*(batch.column(name).to_pylist() for name in ("car", "day", "km")), strict=True):
            of_car[car].append((day, km))
    rising = [rising_readings(each) for each in of_car.values()]
    return pa.table(
        {
            "car": pa.array(of_car, pa.int32()), "told": pa.array(map(km_per_year_of_rising, rising), pa.int64()),
            "told_km": pa.array([run[-1][1] for run in rising], pa.int64()), "told_day": pa.array([run[-1][0] for run in rising], pa.int32()),
        }
    )  # fmt: skip


def completed(made: Any, told: Any) -> Any:
    """`histories` with what the kernel told."""
    joined = made.drop("falls").left_join(told, "car").drop("car_right")
    return joined.mutate(
        yearly=ibis.coalesce(joined.yearly, joined.told), last_km=ibis.coalesce(joined.told_km, joined.last_km),
        read_day=ibis.coalesce(joined.told_day, joined.read_day),
    ).drop("told", "told_km", "told_day")  # fmt: skip
