"""Texts on disk, each a file of its own. Nothing is ever deduplicated, so that a text sent twice shows twice."""

import json
import os
import secrets
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """One text that was taken. `sequence` is its number here, `sid` what its sender was told."""

    sequence: int
    sid: str
    to: str
    sender: str
    body: str
    taken_at: datetime
    status: str


class Store:
    """A folder of texts. One process writes; any may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._one_at_a_time = Lock()

    def keep(self, *, to: str, sender: str, body: str, status: str = "delivered") -> Taken:
        """Write it so that it survives a power cut; returns when it does."""
        with self._one_at_a_time:
            self.folder.mkdir(parents=True, exist_ok=True)
            last = max((int(path.stem) for path in self.folder.glob("[0-9]*.json")), default=0)
            text = Taken(last + 1, f"SM{secrets.token_hex(16)}", to, sender, body, datetime.now(UTC), status)
            attempt = self.folder / f"{text.sequence:09d}.part"
            with attempt.open("w", encoding="utf-8") as file:
                json.dump(asdict(text) | {"taken_at": text.taken_at.isoformat()}, file)
                file.flush()
                os.fsync(file.fileno())
            attempt.replace(self._path(text))
        return text

    def newest_first(self, to: str = "") -> Iterator[Taken]:
        """All texts, or those to one number."""
        for path in sorted(self.folder.glob("[0-9]*.json"), reverse=True):
            text = _read(path)
            if text is not None and to in {"", text.to}:
                yield text

    def forget(self, numbers: Collection[str]) -> int:
        """Take away whatever went to one of these numbers; how many there were."""
        found = [text for text in self.newest_first() if text.to in numbers]
        for text in found:
            self._path(text).unlink(missing_ok=True)
        return len(found)

    def _path(self, text: Taken) -> Path:
        return self.folder / f"{text.sequence:09d}.json"


def _read(path: Path) -> Taken | None:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Taken(**values | {"taken_at": datetime.fromisoformat(values["taken_at"])})
