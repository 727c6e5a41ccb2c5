"""Which engine works: DuckDB inside the process, or the Apache Spark cluster that `FORECOURT_ANALYTICS` names.

Both read Parquet files and write them. With a cluster, `FORECOURT_DATA/analytics` lies where all of its workers reach it under the same name.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Final, Protocol

import ibis
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType

# Steps stay steps: made one, what two columns need is worked out twice.
ibis.options.sql.fuse_selects = False

#: DuckDB goes to the disk for more; what it does not count, such as reading Parquet, comes on top.
MEMORY: Final = "600MB"


class Engine(Protocol):
    def table(self, paths: Sequence[Path]) -> Any:
        """These Parquet files as one table."""

    def rows(self, expression: Any) -> Iterator[pa.RecordBatch]:
        """What an expression gives."""

    def write(self, expression: Any, path: Path) -> None:
        """What an expression gives as Parquet: one file, or a folder of them."""


class DuckDB:
    def __init__(self, spill: Path) -> None:
        self.ibis = ibis.duckdb.connect(memory_limit=MEMORY, temp_directory=str(spill), preserve_insertion_order=False)
        self._numbers = count()

    def table(self, paths: Sequence[Path]) -> Any:
        # Named by turns and bound to no connection, so that the same question of the next build is the same expression: see `statement_of`.
        name = f"files_{next(self._numbers)}"
        files = [str(path / "*.parquet" if path.is_dir() else path) for path in paths]  # a cluster leaves a folder
        self.run(f"CREATE TEMP VIEW {name} AS FROM read_parquet({files})")
        return ibis.table({column: _type(kind) for column, kind, *_ in self.run(f"DESCRIBE {name}")}, name=name)

    def statement(self, expression: Any) -> str:
        return statement_of(expression.op())

    def rows(self, expression: Any) -> Iterator[pa.RecordBatch]:
        # Ibis's own way would load pandas, which takes longer than the question.
        return iter(self.ibis.con.sql(self.statement(expression)).to_arrow_table().to_batches())

    def write(self, expression: Any, path: Path) -> None:
        # Nobody reads it for long: packing it, and looking for values that come often, takes longer than writing it.
        self.run(f"COPY ({self.statement(expression)}) TO '{path}' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)")

    def run(self, statement: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """A statement of DuckDB's own, for what is done with files and not with facts."""
        return list(self.ibis.con.execute(statement, values).fetchall())


_type = cache(DuckDBType.from_string)


@lru_cache(maxsize=64)
def statement_of(operation: Any) -> str:
    """In DuckDB's words. Kept, as making it takes longer than working out the few cars of a day, and every day and every dealer with the same terms asks it."""
    return str(ibis.to_sql(operation.to_expr(), dialect="duckdb", pretty=False))


class Spark:
    def __init__(self, master: str) -> None:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("forecourt").master(master)
        self.session = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false").getOrCreate()
        self.ibis = ibis.pyspark.connect(self.session)

    def table(self, paths: Sequence[Path]) -> Any:
        # Ibis's own way takes one path alone.
        name = f"files_{secrets.token_hex(8)}"
        self.session.read.parquet(*map(str, paths)).createOrReplaceTempView(name)
        return self.ibis.table(name)

    def rows(self, expression: Any) -> Iterator[pa.RecordBatch]:
        return iter(self.ibis.to_pyarrow(expression).to_batches())

    def write(self, expression: Any, path: Path) -> None:
        self.session.sql(self.ibis.compile(expression)).write.mode("overwrite").parquet(str(path))


@contextmanager
def duckdb(spill: Path) -> Iterator[DuckDB]:
    engine = DuckDB(spill)
    try:
        yield engine
    finally:
        engine.ibis.disconnect()


@contextmanager
def chosen(analytics: str, ours: DuckDB) -> Iterator[Engine]:
    """The engine that the setting names, or ours; a session with a cluster is ended afterwards."""
    if not analytics:
        yield ours
        return
    cluster = Spark(analytics)
    try:
        yield cluster
    finally:
        cluster.session.stop()
