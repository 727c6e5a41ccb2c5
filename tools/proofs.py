"""`make prove`: every long proof in full length, one after the other, and one table at the end: what, limit, measured, ok.

    python -m tools.proofs [clone] [parts] [walls]       all, or those named

`clone` meets a fresh clone as a stranger does (`tools/prove`), `parts` are the tests under `tests/proof` with FORECOURT_PROVE=1,
`walls` takes out one check at a time (`tools/mutation.py`). A line that fails says how to look at it; the outputs are kept until everything is fine.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

CHECKOUT: Final = Path(__file__).resolve().parents[1]
FILE: Final = "FORECOURT_PROVE_FIGURES"
"""Names the file in which the tests tell what they measured."""
COLUMNS: Final = ("what", "limit", "measured", "ok")
_STARTS: Final = re.compile(r"(make run, \w+): (.*after \d+ s) \(limit (\d+ s)\)")


@dataclass(frozen=True)
class Line:
    """One line of the table; `mend` says what to do about it if it is not ok."""

    what: str
    limit: str
    measured: str
    ok: bool = True
    mend: str = ""

    def cells(self) -> tuple[str, ...]:
        return self.what, self.limit, self.measured, "yes" if self.ok else "NO"


def clone(notes: Path) -> Iterator[Line]:
    """A stranger's two starts."""
    log = notes / "clone.log"
    code = _run(["tools/prove"], log)
    found = _STARTS.findall(log.read_text(errors="replace"))
    yield from (Line(what, limit, measured) for what, measured, limit in found)
    if code:
        mend = (
            f"Read {log}: it ends with what `make run` said. `git clone . /tmp/clone && make -C /tmp/clone run` shows the same. "
            "Only what is committed is cloned; if a port is taken, set PROVE_PORT."
        )
        yield Line("make run in a fresh clone", "240 s, then 15 s", f"ended with {code}", ok=False, mend=mend)


def parts(notes: Path) -> Iterator[Line]:
    """The tests under `tests/proof`, in full."""
    log, report, figures = notes / "parts.log", notes / "parts.xml", notes / "figures"
    command = [sys.executable, "-m", "pytest", "tests/proof", "-s", "-q", f"--junitxml={report}"]
    code = _run(command, log, FORECOURT_PROVE="1", **{FILE: str(figures)})
    yield from told(figures)
    failed = list(failures(report, log))
    yield from failed
    if code and not failed:
        yield Line(
            "tests/proof", "all pass", f"pytest ended with {code}", ok=False, mend=f"Read {log}: the tests could not be run to their end."
        )


def told(figures: Path) -> Iterator[Line]:
    """What the tests measured, as they told it."""
    if figures.exists():
        for text in figures.read_text(encoding="utf-8").splitlines():
            yield Line(**json.loads(text))


def failures(report: Path, log: Path) -> Iterator[Line]:
    """The tests that failed, with their first words and how to run each alone."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).iter("testcase"):
        wrong = case.find("failure") if case.find("failure") is not None else case.find("error")
        if wrong is None:
            continue
        name, file = case.get("name", ""), case.get("classname", "").replace(".", "/") + ".py"
        first = (wrong.get("message") or "failed").splitlines()[0][:80]
        alone = f"FORECOURT_PROVE=1 .venv/bin/pytest {file} -s -k '{name.partition('[')[0]}'"
        mend = f"Run it alone: {alone}. What was killed when stands in {log}; without FORECOURT_PROVE=1 it is short."
        yield Line(name.removeprefix("test_").replace("_", " "), "passes", first, ok=False, mend=mend)


def table(lines: list[Line]) -> str:
    """As text, with how to mend under each line that is not ok."""
    rows = [COLUMNS, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    shown.insert(1, "  ".join("-" * width for width in widths))
    for number, line in reversed(list(enumerate(lines, start=2))):
        if not line.ok:
            shown.insert(number + 1, f"    mend: {line.mend}")
    return "\n".join(shown)


def _run(command: list[str], log: Path, **variables: str) -> int:
    """Run it with its output on the terminal and in its log."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT))),
        "PYTHONUNBUFFERED": "1",
        **variables,
    }
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdout is not None
        for output in process.stdout:
            file.write(output)
            sys.stdout.buffer.write(output)
            sys.stdout.flush()
    return process.wait()


def walls(notes: Path) -> Iterator[Line]:
    """Each check of a right and each wall taken out, one at a time: a test must turn red."""
    log = notes / "walls.log"
    code = _run([sys.executable, "-m", "tools.mutation"], log)
    score = re.search(r"(\d+) walls taken out one at a time, \d+ seen: ([\d.]+%)", log.read_text(errors="replace"))
    measured = f"{score[2]} of {score[1]}" if score else f"ended with {code}"
    mend = f"Read the end of {log}: what no test saw stands there. `python -m tools.mutation --only WORDS` tries one again."
    yield Line("walls taken out that a test sees", "95 %", measured, ok=code == 0, mend=mend)


PROOFS: Final = {"clone": clone, "parts": parts, "walls": walls}


def main(names: list[str]) -> int:
    """The exit code: 1 if a line is not ok."""
    notes = Path(tempfile.mkdtemp(prefix="forecourt-proofs-"))
    lines: list[Line] = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", flush=True)
        lines += PROOFS[name](notes)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"\n{table(lines)}")
    if lines and all(line.ok for line in lines):
        shutil.rmtree(notes)
        return 0
    return 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tools.proofs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="name", choices=[*PROOFS, []], help=" ".join(PROOFS))
    sys.exit(main(parser.parse_args().names or list(PROOFS)))
