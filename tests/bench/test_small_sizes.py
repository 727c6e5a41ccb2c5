"""The benchmarks that need no whole house come to their end in small sizes, with right results; how fast they are is not asked here."""

import subprocess
import sys

import pytest

from tests.journeys.house import CHECKOUT

NAMES = ("slots", "pages", "imports")


@pytest.mark.timeout(300)
def test_benchmarks_come_to_their_end() -> None:
    """In one place of their own, as `make bench` runs them."""
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--small", *NAMES], cwd=CHECKOUT, capture_output=True, text=True, timeout=290, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    begun, _, table = told.stdout.partition("p50 / p95")
    assert [name for name in NAMES if f"\n{name}: " not in begun] == []
    assert table
