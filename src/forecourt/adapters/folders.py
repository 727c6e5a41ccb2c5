"""Watched folders on this machine: one for each dealer below the root that the operator chose, and nothing outside of it.

Every step of the path is opened from the one before it and never through a link, so that neither a name nor a link that somebody lays leads
elsewhere. What was taken moves to `done/`, what was refused to `refused/` with a text beside it that says why.
"""

import errno
import fnmatch
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from forecourt.engines.intake.fetching.places import MOST_NAMES, Address, Found, Unfit, Unreached

DONE: Final = "done"
REFUSED: Final = "refused"
MARKER: Final = ".done"
_BLOCK: Final = 1 << 20
_GROWING: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".writing", "~")
_OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def opened(address: Address) -> Iterator["Folder"]:
    """The dealer's folder, made if it is missing. Raises Unreached."""
    names = [address.organisation, *[each for each in address.place.get("folder", "").split("/") if each]]
    if not all(_is_plain(each) for each in names):
        raise Unreached("outside_root")
    root: Path = settings.INBOX
    try:
        root.mkdir(parents=True, exist_ok=True)
        at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Unreached("no_folder") from error
    try:
        for name in names:
            below = _folder(at, name)
            os.close(at)
            at = below
        yield Folder(at, address.place, address.at_most)
    finally:
        os.close(at)


class Folder:
    """An open folder."""

    host_key = ""
    remembers = False

    def __init__(self, at: int, place: dict[str, Any], at_most: int) -> None:
        self._at, self._at_most = at, at_most
        self._pattern = place.get("pattern") or "*"
        self._has_marker = bool(place.get("has_marker"))

    def check(self) -> None:
        """It is open."""

    def files(self) -> list[Found]:
        """Plain files that fit, without those that begin with a point or are named as half-written ones are."""
        found: list[Found] = []
        with os.scandir(self._at) as entries:
            names = {each.name: each for each in entries}
        for name, entry in names.items():
            if not is_wanted(name, self._pattern) or not entry.is_file(follow_symlinks=False):
                continue
            has_marker = name + MARKER in names
            if has_marker or not self._has_marker:
                seen = entry.stat(follow_symlinks=False)
                found.append(Found(name, f"{seen.st_size}:{seen.st_mtime_ns}", seen.st_mtime, has_marker))
            if len(found) >= MOST_NAMES:
                break
        return found

    def fetch(self, found: Found, into: IO[bytes]) -> str:
        """Copied, so that the original can be put away once all is kept."""
        try:
            number = os.open(found.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._at)
        except OSError as error:
            raise Unfit("vanished") from error
        with os.fdopen(number, "rb") as stream:
            seen = os.fstat(number)
            if not stat.S_ISREG(seen.st_mode):
                raise Unfit("no_file")
            written = 0
            while block := stream.read(_BLOCK):
                written += len(block)
                if written > self._at_most:
                    raise Unfit("too_large")
                into.write(block)
        return f"{seen.st_size}:{seen.st_mtime_ns}"

    def put_away(self, found: Found, *, refused: str = "") -> None:
        """To `done` or `refused`, under a name that is free there."""
        with suppress(OSError):
            target = _folder(self._at, REFUSED if refused else DONE)
            try:
                name = _free(target, found.name)
                os.rename(found.name, name, src_dir_fd=self._at, dst_dir_fd=target)
                if refused:
                    _write(target, f"{name}.txt", refused + "\n")
            finally:
                os.close(target)
            os.unlink(found.name + MARKER, dir_fd=self._at)


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a file of this name is to be taken; case does not count."""
    if not _is_plain(name) or name.endswith((*_GROWING, MARKER)):
        return False
    return fnmatch.fnmatchcase(name.casefold(), pattern.casefold())


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and "/" not in name and "\\" not in name and name.isprintable()


def _folder(at: int, name: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, 0o770, dir_fd=at)
    try:
        return os.open(name, _OPEN_FOLDER, dir_fd=at)
    except OSError as error:
        raise Unreached("outside_root" if error.errno in (errno.ENOTDIR, errno.ELOOP) else "no_folder") from error


def _free(at: int, name: str) -> str:
    stem, dot, kind = name.rpartition(".")
    taken, number, candidate = set(os.listdir(at)), 1, name
    while candidate in taken:
        number += 1
        candidate = f"{stem} ({number}).{kind}" if dot and stem else f"{name} ({number})"
    return candidate


def _write(at: int, name: str, text: str) -> None:
    number = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o660, dir_fd=at)
    with os.fdopen(number, "w", encoding="utf-8") as out:
        out.write(text)
