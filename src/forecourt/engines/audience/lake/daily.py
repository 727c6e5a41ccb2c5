"""All facts of a dealer at once, through the lake: what changed is taken from PostgreSQL, histories of changed cars are made anew, what is known of
each car today is worked out from all histories, and rows that came out differently are written.
"""

# ruff: noqa: S608 - put together from names of our own files

import hashlib
import secrets
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import duckdb
import pyarrow
import pyarrow.parquet as pq
from django.conf import settings

from forecourt.engines.audience import profiles, rules
from forecourt.engines.audience.building import calendar, falling, histories
from forecourt.engines.audience.building.terms import MOST_KINDS, TYRE_WORK, Kind, Terms
from forecourt.engines.audience.lake import engine as engines
from forecourt.engines.audience.lake import layers, place, reading, texts, writing
from forecourt.engines.audience.lake.engine import DuckDB, Engine
from forecourt.engines.audience.lake.place import Manifest
from forecourt.engines.audience.models import DueExperience
from forecourt.records.catalogue.models import WorkKind

#: Another whenever anything of how rows are read or worked out is written otherwise: then nothing of an earlier build counts.
METHOD: Final = hashlib.blake2b(
    b"".join(path.read_bytes() for folder in ("building", "lake") for path in sorted((Path(__file__).parent.parent / folder).glob("*.py"))),
    digest_size=8,
).hexdigest()
#: Above this share of changed cars everything is read anew.
MOST_CHANGED: Final = 0.25
MOST_LAYERS: Final = 30
#: Above this share of rows that came out since the last whole build, they are put into its file.
MOST_NEWER: Final = 0.1


@dataclass(frozen=True)
class Found:
    """How many cars are known and how much falls due on them, the token of the build, and what it wrote; whether every car was read and written anew."""

    vehicles: int
    due: int
    token: str
    written: writing.Written
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The build that counts so far, and what changed since; `rules` is the version in force."""

    earlier: Manifest | None
    cluster: str
    horizon: int
    rules: str
    changes: reading.Changes | None = None  # nothing tells them: all is new

    @property
    def open_texts(self) -> list[str] | None:
        """The texts that may have no answer, beside those answered by other rules; None: all may."""
        return None if self.changes is None or self.earlier is None or self.earlier.rules != self.rules else self.changes.texts


def look(organisation_id: UUID, *, token: str) -> Seen:
    """To be asked before anything else is read; `token` names the build that counts so far."""
    earlier = place.read(organisation_id, token) if token else None
    cluster, horizon = reading.horizon(organisation_id)
    seen = Seen(earlier=earlier, cluster=cluster, horizon=horizon, rules=rules.version())
    if earlier is None or (earlier.cluster, earlier.method) != (cluster, METHOD):
        return seen
    return replace(seen, changes=reading.changes(organisation_id, earlier.horizon))


def refresh(*, organisation_id: UUID, today: date, seen: Seen) -> Found:
    """Bring lake and facts up to date, inside the caller's transaction, after every text has its answer.

    Where the files of the build before cannot be read (a disk that lost them), all is written anew.
    """
    try:
        return _built(organisation_id, today, seen)
    except (duckdb.Error, pyarrow.ArrowException, OSError, ValueError):
        if seen.earlier is None:
            raise
    place.discard(organisation_id)
    return _built(organisation_id, today, replace(seen, earlier=None, changes=None))


def _built(organisation_id: UUID, today: date, seen: Seen) -> Found:
    place.sweep(organisation_id, seen.earlier)
    folder = place.folder(organisation_id)
    work = folder / "work"
    work.mkdir(parents=True)
    with engines.duckdb(work) as duck:
        found = _Building(organisation_id, today, folder, duck).run(seen)
    shutil.rmtree(work)
    return found


class _Building:
    """One build; its files are named by its number."""

    def __init__(self, organisation_id: UUID, today: date, folder: Path, duck: DuckDB) -> None:
        self.organisation_id, self.today, self.folder, self.duck = organisation_id, today, folder, duck
        self.work = folder / "work"
        self.newest_layer: int | None = None

    def run(self, seen: Seen) -> Found:
        earlier, changes = seen.earlier, seen.changes
        number = (earlier.number if earlier else 0) + 1
        new = Manifest(
            token=secrets.token_hex(16),
            number=number,
            horizon=seen.horizon,
            cluster=seen.cluster,
            rules=seen.rules,
            copied=profiles.edition(),
            method=METHOD,
            day=self.today.toordinal(),
        )
        base = earlier if changes is not None else None
        if base is not None and changes is not None and len(changes.cars) > MOST_CHANGED * base.cars:
            base = changes = None
        said = self._taken(base, new, changes)
        if changes is not None and (new.cars, new.visits, new.lines) != (changes.all_cars, changes.all_visits, changes.all_lines):
            base, changes = None, None  # rows were deleted, and nothing tells which
            new.number += 1
            said = self._taken(None, new, None)
        with engines.chosen(settings.ANALYTICS, self.duck) as engine:
            terms = self._terms(new)
            some = self._build(engine, base, new, terms)
        return self._written(base, new, terms, some, self._touched(base, new, said))

    def _taken(self, base: Manifest | None, new: Manifest, changes: reading.Changes | None) -> list[str]:
        """Bring the layers up to date; returns the texts that were read otherwise since, for their cars' reasons change with them."""
        reading.take_meanings(self.organisation_id, self.work)
        new.kinds = _kinds(base, texts.kinds(self.duck, self.work))
        bits = {code: bit for bit, code in enumerate(new.kinds)}
        known = texts.name(self.duck, self.folder, self.work, base, bits)
        if base is None or (changes is not None and changes.cars):
            reading.take(self.organisation_id, changes.cars if changes else None, self.work)
            layers.write(self.duck, self.folder, self.work, base, new)
            new.layers = [*(base.layers if base else ()), new.number]
            self.newest_layer = new.number  # also if all layers are made one below
            new.touched = (base.touched if base else 0) + (len(changes.cars) if changes else 0)
        else:
            layers.keep(self.duck, self.folder, base, new)
        [(new.cars,)] = self.duck.run(f"SELECT count(*) FROM '{self.folder / new.files['cars']}'")
        new.visits, new.lines = (self._number(layers.valid(self.duck, self.folder, new, kind)) for kind in ("visits", "lines"))
        if base is not None and (known.is_altered or len(new.layers) > MOST_LAYERS or new.touched > MOST_CHANGED * new.cars):
            layers.merged(self.duck, self.folder, new)
        return known.decided_otherwise

    def _number(self, rows: Any) -> int:
        [(number,)] = self.duck.run(self.duck.statement(rows.count()))
        return int(number)

    def _terms(self, new: Manifest) -> Terms:
        bits = {code: bit for bit, code in enumerate(new.kinds)}
        ours = {kind.code: kind for kind in WorkKind.objects.filter(code__in=bits)}
        by_time_alone = set(DueExperience.objects.filter(uses_distance=False).values_list("work_kind", flat=True))
        terms = Terms(today=self.today, kinds=tuple(_kind(code, bit, ours.get(code), by_time_alone) for code, bit in bits.items()))
        new.signature = [len(bits), terms.paid_mask, terms.mask(TYRE_WORK)]
        new.built = [[kind.code, kind.months, kind.km, kind.falls_due] for kind in terms.kinds]
        return terms

    def _build(self, engine: Engine, base: Manifest | None, new: Manifest, terms: Terms) -> Path | None:
        """What is known of every car, worked out anew of those alone whose facts can differ; returns the rows that were, or None if it is all."""
        cars = engine.table([self.folder / new.files["cars"]])
        is_merged = base is not None and new.layers != base.layers and len(new.layers) == 1
        if base is None or base.signature != new.signature or base.built != new.built or base.day > new.day or is_merged:
            self._write(
                engine,
                new,
                "facts",
                falling.facts(cars, self._histories(engine, new, terms, layers.valid), self._calendar(engine, terms), terms),
            )
            return None
        before, touched, made = layers.facts(engine, self.folder, base), None, None
        if new.layers != base.layers:
            touched = layers.newest(engine, self.folder, new, "touched").select("car")
            made = self._histories(engine, new, terms, layers.newest)
        few = self.work / "few.parquet"
        engine.write(falling.facts_of_some(before, cars, touched, made, self._calendar(engine, terms), terms), few)
        self._bring_up(engine, base, new, few)
        return few

    def _calendar(self, engine: Engine, terms: Terms) -> Any:
        path = self.work / "calendar.parquet"
        pq.write_table(calendar.table(terms), path)
        return engine.table([path])

    def _bring_up(self, engine: Engine, base: Manifest, new: Manifest, few: Path) -> None:
        """The rows of some cars in the place of those of the build before: in a file of their own, until these are many."""
        some, newer = engine.table([few]), base.files.get("newer")
        if newer:
            some = falling.brought_up(engine.table([self.folder / newer]), some)
        new.files["facts"] = base.files["facts"]
        self._write(engine, new, "newer", some)
        [(rows,)] = self.duck.run(f"SELECT count(*) FROM {writing.files(self.folder / new.files['newer'])}")
        if rows > MOST_NEWER * new.cars:
            self._write(engine, new, "facts", layers.facts(engine, self.folder, new))
            del new.files["newer"]

    def _histories(self, engine: Engine, new: Manifest, terms: Terms, rows: Callable[..., Any]) -> Any:
        """Of the cars of these rows, with what the kernel tells of readings that fall."""
        lines, visits, readings = (rows(engine, self.folder, new, kind) for kind in layers.KINDS)
        few = self.work / "told.parquet"
        irregular = histories.irregular(readings, histories.falling(readings))
        pq.write_table(histories.by_kernel(engine.rows(irregular)), few)
        return histories.completed(histories.histories(lines, visits, readings, terms), engine.table([few]))

    def _write(self, engine: Engine, new: Manifest, name: str, expression: Any) -> None:
        new.files[name] = f"{name}-{new.number}.parquet"
        engine.write(expression, self.folder / new.files[name])

    def _written(self, base: Manifest | None, new: Manifest, terms: Terms, some: Path | None, touched: str | None) -> Found:
        facts = layers.facts(self.duck, self.folder, new)
        before = layers.facts(self.duck, self.folder, base) if base is not None and base.built == new.built else None
        changed = writing.changed_cars(self.duck, self.duck.table([some]) if some else facts, before, touched)
        values = {"organisation": self.organisation_id, "today": self.today}
        written = writing.write(self.duck, self.folder, new, terms, changed, values)
        falls = " + ".join(f"count({falling.due(kind.bit)})" for kind in terms.due_kinds) or "0"
        [(vehicles, due)] = self.duck.run(f"SELECT count(*), {falls} FROM ({self.duck.statement(facts)})")
        place.write(self.organisation_id, new)
        return Found(vehicles=vehicles, due=due, token=new.token, written=written, is_whole=base is None)

    def _touched(self, base: Manifest | None, new: Manifest, said: list[str]) -> str | None:
        """A query for cars whose rows may differ in what their facts do not tell: keeper, line that decided, word that decided."""
        if base is None:
            return None
        queries = []
        if self.newest_layer is not None:
            queries.append(f"SELECT car FROM '{self.folder / place.layer_file('touched', self.newest_layer)}'")
        if said:
            self.duck.run("CREATE OR REPLACE TEMP TABLE said AS SELECT unnest(?) AS key", [said])
            lines = self.duck.statement(layers.valid(self.duck, self.folder, new, "lines").select("car", "text"))
            texts = self.folder / new.files["texts"]
            queries.append(f"SELECT DISTINCT car FROM ({lines}) JOIN '{texts}' USING (text) JOIN said USING (key)")
        return " UNION ".join(queries) or None


def _kinds(base: Manifest | None, told: Collection[str]) -> list[str]:
    """Codes by bit; those of the build before keep theirs."""
    known = list(base.kinds) if base else []
    found = set(told) | set(WorkKind.objects.values_list("code", flat=True))
    kinds = known + sorted(found - set(known))
    if len(kinds) > MOST_KINDS:
        raise ValueError(f"{len(kinds)} kinds of work are more than a mask has bits")
    return kinds


def _kind(code: str, bit: int, ours: WorkKind | None, by_time_alone: Collection[str]) -> Kind:
    if ours is None:
        return Kind(code=code, bit=bit)
    has_interval = ours.interval_months is not None or ours.interval_km is not None
    km = None if code in by_time_alone and ours.interval_months is not None else ours.interval_km
    return Kind(
        code=code, bit=bit, months=ours.interval_months, km=km, falls_due=ours.is_active and ours.is_invited and has_interval,
        is_paid_service=ours.is_paid_service,
    )  # fmt: skip
