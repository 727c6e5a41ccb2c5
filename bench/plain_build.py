"""The daily build over the plain tables of `invented_lake`, timed beside DuckDB's own scan of their columns and beside the bare aggregates by hand."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from bench import invented_lake
from bench.figures import peak_mib

RUNS = 3


def built(folder: Path, *, is_raw: bool) -> dict[str, Any]:
    """Scan and build this folder's tables, in this process: medians of some runs."""
    from forecourt.engines.audience.lake.engine import DuckDB

    duck = DuckDB(folder / "spill")
    found = {
        "scan": _timed(lambda: _scan(duck, folder, is_raw=is_raw)),
        "build": _timed(lambda: _build_in(folder, is_raw=is_raw)),
        "peak_mib": peak_mib(),
        "by_hand": _timed(lambda: _aggregate_by_hand(duck, folder)),
    }
    [(found["rows"],)] = duck.run(f"SELECT count(*) FROM '{folder / 'facts.parquet'}' WHERE yearly IS NOT NULL")
    return found


def built_of_a_day(folder: Path, *, is_raw: bool) -> dict[str, Any]:
    """Builds of new days on that of the day before, which is made first and not timed; beside the scan of all tables, all in this process.

    Each is of another day and opens files of its own. `first` is the process's first, which makes the statements that later ones find made.
    From raw text the day's lines come with their texts, of which those that are new are matched; the others have the answers of the day before.
    """
    from forecourt.engines.audience.lake.engine import DuckDB

    before = DuckDB(folder / "spill")
    _build(before, folder, is_raw=is_raw)
    # As some days since the last whole build leave them: one row in twenty is in a file of its own.
    before.run(f"COPY (FROM '{folder}/facts.parquet' WHERE hash(car) % 20 = 0) TO '{folder}/newer.parquet' (FORMAT parquet)")
    invented_lake.write_new_day(before, folder)
    before.ibis.disconnect()
    duck = DuckDB(folder / "spill")
    days = itertools.count(invented_lake.NEXT_DAY.toordinal())
    first = _taken(lambda: _build_of_a_day(folder, date.fromordinal(next(days)), is_raw=is_raw))
    found = {
        "scan": _timed(lambda: _scan(duck, folder, is_raw=is_raw)), "first": first,
        "build": _timed(lambda: _build_of_a_day(folder, date.fromordinal(next(days)), is_raw=is_raw)), "peak_mib": peak_mib(),
    }  # fmt: skip
    [(found["rows"],)] = duck.run(
        f"SELECT count(*) FROM '{folder / 'newer-of-day.parquet'}' WHERE last_visit = {invented_lake.NEXT_DAY.toordinal()}"
    )
    return found


def _build_of_a_day(folder: Path, day: date, *, is_raw: bool) -> None:
    """As `audience.lake.daily` does it with cars that changed."""
    from forecourt.engines.audience.lake import engine

    terms = replace(invented_lake.TERMS, today=day)
    with engine.duckdb(folder / "spill") as duck:
        lines = _read_raw_day(duck, folder) if is_raw else duck.table([folder / "day-lines.parquet"])
        _bring_up(duck, folder, terms, lines)


def _bring_up(duck: Any, folder: Path, terms: Any, lines: Any) -> None:
    from forecourt.engines.audience.building import falling

    whole, newer, cars, touched = (duck.table([folder / f"{name}.parquet"]) for name in ("facts", "newer", "cars", "touched"))
    made = _histories(duck, folder, terms, lines, "day-")
    duck.write(
        falling.facts_of_some(falling.brought_up(whole, newer), cars, touched, made, _calendar(duck, folder, terms), terms),
        folder / "few.parquet",
    )
    duck.write(falling.brought_up(newer, duck.table([folder / "few.parquet"])), folder / "newer-of-day.parquet")


def _build(duck: Any, folder: Path, *, is_raw: bool) -> None:
    """As `audience.lake.daily` does it with all cars."""
    from forecourt.engines.audience.building import falling

    lines = _read_raw(duck, folder) if is_raw else duck.table([folder / "lines.parquet"])
    complete = _histories(duck, folder, invented_lake.TERMS, lines)
    duck.write(
        falling.facts(duck.table([folder / "cars.parquet"]), complete, _calendar(duck, folder, invented_lake.TERMS), invented_lake.TERMS),
        folder / "facts.parquet",
    )


def _build_in(folder: Path, *, is_raw: bool) -> None:
    from forecourt.engines.audience.lake import engine

    with engine.duckdb(folder / "spill") as duck:
        _build(duck, folder, is_raw=is_raw)


def _histories(duck: Any, folder: Path, terms: Any, lines: Any, which: str = "") -> Any:
    import pyarrow.parquet as pq

    from forecourt.engines.audience.building import histories

    visits, readings = (duck.table([folder / f"{which}{name}.parquet"]) for name in ("visits", "readings"))
    irregular = histories.irregular(readings, histories.falling(readings))
    pq.write_table(histories.by_kernel(duck.rows(irregular)), folder / "told.parquet")
    return histories.completed(histories.histories(lines, visits, readings, terms), duck.table([folder / "told.parquet"]))


def _calendar(duck: Any, folder: Path, terms: Any) -> Any:
    import pyarrow.parquet as pq

    from forecourt.engines.audience.building import calendar

    pq.write_table(calendar.table(terms), folder / "calendar.parquet")
    return duck.table([folder / "calendar.parquet"])


def _aggregate_by_hand(duck: Any, folder: Path) -> None:
    """What no build can do without, as one plain statement: the newest day of each kind and the sums of each car, joined, and written with as many columns."""
    lasts = ", ".join(f"max(day & -((mask::INTEGER >> {kind.bit}) & 1)) AS newest_{kind.bit}" for kind in invented_lake.KINDS)
    lines, visits, readings, cars = (f"'{folder / name}.parquet'" for name in ("lines", "visits", "readings", "cars"))
    duck.run(
        f"""COPY (
              SELECT * FROM {cars}
                LEFT JOIN (SELECT car, {lasts} FROM {lines} WHERE mask <> 0 GROUP BY car) USING (car)
                LEFT JOIN (SELECT car, count(*) AS visits, sum(net)::BIGINT AS spent, max(day) AS last FROM {visits} GROUP BY car) USING (car)
                LEFT JOIN (SELECT car, min(day) AS first, max(km) AS km, bool_or(km < before) AS falls FROM {readings} GROUP BY car) USING (car)
            ) TO '{folder}/by_hand.parquet' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)"""
    )


def _timed(run: Callable[[], None]) -> tuple[float, float]:
    """Wall and processor time, each the median of some runs."""
    taken = [_taken(run) for _again in range(RUNS)]
    return median(wall for wall, _ in taken), median(worked for _, worked in taken)


def _taken(run: Callable[[], None]) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - began, time.process_time() - worked


def _scan(duck: Any, folder: Path, *, is_raw: bool) -> None:
    """Every value of every column that the build reads, summed."""
    for name in ("raw" if is_raw else "lines", "visits", "readings", "cars"):
        columns = duck.run(f"DESCRIBE FROM '{folder / name}.parquet'")
        sums = [
            f"sum({column}::{'INTEGER' if kind == 'BOOLEAN' else kind})" if kind != "VARCHAR" else f"sum(strlen({column}))"
            for column, kind, *_ in columns
        ]
        duck.run(f"SELECT {', '.join(sums)} FROM '{folder / name}.parquet'")


def _read_raw(duck: Any, folder: Path) -> Any:
    """Lines with the masks of their texts, each distinct text matched once by the standard rules."""
    _write_meanings(duck, folder / "meanings.parquet", f"SELECT DISTINCT text FROM '{folder / 'raw.parquet'}'")
    # Written, as the build reads lines twice; what means nothing is left out, as the build leaves it out.
    return _classified(duck, folder, "raw", [folder / "meanings.parquet"])


def _read_raw_day(duck: Any, folder: Path) -> Any:
    """Lines of the day's cars; texts that the day before knew are not matched again."""
    known, new = folder / "meanings.parquet", folder / "day-meanings.parquet"
    _write_meanings(duck, new, f"SELECT DISTINCT text FROM '{folder / 'day-raw.parquet'}' ANTI JOIN '{known}' USING (text)")
    return _classified(duck, folder, "day-raw", [known, new])


def _write_meanings(duck: Any, into: Path, texts: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    bits, matcher = {kind.code: 1 << kind.bit for kind in invented_lake.KINDS}, _matcher()
    read = [text for (text,) in duck.run(texts)]
    masks = [sum(bits.get(decision.work_kind, 0) for decision in matcher.match("", text)) for text in read]
    pq.write_table(pa.table({"text": pa.array(read, pa.string()), "mask": pa.array(masks, pa.int64())}), into)


@cache
def _matcher() -> Any:
    """Of the standard rules; kept, as the product keeps it from one day to the next."""
    from forecourt.engines.audience import standard
    from forecourt.engines.audience.lines import words_of
    from forecourt.engines.audience.matching import Matcher

    return Matcher(words_of(standard.rules()))


def _classified(duck: Any, folder: Path, which: str, meanings: list[Path]) -> Any:
    duck.run(
        f"""COPY (SELECT car, day, nth, is_paid, mask FROM '{folder}/{which}.parquet' JOIN (FROM read_parquet({[str(each) for each in meanings]}) WHERE mask <> 0) USING (text))
            TO '{folder}/classified-{which}.parquet' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)"""
    )
    return duck.table([folder / f"classified-{which}.parquet"])
