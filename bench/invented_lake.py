"""A dealer's history invented by DuckDB itself, as the plain tables of `building.tables` and as raw lines with their texts; the same in each run."""

from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from forecourt.engines.audience.building.terms import Kind, Terms
from forecourt.engines.audience.lake.engine import DuckDB

TODAY: Final = date(2026, 3, 31)
NEXT_DAY: Final = date(2026, 4, 1)
NEW_LINES: Final = 20_000
TEXTS: Final = 100_000
ONE_TEXT_IN: Final = 10
"""One in so many of a new day's lines has a text that nobody has read yet."""
LINES_A_CAR: Final = 12.5
LINES_A_VISIT: Final = 4
KINDS: Final = (
    Kind(code="inspection", bit=0, months=24, km=30_000, falls_due=True, is_paid_service=True),
    Kind(code="oil_service", bit=1, months=12, km=15_000, falls_due=True, is_paid_service=True),
    Kind(code="statutory_test", bit=2, months=24, falls_due=True),
    Kind(code="tyre_change", bit=3, months=6, falls_due=True, is_paid_service=True),
    Kind(code="brake_fluid", bit=4, months=24, falls_due=True, is_paid_service=True),
    Kind(code="air_conditioning", bit=5, months=24, falls_due=True),
    *(Kind(code=code, bit=bit) for bit, code in enumerate(("brakes", "battery", "timing_belt", "diagnosis", "body", "wash"), start=6)),
)
TERMS: Final = Terms(today=TODAY, kinds=KINDS)
_WORDS: Final = (
    "Inspektion", "Ölwechsel", "HU/AU durchgeführt", "Räderwechsel", "Bremsflüssigkeit ersetzt", "Klimaservice", "Bremsbeläge vorne",
    "Batterie ersetzt", "Zahnriemen ersetzt", "Fehlerspeicher auslesen", "Kotflügel lackiert", "Fahrzeugwäsche", "Schraube M6", "Ölfilter",
    "Dichtring", "Motoröl 5W-30", "Luftfilter", "Kleinmaterial", "tagliando", "revisione", "schimb ulei", "Arbeitszeit", "Leihwagen", "Scheibenklar",
)  # fmt: skip
_FIRST_DAY: Final = date(2016, 4, 1).toordinal()


def _chance(number: str, seed: int, below: int) -> str:
    return f"(hash({number} + {seed * 1_000_003}) % {below})"


def write(folder: Path, lines: int, *, threads: int = 2) -> None:
    """lines, visits, readings, cars, texts (what each means) and raw (lines with their text) as Parquet, by car and day."""
    cars, visits = round(lines / LINES_A_CAR), lines // LINES_A_VISIT
    base = duckdb.connect(config={"memory_limit": "2GB", "threads": threads, "temp_directory": str(folder / "spill")})
    mask = " | ".join(f"CASE WHEN hash(text * 31 + {kind.bit}) % 25 = 0 THEN {1 << kind.bit} ELSE 0 END" for kind in KINDS)
    base.execute(
        f"CREATE TABLE texts AS SELECT range::INTEGER AS text, ({mask.replace('text', 'range')})::BIGINT AS mask FROM range({TEXTS})"
    )
    base.execute(
        f"""CREATE TABLE visits AS SELECT *, row_number() OVER (PARTITION BY car, day ORDER BY visit)::INTEGER AS nth FROM (
                SELECT range::INTEGER AS visit, (range % {cars})::INTEGER AS car, ({_FIRST_DAY} + {_chance("range", 1, 3650)})::INTEGER AS day,
                       (1 + {_chance("range", 2, 5)})::INTEGER AS site, ({_chance("range", 3, 90_000)})::BIGINT AS net FROM range({visits}))"""
    )
    base.execute(
        f"""CREATE TABLE raw_lines AS SELECT car, day, nth, net > 9000 AS is_paid,
                   ({_chance(f"visit::BIGINT * {LINES_A_VISIT} + line.position", 4, TEXTS)})::INTEGER AS text
              FROM visits, (SELECT range::INTEGER AS position FROM range({LINES_A_VISIT})) line"""
    )
    # One in forty readings is mistyped.
    driven = f"(day - {_FIRST_DAY - 200}) * (20 + car % 60)"
    km = f"CASE WHEN {_chance('visit', 5, 40)} = 0 THEN {_chance('visit', 6, 300_000)} ELSE {driven} END"
    for name, query in {
        "texts": "FROM texts",
        "lines": "SELECT car, day, nth, is_paid, mask FROM raw_lines JOIN texts USING (text) ORDER BY car, day, nth",
        "raw": f"SELECT car, day, nth, is_paid, {_text()} AS text FROM raw_lines ORDER BY car, day, nth",
        "visits": "SELECT car, day, nth, site, net FROM visits ORDER BY car, day, nth",
        "readings": f"""WITH reading AS (SELECT DISTINCT car, day, ({km})::INTEGER AS km FROM visits WHERE {_chance("visit", 7, 20)} > 0)
            SELECT *, coalesce(lag(km) OVER (PARTITION BY car ORDER BY day, km), 0)::INTEGER AS before,
                   (max(day) OVER (PARTITION BY car) - day)::INTEGER AS back FROM reading ORDER BY car, day, km""",
        "cars": f"""SELECT range::INTEGER AS car, CASE WHEN range % 9 = 0 THEN 50000 END AS km, range % 12 > 0 AS is_kept,
                           (1 + range % 5)::INTEGER AS home, CASE WHEN range % 5 > 0 THEN ({TODAY.toordinal()} - {_chance("range", 8, 7000)})::INTEGER END AS registered,
                           CASE WHEN range % 7 = 0 THEN ({TODAY.toordinal()} - 400 + {_chance("range", 9, 1100)})::INTEGER END AS test,
                           CASE WHEN range % 3 = 0 THEN 36 ELSE 48 END AS first_test,
                           CASE WHEN range % 4 = 0 THEN ({TODAY.toordinal()} - 200 + {_chance("range", 10, 700)})::INTEGER END AS service_on,
                           CASE WHEN range % 6 < 2 THEN (20000 + {_chance("range", 11, 180_000)})::INTEGER END AS service_km,
                           CASE WHEN range % 4 = 0 OR range % 6 < 2 THEN ({TODAY.toordinal()} - {_chance("range", 12, 500)})::INTEGER END AS service_told
                      FROM range({cars})""",
    }.items():
        base.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")
    base.close()


def write_new_day(duck: DuckDB, folder: Path) -> None:
    """As a new day leaves them, each whole: the cars that were here on it, one more visit of four lines each; `touched` names them."""
    day, per = NEXT_DAY.toordinal(), LINES_A_VISIT
    new_text = f"CASE WHEN hash(car) % {ONE_TEXT_IN} = 0 THEN 'Ölwechsel und Inspektion ' || car ELSE 'Inspektion ' || range END"
    cars = f"(SELECT car, row_number() OVER (ORDER BY hash(car)) AS place FROM '{folder}/cars.parquet' QUALIFY place <= {NEW_LINES // per})"
    duck.run(f"COPY (SELECT car FROM {cars}) TO '{folder}/touched.parquet' (FORMAT parquet)")
    here = f"car IN (SELECT car FROM '{folder}/touched.parquet')"
    for name, query in {
        "lines": f"""SELECT * FROM '{folder}/lines.parquet' WHERE {here} UNION ALL
                     SELECT car, {day}::INTEGER, 1::INTEGER, TRUE, (1 << range)::BIGINT FROM '{folder}/touched.parquet', range({per})""",
        "raw": f"""SELECT * FROM '{folder}/raw.parquet' WHERE {here} UNION ALL
                   SELECT car, {day}::INTEGER, 1::INTEGER, TRUE, {new_text} FROM '{folder}/touched.parquet', range({per})""",
        "visits": f"""SELECT * FROM '{folder}/visits.parquet' WHERE {here} UNION ALL
                      SELECT car, {day}::INTEGER, 1::INTEGER, 1::INTEGER, 50000::BIGINT FROM '{folder}/touched.parquet'""",
        "readings": f"""WITH reading AS (SELECT car, day, km FROM '{folder}/readings.parquet' WHERE {here} UNION
                                         SELECT car, {day}::INTEGER, 310000::INTEGER FROM '{folder}/touched.parquet')
            SELECT *, coalesce(lag(km) OVER (PARTITION BY car ORDER BY day, km), 0)::INTEGER AS before,
                   (max(day) OVER (PARTITION BY car) - day)::INTEGER AS back FROM reading ORDER BY car, day, km""",
    }.items():
        duck.run(f"COPY ({query}) TO '{folder}/day-{name}.parquet' (FORMAT parquet)")


def _text() -> str:
    """A word of the trade and a number, so that there are as many different texts as keys."""
    words = ", ".join(f"'{word}'" for word in _WORDS)
    return f"list_extract([{words}], 1 + text % {len(_WORDS)}) || ' ' || (text // {len(_WORDS)})"
