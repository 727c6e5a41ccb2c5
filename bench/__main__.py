"""All promised speeds, or those named, each benchmark in a process of its own, and one table at the end.

    python -m bench [--small] [slots race pages live imports mail segments walls classification learning due build]

Works on data of its own, in a folder that is removed afterwards, and on free ports, so that nothing of a running Forecourt is touched.
A promise that was missed is told in the table; the exit code tells of wrong results only. `--small` tries everything in small sizes.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import figures
from tests.journeys.house import CHECKOUT
from tests.ports import four_free_ports

SMALL = {
    "slots": ["--runs", "10", "--reservations", "2000"],
    "race": ["--clients", "40", "--rounds", "3"],
    "pages": ["--runs", "5", "--customers", "100"],
    "live": ["--subscribers", "20", "--moves", "6"],
    "imports": ["1000", "4000"],
    "mail": ["--mails", "50"],
    "segments": ["--cars", "20000", "--runs", "5"],
    "walls": ["--customers", "50000", "--runs", "16"],
    "classification": [],
    "due": ["--cars", "500"],
    "learning": [],
    "build": ["--lines", "50000", "--history", "0"],
}


def main(names: list[str], *, is_small: bool) -> int:
    """The exit code: how many benchmarks had a wrong result or did not come to an end."""
    failed = []
    with tempfile.TemporaryDirectory() as notes, _place() as environment:
        told = Path(notes) / "figures"
        for name in names:
            began = time.monotonic()
            print(f"{name} …", flush=True)
            command = [sys.executable, "-m", f"bench.{name}", *(SMALL[name] if is_small else ())]
            if subprocess.run(command, env={**environment, figures.FILE: str(told)}, check=False).returncode:
                failed.append(name)
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        print(f"\n{_machine()}; times are p50 / p95\n\n{figures.table(figures.gathered(told))}")
    if failed:
        print(f"\nWrong or broken: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


@contextmanager
def _place() -> Iterator[dict[str, str]]:
    """The environment of the benchmarks: a data folder and ports that nobody else uses."""
    data = Path(tempfile.mkdtemp(prefix="forecourt-bench-"))
    data.chmod(0o755)  # PostgreSQL runs as another user when we are root
    others = {name: value for name, value in os.environ.items() if not name.startswith(("FORECOURT_", "DATABASE_"))}
    kept = {name: value for name, value in os.environ.items() if name == "FORECOURT_CHROMIUM"}
    try:
        yield {
            **others,
            **kept,
            "FORECOURT_DATA": str(data),
            "FORECOURT_PORT": str(four_free_ports()),
            "DJANGO_SETTINGS_MODULE": "forecourt.config.settings",
            "PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT))),
        }
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _machine() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=" ".join(SMALL))
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.names) - set(SMALL):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SMALL)}")
    sys.exit(main(given.names or list(SMALL), is_small=given.small))
