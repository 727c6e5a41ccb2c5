"""The benchmarks that need no whole house come to their end in small sizes, with right results; how fast they are is not asked here."""

import subprocess
import sys

import pytest

from tests.journeys.house import CHECKOUT


@pytest.mark.parametrize("name", ["slots", "pages", "imports"])
def test_a_benchmark_comes_to_its_end(name: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--small", name], cwd=CHECKOUT, capture_output=True, text=True, timeout=200, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "p50 / p95" in told.stdout
