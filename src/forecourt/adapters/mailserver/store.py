"""Deliveries on disk. Each accepted one is a file of raw bytes and a note of its envelope; nothing is ever deduplicated or changed.

The note is written last: a delivery without one was never accepted. An index by Message-ID answers "did you take this?" at once.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path
from typing import Any

_PER_FOLDER = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """The envelope of one accepted mail. `sequence` is its number at this server."""

    sequence: int
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    taken_at: datetime
    size: int


class Store:
    """A folder of deliveries. One process writes; any may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def next_sequence(self) -> int:
        """One more than any number ever used here, also by a delivery that was cut short."""
        last = 0
        for shelf in sorted(self._shelves(), reverse=True)[:1]:
            last = max((int(path.name.split(".")[0]) for path in shelf.iterdir()), default=0)
        return last + 1

    def keep(self, sequence: int, *, sender: str, recipients: list[str], content: bytes) -> Delivery:
        """Write everything so that it survives a power cut; returns when it does."""
        delivery = Delivery(
            sequence=sequence,
            message_id=message_id_of(content),
            sender=sender,
            recipients=tuple(recipients),
            taken_at=datetime.now(UTC),
            size=len(content),
        )
        raw, note, index = self._raw(sequence), self._note(sequence), self._index(delivery.message_id)
        for folder in (raw.parent, index.parent):
            folder.mkdir(parents=True, exist_ok=True)
        _write(raw, content)
        _write(index, f"{sequence}\n".encode(), more=True)
        _write(note, json.dumps(asdict(delivery) | {"taken_at": delivery.taken_at.isoformat()}).encode())
        _settle(raw.parent)
        return delivery

    def deliveries(self, message_id: str) -> int:
        """How many accepted deliveries carried this Message-ID."""
        try:
            numbers = self._index(bare(message_id)).read_text(encoding="ascii").split()
        except FileNotFoundError:
            return 0
        return sum(self._note(int(number)).exists() for number in numbers)

    def newest_first(self) -> Iterator[Delivery]:
        for shelf in sorted(self._shelves(), reverse=True):
            for note in sorted(shelf.glob("*.json"), reverse=True):
                yield _read(note)

    def find(self, sequence: int) -> tuple[Delivery, bytes] | None:
        try:
            return _read(self._note(sequence)), self._raw(sequence).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, delivery: Delivery) -> None:
        """Take a delivery away, its note first: without one it was never accepted."""
        self._note(delivery.sequence).unlink(missing_ok=True)
        self._raw(delivery.sequence).unlink(missing_ok=True)

    def _shelves(self) -> list[Path]:
        return [path for path in self.folder.glob("[0-9]*") if path.is_dir()] if self.folder.exists() else []

    def _raw(self, sequence: int) -> Path:
        return self.folder / f"{sequence // _PER_FOLDER:06d}" / f"{sequence:09d}.eml"

    def _note(self, sequence: int) -> Path:
        return self._raw(sequence).with_suffix(".json")

    def _index(self, message_id: str) -> Path:
        digest = hashlib.sha256(message_id.encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / "by-message-id" / digest[:2] / digest[2:40]


def message_id_of(content: bytes) -> str:
    """The Message-ID without its brackets; empty if the mail has none."""
    head = content[: content.find(b"\r\n\r\n") + 2] if b"\r\n\r\n" in content else content
    return bare(str(BytesHeaderParser(policy=compat32).parsebytes(head).get("Message-ID", "")))


def bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">").strip()


def _read(note: Path) -> Delivery:
    values: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    return Delivery(**values | {"recipients": tuple(values["recipients"]), "taken_at": datetime.fromisoformat(values["taken_at"])})


def _write(path: Path, content: bytes, *, more: bool = False) -> None:
    """Write and make sure the disk has it. The note appears under its name only when it is whole."""
    if more:
        with path.open("ab") as file:
            _push(file.fileno(), content)
        return
    attempt = path.with_name(f"{path.name}.part")
    with attempt.open("wb") as file:
        _push(file.fileno(), content)
    attempt.replace(path)


def _push(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
