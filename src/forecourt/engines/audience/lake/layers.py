"""The files of the lake: rows as PostgreSQL gave them become the plain tables of `building.tables`, in layers.

The first layer holds all cars. Each later one holds cars that changed, whole, and takes the place of their earlier rows (`touched` names them);
`merged` makes one layer of all. Line files have besides what a build reads: the line's id, the number of its text, and the mileage of its visit.
"""

# ruff: noqa: S608 - put together from our own texts and from paths that we made

from pathlib import Path
from typing import Any, Final

from forecourt.engines.audience.building import falling
from forecourt.engines.audience.lake.engine import DuckDB, Engine
from forecourt.engines.audience.lake.place import Manifest, layer_file

KINDS: Final = ("lines", "visits", "readings")

_VISITS: Final = "{'id': 'UUID', 'vehicle': 'UUID', 'day': 'INTEGER', 'site': 'UUID', 'net': 'BIGINT', 'km': 'INTEGER'}"
_LINES: Final = "{'visit': 'UUID', 'id': 'UUID', 'position': 'INTEGER', 'is_labour': 'VARCHAR', 'key': 'VARCHAR', 'is_paid': 'VARCHAR'}"
_CARS: Final = (
    "{'id': 'UUID', 'km': 'INTEGER', 'read_on': 'INTEGER', 'is_kept': 'VARCHAR', 'home': 'UUID', 'registered': 'INTEGER', 'test': 'INTEGER',"
    " 'first_test': 'INTEGER', 'service_on': 'INTEGER', 'service_km': 'INTEGER', 'service_told': 'INTEGER'}"
)


def write(duck: DuckDB, folder: Path, taken: Path, earlier: Manifest | None, new: Manifest) -> None:
    """One more layer, and the files of cars, their numbers and texts as they are with it, from the rows in `taken` and the table `named` (see `texts`)."""
    _read(duck, taken)
    _number_cars(duck, folder, earlier, new)
    _number_sites(duck, earlier, new)
    _name_texts(duck, folder, new)
    _write_stays(duck, folder, new)
    _write_lines(duck, folder, new)
    _write_cars(duck, folder, earlier, new)


def keep(duck: DuckDB, folder: Path, earlier: Manifest, new: Manifest) -> None:
    """The layers as they are; no car changed. Only texts may mean something else."""
    new.layers, new.sites, new.touched = list(earlier.layers), list(earlier.sites), earlier.touched
    new.files = {name: earlier.files[name] for name in ("cars", "numbers")}
    new.files["texts"] = f"texts-{new.number}.parquet"
    _to_parquet(duck, "FROM named", folder / new.files["texts"])


def valid(engine: Engine, folder: Path, manifest: Manifest, kind: str) -> Any:
    """The rows of all layers that no later one takes the place of."""
    rows = engine.table([folder / layer_file(kind, number) for number in manifest.layers])
    if len(manifest.layers) == 1:
        return rows
    later = engine.table([folder / layer_file("touched", number) for number in manifest.layers])
    later = later.group_by("car").aggregate(newest=later.written.max())
    joined = rows.left_join(later, "car").drop("car_right")
    return joined.filter(joined.written == joined.newest.fill_null(manifest.layers[0])).drop("newest")


def newest(engine: Engine, folder: Path, manifest: Manifest, kind: str) -> Any:
    """The rows of the layer that this build wrote."""
    return engine.table([folder / layer_file(kind, manifest.number)])


def facts(engine: Engine, folder: Path, manifest: Manifest) -> Any:
    """The table `facts` of all cars: that of the last whole build, and in the place of its rows those that came out later."""
    whole = engine.table([folder / manifest.files["facts"]])
    newer = manifest.files.get("newer")
    return falling.brought_up(whole, engine.table([folder / newer])) if newer else whole


def merged(duck: DuckDB, folder: Path, new: Manifest) -> None:
    """All layers as one, with the masks of today's texts."""
    number = new.number + 1
    tables = {kind: valid(duck, folder, new, kind) for kind in KINDS}
    meanings = duck.table([folder / new.files["texts"]]).select("text", "mask")
    lines = tables["lines"].drop("mask").left_join(meanings, "text").drop("text_right")
    tables["lines"] = lines.mutate(mask=lines.mask.fill_null(0)).order_by("car", "day", "place")
    tables["visits"] = tables["visits"].order_by("car", "day", "nth")
    tables["readings"] = tables["readings"].order_by("car", "day", "km")
    for kind, rows in tables.items():
        duck.ibis.to_parquet(rows.mutate(written=_number(number)), folder / layer_file(kind, number))
    _to_parquet(duck, f"SELECT 0::INTEGER AS car, {number}::INTEGER AS written LIMIT 0", folder / layer_file("touched", number))
    new.number, new.layers, new.touched = number, [number], 0


def _number(number: int) -> Any:
    import ibis

    return ibis.literal(number, "int32")


def _read(duck: DuckDB, taken: Path) -> None:
    for name, columns in (("visits", _VISITS), ("lines", _LINES), ("cars", _CARS)):
        path = taken / f"{name}.csv"
        duck.run(
            f"CREATE OR REPLACE TEMP VIEW taken_{name} AS SELECT * FROM read_csv('{path}', header=false, auto_detect=false, delim=',', columns={columns})"
        )


def _number_cars(duck: DuckDB, folder: Path, earlier: Manifest | None, new: Manifest) -> None:
    """A car keeps its number as long as the lake is."""
    before = f"SELECT car, id FROM '{folder / earlier.files['numbers']}'" if earlier else "SELECT 0::INTEGER AS car, uuid() AS id LIMIT 0"
    duck.run(
        f"""CREATE OR REPLACE TEMP TABLE number AS
            WITH known AS ({before})
            SELECT car, id FROM known UNION ALL
            SELECT (coalesce((SELECT max(car) FROM known), 0) + row_number() OVER (ORDER BY id))::INTEGER, id
              FROM taken_cars WHERE id NOT IN (SELECT id FROM known)"""
    )
    new.files["numbers"] = f"numbers-{new.number}.parquet"
    _to_parquet(duck, "FROM number", folder / new.files["numbers"])
    touched = f"SELECT number.car, {new.number}::INTEGER AS written FROM taken_cars JOIN number USING (id)"
    _to_parquet(duck, f"{touched} {'' if earlier else 'LIMIT 0'}", folder / layer_file("touched", new.number))


def _number_sites(duck: DuckDB, earlier: Manifest | None, new: Manifest) -> None:
    """From 1; 0 is none."""
    known = list(earlier.sites) if earlier else []
    found = duck.run("SELECT site::VARCHAR FROM taken_visits UNION SELECT home::VARCHAR FROM taken_cars WHERE home IS NOT NULL ORDER BY 1")
    new.sites = known + [site for (site,) in found if site not in known]
    duck.run(
        "CREATE OR REPLACE TEMP TABLE site AS SELECT unnest(?)::UUID AS id, generate_subscripts(?, 1)::INTEGER AS number",
        [new.sites, new.sites],
    )


def _name_texts(duck: DuckDB, folder: Path, new: Manifest) -> None:
    """With those that nobody has read yet; they mean nothing so far."""
    duck.run(
        """CREATE OR REPLACE TEMP TABLE text AS
           SELECT text, key, mask, digest FROM named UNION ALL
           SELECT ((SELECT count(*) FROM named) + row_number() OVER () - 1)::INTEGER, key, 0, NULL
             FROM (SELECT DISTINCT key FROM taken_lines WHERE key NOT IN (SELECT key FROM named))"""
    )
    new.files["texts"] = f"texts-{new.number}.parquet"
    _to_parquet(duck, "FROM text", folder / new.files["texts"])


def _write_stays(duck: DuckDB, folder: Path, new: Manifest) -> None:
    duck.run(
        """CREATE OR REPLACE TEMP TABLE stay AS
           SELECT visit.id, number.car, visit.day, visit.net, visit.km, site.number AS site,
                  row_number() OVER (PARTITION BY number.car, visit.day ORDER BY visit.id)::INTEGER AS nth
             FROM taken_visits visit JOIN number ON number.id = visit.vehicle JOIN site ON site.id = visit.site"""
    )
    written = f"{new.number}::INTEGER AS written"
    _to_parquet(
        duck, f"SELECT car, day, nth, site, net, {written} FROM stay ORDER BY car, day, nth", folder / layer_file("visits", new.number)
    )
    readings = f"""
        WITH reading AS (
            SELECT car, day, km FROM stay WHERE km IS NOT NULL UNION
            SELECT number.car, read_on, km FROM taken_cars JOIN number USING (id) WHERE km IS NOT NULL AND read_on IS NOT NULL)
        SELECT car, day, km, coalesce(lag(km) OVER in_order, 0)::INTEGER AS before, (max(day) OVER (PARTITION BY car) - day)::INTEGER AS back, {written}
          FROM reading WINDOW in_order AS (PARTITION BY car ORDER BY day, km) ORDER BY car, day, km"""
    _to_parquet(duck, readings, folder / layer_file("readings", new.number))


def _write_lines(duck: DuckDB, folder: Path, new: Manifest) -> None:
    lines = f"""
        SELECT stay.car, stay.day, stay.nth,
               (row_number() OVER (PARTITION BY stay.car, stay.day ORDER BY line.is_labour = 't' DESC, line.position, line.id) - 1)::INTEGER AS place,
               line.is_paid = 't' OR stay.net > 0 AS is_paid, text.mask, text.text, stay.km, line.id AS line, {new.number}::INTEGER AS written
          FROM taken_lines line JOIN stay ON stay.id = line.visit JOIN text USING (key)
         ORDER BY stay.car, stay.day, place"""
    _to_parquet(duck, lines, folder / layer_file("lines", new.number))


def _write_cars(duck: DuckDB, folder: Path, earlier: Manifest | None, new: Manifest) -> None:
    cars = """SELECT number.car, taken.km, taken.is_kept = 't' AS is_kept, site.number AS home, taken.registered, taken.test, taken.first_test,
                     taken.service_on, taken.service_km, taken.service_told
                FROM taken_cars taken JOIN number USING (id) LEFT JOIN site ON site.id = taken.home"""
    if earlier:
        touched = folder / layer_file("touched", new.number)
        cars += f" UNION ALL SELECT * FROM '{folder / earlier.files['cars']}' WHERE car NOT IN (SELECT car FROM '{touched}')"
    new.files["cars"] = f"cars-{new.number}.parquet"
    _to_parquet(duck, cars, folder / new.files["cars"])
    for kind in ("stay", "text", "site"):
        duck.run(f"DROP TABLE {kind}")


def _to_parquet(duck: DuckDB, query: str, path: Path) -> None:
    duck.run(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
