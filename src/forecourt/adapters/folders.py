"""Watched folders on this machine: one for each dealer below the root that the operator chose, and nothing outside of it.

Every step of the path is opened from the one before it and never through a link, so that neither a name nor a link that somebody lays leads
elsewhere. What was taken is removed, since the shelf holds it; what was refused moves to `refused/` with a text beside it that says why, and
is removed after ninety days.
"""

import errno
import fnmatch
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from forecourt.engines.intake.fetching.places import MOST_NAMES, Address, Found, Unfit, Unreached
from forecourt.runtime import clock

REFUSED: Final = "refused"
REFUSED_FOR: Final = timedelta(days=90)
"""So long a refused file waits to be mended: as long as the shelf keeps one that was taken."""
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

    def __init__(self, at: int, place: dict[str, Any], at_most: int) -> None:
        self._at, self._at_most = at, at_most
        self._pattern = place.get("pattern") or "*"
        self._has_marker = bool(place.get("has_marker"))

    def check(self) -> None:
        """It is open."""

    def files(self) -> list[Found]:
        """Plain files that fit, without those that begin with a point or are named as half-written ones are."""
        self._sweep()
        found: list[Found] = []
        with os.scandir(self._at) as entries:
            names = {each.name: each for each in entries}
        for name, entry in names.items():
            if not is_wanted(name, self._pattern) or not entry.is_file(follow_symlinks=False):
                continue
            has_marker = name + MARKER in names
            if has_marker or not self._has_marker:
                seen = entry.stat(follow_symlinks=False)
                found.append(Found(name, _mark(seen), seen.st_mtime, has_marker))
            if len(found) >= MOST_NAMES:
                break
        return found

    def fetch(self, found: Found, into: IO[bytes]) -> str:
        """Copied, so that the original can be put away once all is kept. What changed since it was listed is left for the next look."""
        try:
            number = os.open(found.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._at)
        except OSError as error:
            raise Unfit("vanished") from error
        with os.fdopen(number, "rb") as stream:
            seen = os.fstat(number)
            if not stat.S_ISREG(seen.st_mode):
                raise Unfit("no_file")
            if _mark(seen) != found.mark:
                raise Unfit("vanished")
            written = 0
            while block := stream.read(_BLOCK):
                written += len(block)
                if written > self._at_most:
                    raise Unfit("too_large")
                into.write(block)
            if _mark(os.fstat(number)) != found.mark:
                raise Unfit("vanished")
        return found.mark

    def put_away(self, found: Found, *, refused: str = "") -> None:
        """Removed, or to `refused` under a name that is free there. What came under the same name meanwhile stays."""
        with suppress(OSError):
            if _mark(os.stat(found.name, dir_fd=self._at, follow_symlinks=False)) != found.mark:
                return
            if refused:
                self._refuse(found.name, refused)
            else:
                os.unlink(found.name, dir_fd=self._at)
            os.unlink(found.name + MARKER, dir_fd=self._at)

    def _refuse(self, name: str, why: str) -> None:
        target = _folder(self._at, REFUSED)
        try:
            free = _free(target, name)
            _write(target, f"{free}.txt", why + "\n")
            os.rename(name, free, src_dir_fd=self._at, dst_dir_fd=target)
        finally:
            os.close(target)

    def _sweep(self) -> None:
        """Nothing stays in `refused` for ever. When a file came there is told by its last change of any kind, a move among them."""
        with suppress(OSError):
            target = os.open(REFUSED, _OPEN_FOLDER, dir_fd=self._at)
            try:
                before = (clock.now() - REFUSED_FOR).timestamp()
                with os.scandir(target) as entries:
                    old = [each.name for each in entries if each.stat(follow_symlinks=False).st_ctime < before]
                for name in old:
                    with suppress(OSError):  # a folder that somebody made there
                        os.unlink(name, dir_fd=target)
            finally:
                os.close(target)


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a file of this name is to be taken; case does not count."""
    if not _is_plain(name) or name.endswith((*_GROWING, MARKER)):
        return False
    return fnmatch.fnmatchcase(name.casefold(), pattern.casefold())


def _mark(seen: os.stat_result) -> str:
    return f"{seen.st_size}:{seen.st_mtime_ns}"


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
    while candidate in taken or f"{candidate}.txt" in taken:
        number += 1
        candidate = f"{stem} ({number}).{kind}" if dot and stem else f"{name} ({number})"
    return candidate


def _write(at: int, name: str, text: str) -> None:
    number = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o660, dir_fd=at)
    with os.fdopen(number, "w", encoding="utf-8") as out:
        out.write(text)
