"""MP4 and MOV: how long a video plays, and taking out what it tells beside picture and sound.

Works on the container's boxes (ISO 14496-12), never decodes. Boxes with places, names and devices become `free` and are filled
with zeros, in place, so that no offset into the video changes; tracks that are neither picture nor sound (GPS of action cameras,
`mebx` of iPhones) go the same way, samples included.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex"})
_TELLTALE: Final = frozenset({b"udta", b"meta", b"uuid", b"\xa9xyz", b"loci", b"XMP_", b"prfl", b"cprt", b"uinf"})
_KEPT_AT_TOP: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide"})
_KEPT_TRACKS: Final = frozenset({b"vide", b"soun"})
_DEEPEST: Final = 8
_MOST_BOXES: Final = 20_000


class Broken(Exception):
    """The boxes do not fit together, or the video is of a kind we do not keep."""


@dataclass(frozen=True)
class Box:
    kind: bytes
    at: int
    body: int
    end: int


class Video:
    """A video file, mapped for reading and cleaning in place."""

    def __init__(self, view: mmap.mmap) -> None:
        self.view = view
        self._seen = 0

    def clean(self) -> float:
        """Take out all metadata; returns the seconds it plays. Raises Broken."""
        top = list(self._boxes(0, len(self.view)))
        moov = [box for box in top if box.kind == b"moov"]
        if len(moov) != 1 or any(box.kind == b"moof" for box in top) or not any(box.kind == b"mdat" for box in top):
            raise Broken("not one whole video")
        for box in top:
            if box.kind not in _KEPT_AT_TOP:
                self._blank(box)
        seconds = self._duration(moov[0])
        tracks = [box for box in self._boxes(moov[0].body, moov[0].end) if box.kind == b"trak"]
        handlers = [self._handler(track) for track in tracks]
        if b"vide" not in handlers:
            raise Broken("no picture")
        for track, handler in zip(tracks, handlers, strict=True):
            if handler in _KEPT_TRACKS:
                self._check_samples(track)
            else:
                self._blank_samples(track)
                self._blank(track)
        self._clean_inside(moov[0], depth=0)
        return seconds

    def _boxes(self, start: int, end: int) -> Iterator[Box]:
        at = start
        while at + 8 <= end:
            self._seen += 1
            if self._seen > _MOST_BOXES:
                raise Broken("too many boxes")
            size, kind, body = self._int(at, 4), bytes(self.view[at + 4 : at + 8]), at + 8
            if size == 1:
                size, body = self._int(at + 8, 8), at + 16
            elif size == 0:
                size = end - at
                if kind == b"\0\0\0\0":
                    return  # QuickTime ends some lists with four zeros
            if at + size > end or at + size < body:
                raise Broken("a box is longer than what holds it")
            yield Box(kind, at, body, at + size)
            at += size

    def _clean_inside(self, box: Box, depth: int) -> None:
        if depth > _DEEPEST:
            raise Broken("boxes too deep")
        for inner in list(self._boxes(box.body, box.end)):
            if inner.kind in _TELLTALE:
                self._blank(inner)
            elif inner.kind in _CONTAINERS:
                self._clean_inside(inner, depth + 1)

    def _blank(self, box: Box) -> None:
        self.view[box.at + 4 : box.at + 8] = b"free"
        self.view[box.body : box.end] = bytes(box.end - box.body)

    def _duration(self, moov: Box) -> float:
        """The longest that the movie or one of its tracks claims: a short claim of the movie alone is not believed."""
        claims = [self._claimed(box) for box in self._find(moov, b"mvhd")]
        for track in self._boxes(moov.body, moov.end):
            if track.kind == b"trak" and self._handler(track) in _KEPT_TRACKS:
                claims += [self._claimed(box) for media in self._find(track, b"mdia") for box in self._find(media, b"mdhd")]
        if not claims or max(claims) <= 0:
            raise Broken("no duration")
        return max(claims)

    def _claimed(self, box: Box) -> float:
        wide = self.view[box.body] == 1
        scale_at = box.body + (20 if wide else 12)
        if scale_at + 12 > box.end:
            raise Broken("a header is cut short")
        scale, units = self._int(scale_at, 4), self._int(scale_at + 4, 8 if wide else 4)
        if not scale:
            raise Broken("no time scale")
        return units / scale

    def _handler(self, track: Box) -> bytes:
        for media in self._find(track, b"mdia"):
            for box in self._find(media, b"hdlr"):
                return bytes(self.view[box.body + 8 : box.body + 12])
        raise Broken("a track of no kind")

    def _find(self, inside: Box, kind: bytes) -> list[Box]:
        return [box for box in self._boxes(inside.body, inside.end) if box.kind == kind]

    def _blank_samples(self, track: Box) -> None:
        """Fill the chunks of a track with zeros. A chunk's length is the sum of its samples' sizes."""
        table = self._table(track)
        offsets, sizes, per_chunk = self._offsets(table), self._sizes(table), self._samples_per_chunk(table)
        sample = 0
        for number, offset in enumerate(offsets, start=1):
            count = next((each for first, each in reversed(per_chunk) if first <= number), 0)
            length = sum(sizes[sample : sample + count])
            sample += count
            if offset + length > len(self.view):
                raise Broken("a sample lies outside the file")
            self.view[offset : offset + length] = bytes(length)

    def _check_samples(self, track: Box) -> None:
        """A player believes these numbers, so they must fit the file."""
        table = self._table(track)
        box, whole = table.get(b"stsz"), len(self.view)
        if any(offset >= whole for offset in self._offsets(table)):
            raise Broken("a sample lies outside the file")
        if box is not None and self._int(box.body + 4, 4) * self._int(box.body + 8, 4) > whole:
            raise Broken("more samples than the file holds")
        if sum(self._sizes(table)) > whole:
            raise Broken("more samples than the file holds")

    def _table(self, track: Box) -> dict[bytes, Box]:
        for media in self._find(track, b"mdia"):
            for minf in self._find(media, b"minf"):
                for stbl in self._find(minf, b"stbl"):
                    return {box.kind: box for box in self._boxes(stbl.body, stbl.end)}
        return {}

    def _offsets(self, table: dict[bytes, Box]) -> list[int]:
        wide = b"co64" in table
        box = table.get(b"co64" if wide else b"stco")
        return self._numbers(box, 8, 8 if wide else 4) if box else []

    def _sizes(self, table: dict[bytes, Box]) -> list[int]:
        box = table.get(b"stsz")
        if box is None:
            return []
        same, count = self._int(box.body + 4, 4), self._int(box.body + 8, 4)
        if same:
            return [same] * min(count, 1_000_000)
        return self._numbers(box, 12, 4)

    def _samples_per_chunk(self, table: dict[bytes, Box]) -> list[tuple[int, int]]:
        box = table.get(b"stsc")
        flat = self._numbers(box, 8, 4) if box else []
        return list(zip(flat[0::3], flat[1::3], strict=False))

    def _numbers(self, box: Box, skip: int, width: int) -> list[int]:
        start = box.body + skip
        return [self._int(at, width) for at in range(start, box.end - width + 1, width)]

    def _int(self, at: int, width: int) -> int:
        return int.from_bytes(self.view[at : at + width], "big")
