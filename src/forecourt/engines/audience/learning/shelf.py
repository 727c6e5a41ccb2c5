"""Where what was learned lies: `FORECOURT_DATA/learned/<organisation>/<version>.npz`, plain numbers and text, never code.

One file per dealer, written whole or not at all; reading takes arrays of known shapes only and refuses pickles. A file that is missing or
damaged is nothing learned, and is made anew.
"""

import json
import os
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from forecourt.engines.audience.learning import pieces
from forecourt.engines.audience.learning.learned import Learned, Report

_PLAIN = ("kinds", "languages", "slope", "offset")


def put(folder: Path, organisation_id: UUID, version: str, learned: Learned) -> None:
    """Keep it under its version; what the dealer's learner knew before goes."""
    place = folder / str(organisation_id)
    place.mkdir(parents=True, exist_ok=True)
    told = {name: getattr(learned, name) for name in _PLAIN} | {"report": asdict(learned.report), "organisation": str(organisation_id)}
    with tempfile.NamedTemporaryFile(dir=place, prefix=".coming-", delete=False) as file:
        try:
            np.savez(
                file,
                weights=learned.weights,
                rarity=learned.rarity,
                bias=learned.bias,
                told=np.frombuffer(json.dumps(told).encode(), np.uint8),
            )
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(place / f"{version}.npz")
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    for older in place.glob("*.npz"):
        if older.name != f"{version}.npz":
            older.unlink(missing_ok=True)


def take(folder: Path, organisation_id: UUID, version: str) -> Learned | None:
    """What was learned under this version; None if the file is not there, is another dealer's or is not what it should be."""
    path = folder / str(organisation_id) / f"{version}.npz"
    try:
        return _read(path, path.stat().st_mtime_ns, str(organisation_id))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def forget(folder: Path, organisation_id: UUID) -> None:
    """Nothing is learned any more."""
    for path in (folder / str(organisation_id)).glob("*.npz"):
        with suppress(OSError):
            path.unlink()


@lru_cache(maxsize=4)
def _read(path: Path, _written_at: int, organisation: str) -> Learned:
    with np.load(path, allow_pickle=False) as kept:
        told: dict[str, Any] = json.loads(kept["told"].tobytes())
        weights, rarity, bias = (np.asarray(kept[name], dtype=np.float32) for name in ("weights", "rarity", "bias"))
    kinds, languages = tuple(map(str, told["kinds"])), tuple(map(str, told["languages"]))
    columns = len(kinds) + len(languages)
    if told["organisation"] != organisation or not kinds or weights.shape != (1 << pieces.BITS, columns):
        raise ValueError("not what this dealer's learner wrote")
    if (
        rarity.shape != (1 << pieces.BITS,)
        or bias.shape != (columns,)
        or not all(np.isfinite(each).all() for each in (weights, rarity, bias))
    ):
        raise ValueError("not what a learner writes")
    return Learned(kinds, languages, weights, rarity, bias, float(told["slope"]), float(told["offset"]), Report(**told["report"]))
