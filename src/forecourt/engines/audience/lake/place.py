"""Where a dealer's lake lies, and which of its files count.

Every build writes files of its own and, last, a manifest that names all files it stands on. The row `Build` in PostgreSQL says which manifest
counts, in the transaction that writes the facts: whoever is killed before that leaves files that nobody names, and the next build
removes them. Where the named manifest is not there (another machine, a restored backup, a person erased), everything is written anew.
"""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings

#: Raised when files are laid out otherwise than before.
LAYOUT: Final = 3


@dataclass(kw_only=True)
class Manifest:
    """What one build stands on. Files are named without their folder; the number of a layer is that of the build that wrote it."""

    layout: int = LAYOUT
    token: str = ""
    number: int = 0
    horizon: int = 0  # every row of a later transaction is still to be read
    cluster: str = ""  # whose transactions those are
    kinds: list[str] = field(default_factory=list)  # by bit
    sites: list[str] = field(default_factory=list)  # by number
    signature: list[Any] = field(default_factory=list)  # on which kinds the histories hang
    built: list[Any] = field(default_factory=list)  # and the facts
    rules: str = ""  # under which version of the rules every text of every line up to the horizon had its answer
    method: str = ""  # by which way of building
    day: int = 0  # for which
    copied: str = ""  # which edition of `profiles` every row of facts holds
    layers: list[int] = field(default_factory=list)
    touched: int = 0  # cars of the layers after the first, counted again in each
    cars: int = 0
    visits: int = 0
    lines: int = 0
    files: dict[str, str] = field(default_factory=dict)  # cars, numbers, texts, facts, newer (than facts)

    def layer_files(self) -> Iterable[str]:
        for number in self.layers:
            yield from (layer_file(kind, number) for kind in ("lines", "visits", "readings", "touched"))


def layer_file(kind: str, number: int) -> str:
    return f"{kind}-{number}.parquet"


def folder(organisation_id: UUID) -> Path:
    return Path(settings.DATA) / "analytics" / str(organisation_id)


def read(organisation_id: UUID, token: str) -> Manifest | None:
    """The manifest of this token with all its files, or None where there is none."""
    where = folder(organisation_id)
    try:
        found = Manifest(**json.loads((where / f"manifest-{token}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    named = [*found.layer_files(), *found.files.values()]
    return found if found.layout == LAYOUT and found.token == token and all((where / name).exists() for name in named) else None


def write(organisation_id: UUID, manifest: Manifest) -> None:
    """Whole or not at all, and on the disk before anybody counts on it."""
    where = folder(organisation_id)
    for name in {*manifest.layer_files(), *manifest.files.values()}:
        _keep_on_disk(where / name)
    attempt = where / f".manifest-{manifest.token}"
    with attempt.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file)
        file.flush()
        os.fsync(file.fileno())
    attempt.rename(where / f"manifest-{manifest.token}.json")


def _keep_on_disk(path: Path) -> None:
    for each in path.rglob("*.parquet") if path.is_dir() else [path]:  # a cluster leaves a folder
        with each.open("rb") as file:
            os.fsync(file.fileno())


def sweep(organisation_id: UUID, manifest: Manifest | None) -> None:
    """Remove what this manifest does not name, and the folder where there is none."""
    where = folder(organisation_id)
    if manifest is None:
        shutil.rmtree(where, ignore_errors=True)
        return
    kept = {*manifest.layer_files(), *manifest.files.values(), f"manifest-{manifest.token}.json"}
    for path in where.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def discard(organisation_id: UUID) -> None:
    """The whole lake; the next build writes it anew."""
    sweep(organisation_id, None)
