"""Business time: the machine's, shifted for demo and tests."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecourt.runtime import clock


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+6h", timedelta(hours=6)),
        ("-3d", timedelta(days=-3)),
        ("+90m", timedelta(minutes=90)),
        ("10s", timedelta(seconds=10)),
        ("+1d12h", timedelta(days=1, hours=12)),
        ("-1d12h", timedelta(days=-1, hours=-12)),
    ],
)
def test_offsets_are_read(text: str, offset: timedelta) -> None:
    assert clock.parse(text) == offset


@pytest.mark.parametrize("text", ["", "6", "six hours", "+6h later", "+", "+6y", "6h +"])
def test_what_is_no_offset_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="FORECOURT_CLOCK must look like"):
        clock.parse(text)


def test_now_is_aware_and_shifted(settings: Any) -> None:
    settings.CLOCK = "+6h"
    shift = clock.now() - datetime.now(UTC)
    assert timedelta(hours=6) - timedelta(seconds=5) < shift <= timedelta(hours=6)
    settings.CLOCK = ""
    assert clock.offset() == timedelta(0)


def test_a_file_is_read_again_when_it_changes(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_LOOK_AGAIN_SECONDS", -1)
    told = tmp_path / "clock"
    settings.CLOCK = f"@{told}"
    assert clock.offset() == timedelta(0)
    told.write_text("+2d\n")
    assert clock.offset() == timedelta(days=2)
    told.write_text("")
    assert clock.offset() == timedelta(0)


def test_the_day_is_the_places_own(settings: Any) -> None:
    wanted = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    settings.CLOCK = f"{round((wanted - datetime.now(UTC)) / timedelta(seconds=1)):+d}s"
    assert clock.today("UTC") == date(2026, 12, 31)
    assert clock.today("Europe/Berlin") == date(2027, 1, 1)
    assert clock.today("America/New_York") == date(2026, 12, 31)
