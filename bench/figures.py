"""What a benchmark found: figures beside their limit and the promise, told by each benchmark and gathered into one table.

A missed promise is told, never an error; a wrong result is an error, however fast it came.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

FILE = "FORECOURT_BENCH_FIGURES"
"""Names the file in which `python -m bench` gathers the figures of all benchmarks."""
COLUMNS = ("what", "measured", "limit in the same run", "ratio", "promise", "met")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table; `ratio` is how many times the limit's time or memory ours takes."""

    what: str
    measured: str
    limit: str = ""
    ratio: float | None = None
    promise: str = ""
    is_met: bool | None = None
    wrong: str = ""  # what was wrong with the result itself

    def cells(self) -> tuple[str, ...]:
        met = "WRONG" if self.wrong else {True: "yes", False: "no", None: ""}[self.is_met]
        return self.what, self.measured, self.limit, "" if self.ratio is None else f"{self.ratio:.1f}x", self.promise, met


@dataclass(frozen=True)
class Times:
    """Many runs of the same thing, in milliseconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        return cls(median(seconds) * 1000, quantiles(seconds, n=20, method="inclusive")[-1] * 1000)

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f} ms"


def tell(figures: Iterable[Figure]) -> int:
    """Show the figures, hand them to whoever gathers them, and give the exit code: 1 only for a wrong result."""
    found = list(figures)
    if FILE in os.environ:
        with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in found)
    else:
        print(table(found))
    for figure in found:
        if figure.wrong:
            print(f"WRONG: {figure.what}: {figure.wrong}", file=sys.stderr)
    return 1 if any(figure.wrong for figure in found) else 0


def gathered(path: Path) -> list[Figure]:
    return [Figure(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def table(figures: Sequence[Figure]) -> str:
    """As text; times are p50 / p95."""
    rows = [COLUMNS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def peak_mib() -> float:
    """The most memory that this process ever had.

    Linux counts into `ru_maxrss` what the process had that started this one; `VmHWM` begins anew with the program (proc(5)).
    """
    status = Path("/proc/self/status")
    if status.exists():
        [kib] = re.findall(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        return int(kib) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
