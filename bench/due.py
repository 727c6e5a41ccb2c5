"""How near due dates come to what then happens, beside the plain rule "last visit plus interval", on histories cut off at a random day.

    python -m bench.due [--cars 20000]

The histories are invented from stated habits (see `_driven`, `_came` and `_readings`): how much a car is driven, which differs from year to year; a car that
comes when its display calls, by time or distance, some weeks early or late; readings missing or mistyped. A dealer sees the same
figures of the own cars beside the due list.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from bench.figures import Figure, tell
from forecourt.engines.audience import foretelling
from forecourt.engines.audience.foretelling import Past
from forecourt.kernel.quantities import months_later

SEED = 20_261_122
KINDS = {"inspection": (24, 30_000), "oil_service": (12, 15_000), "brake_fluid": (24, None)}


def histories(cars: int) -> Iterator[Past]:
    """One car's past for each kind of work, seeded."""
    rolled = random.Random(SEED)
    for number in range(cars):
        yearly = rolled.lognormvariate(9.45, 0.5)  # median 12,700 km: Germany's mean is about 12,300 (KBA, Verkehr in Kilometern 2023)
        began = date(2014, 1, 1) + timedelta(days=rolled.randrange(1500))
        driven = _driven(rolled, began, yearly)
        for kind, (months, km) in KINDS.items():
            yield Past(f"car {number}", kind, months, km, _came(rolled, driven, months, km), _readings(rolled, driven))


def _driven(rolled: random.Random, began: date, yearly: float) -> list[tuple[date, float]]:
    """Kilometres at the end of each month of nine years; a year differs from the next by a quarter, a month by two fifths."""
    driven, km, day = [(began, 0.0)], 0.0, began
    for month in range(1, 109):
        if month % 12 == 1:
            of_year = yearly * rolled.lognormvariate(0, 0.25)
        km += of_year / 12 * max(0.0, rolled.gauss(1, 0.4))
        day = months_later(began, month)
        driven.append((day, km))
    return driven


def _came(rolled: random.Random, driven: list[tuple[date, float]], months: int, km: int | None) -> list[date]:
    """The days of one kind of work: when the display called, three weeks early to three months late, most of them late."""
    days, last_on, last_km = [], *driven[0]
    for day, at_km in driven:
        is_called = day >= months_later(last_on, months) or (km is not None and at_km - last_km >= km)
        if is_called:
            came = day + timedelta(days=round(rolled.triangular(-21, 90, 10)))
            days.append(came)
            last_on, last_km = came, at_km
    return days


def _readings(rolled: random.Random, driven: list[tuple[date, float]]) -> list[tuple[date, int]]:
    """A reading twice a year; one in ten is missing, one in fifty mistyped by a digit."""
    readings = []
    for day, km in driven[5::6]:
        chance = rolled.random()
        if chance < 0.1:
            continue
        readings.append((day, round(km * 10) if chance < 0.12 else round(km)))
    return readings


def measure(cars: int) -> list[Figure]:
    found = foretelling.judge(made for past in histories(cars) if (made := foretelling.case(past)) is not None)
    return [figure for each in found for figure in _figures(each)]


def _figures(each: foretelling.Found) -> list[Figure]:
    rule = "time or distance" if each.uses_distance else "interval alone"
    return [
        Figure(
            what=f"due date of {each.work_kind}, {each.cases:,} cars, {rule}", measured=f"{each.used_error:.0f} days, {each.used_near:.0%} near",
            limit=f"{each.plain_error:.0f} days, {each.plain_near:.0%} (last visit + interval)", ratio=each.used_error / each.plain_error,
            promise="better, or the plain rule is used", is_met=each.used_error <= each.plain_error,
        ),
        Figure(
            what=f"day on which it is expected for {each.work_kind} ({each.usual:+} days)",
            measured=f"{each.expected_error:.0f} days, {each.expected_near:.0%} near", limit="as above", ratio=each.expected_error / each.plain_error,
        ),
    ]  # fmt: skip


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cars", type=int, default=20_000)
    return tell(measure(asked.parse_args().cars))


if __name__ == "__main__":
    sys.exit(main())
