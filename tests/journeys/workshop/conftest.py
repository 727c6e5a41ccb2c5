"""All stories of the workshop begin early on a Monday, and their files lie in a folder of their own."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cast import local
from tests.journeys.workshop.visit import MONDAY


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture(autouse=True)
def _early_on_monday(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local(f"{MONDAY} 06:59"))
