"""Run as a process of its own by `parquet`, never imported: says a Parquet file's columns and rows as lines of JSON.

It bounds itself before it touches the file. The last line says that the end was reached, or why not.
"""

import json
import math
import resource
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

ROWS_AT_ONCE = 1024


def main() -> None:
    asked = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    arrow = import_module("pyarrow")
    arrow.set_cpu_count(1)
    arrow.set_io_thread_count(1)
    told: dict[str, Any] = {"end": True}
    try:
        for line in lines(asked["path"], asked["rows"]):
            sys.stdout.write(line)
    except (MemoryError, arrow.ArrowCapacityError):
        told = {"refused": "too_large"}
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes the library say, it is damaged
        told = {"refused": "locked" if "encrypt" in str(error).lower() else "damaged"}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def lines(path: str, at_most: int) -> Iterator[str]:
    """The columns with how many rows there should be, then the rows; all of them, or the first few."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    with parquet.ParquetFile(
        path, pre_buffer=False, buffer_size=1 << 20, thrift_string_size_limit=1 << 22, thrift_container_size_limit=1 << 18
    ) as file:
        count, promised = 0, file.metadata.num_rows
        # A structure's fields become columns of their own, one level deep.
        empty = arrow.Table.from_batches([], schema=file.schema_arrow).flatten()
        yield json.dumps({"columns": empty.column_names, "rows": promised}) + "\n"
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
            rows = arrow.Table.from_batches([batch]).flatten()
            for row in zip(*(cells(column) for column in rows.columns), strict=True):
                count += 1
                yield json.dumps(row) + "\n"
                if count == at_most:
                    return
        if count != promised:
            raise ValueError(count)


def cells(column: Any) -> list[Any]:
    """The column's values as JSON has them."""
    types = import_module("pyarrow.types")
    kind = column.type
    if types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if types.is_boolean(kind) or types.is_integer(kind):
        return ["" if value is None else value for value in column.to_pylist()]
    if types.is_floating(kind) or types.is_decimal(kind):
        return [number(value) for value in column.to_pylist()]
    if types.is_temporal(kind) and not types.is_duration(kind):
        return ["" if value is None else value for value in column.cast(import_module("pyarrow").string()).to_pylist()]
    if types.is_string(kind) or types.is_large_string(kind):
        column = column.cast("binary" if types.is_string(kind) else "large_binary")
    return [text(value) for value in column.to_pylist()]


def number(value: Any) -> float | str:
    return float(value) if value is not None and math.isfinite(value) else ""


def text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").replace("\x00", "")
    if isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value):
        return ", ".join(str(each) for each in value if each is not None)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)


if __name__ == "__main__":
    main()
