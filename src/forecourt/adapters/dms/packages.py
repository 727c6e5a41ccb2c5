"""A look inside a zipped workbook before it is opened: how large it really is, and which formulas have no saved result.

Sizes written in the archive may lie, and one cell at the far corner makes a sheet of 17 billion cells, so the parts are
unpacked once, counted, and thrown away.
"""

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecourt.adapters.dms import kinds
from forecourt.engines.intake.ports import MIB
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

BLOCK_BYTES: Final = 1024 * 1024
OVERLAP_BYTES: Final = 4096
CELLS: Final = 40_000_000
UNSAVED_FORMULAS: Final = 10_000

_POSITION: Final = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_UNSAVED: Final = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?![^>]*t="str")[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_UNSAVED_ODS: Final = re.compile(rb"<table:table-cell(?=[^>]*table:formula=)(?![^>]*(?:office|calcext):value-type=)[^>]*>")
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")


@dataclass
class Part:
    """One sheet's XML, seen from outside."""

    rows: int = 0
    columns: int = 0
    # Zero-based (row, column) of formulas without a result.
    unsaved: set[tuple[int, int]] = field(default_factory=set)


def inspect(path: Path, *, name: str, limit_bytes: int) -> dict[str, Part]:
    """The sheets by name. Raises Refusal for a workbook that is too large, broken or was never calculated."""
    try:
        with zipfile.ZipFile(path) as archive:
            left = limit_bytes
            parts: dict[str, Part] = {}
            for entry in archive.infolist():
                if entry.flag_bits & 1:
                    raise kinds.refuse("locked", kinds.LOCKED, name)
                part = Part()
                for block in _unpacked(path, entry, archive):
                    left -= len(block)
                    if left < 0:
                        raise _too_large(name, limit_bytes)
                    _look(block, entry.filename, part, name)
                if part.rows * part.columns > CELLS:
                    raise _too_large(name, limit_bytes)
                if part.rows:
                    parts[entry.filename] = part
            return {sheet: parts[target] for sheet, target in _sheets(archive).items() if target in parts}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, NotImplementedError) as error:
        raise Refusal("not_a_table", _("The workbook “%(name)s” is damaged and cannot be opened.") % {"name": name}) from error


def _unpacked(path: Path, entry: zipfile.ZipInfo, archive: zipfile.ZipFile) -> Iterator[bytes]:
    """The entry's real content in blocks: zipfile itself would stop at the size that the archive claims."""
    with path.open("rb") as stream:
        stream.seek(entry.header_offset)
        header = stream.read(30)
        stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        left = entry.compress_size
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError(entry.compress_type)
        unpacker = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
        tail = b""
        while left > 0 and (packed := stream.read(min(BLOCK_BYTES, left))):
            left -= len(packed)
            while packed:
                block = unpacker.decompress(packed, BLOCK_BYTES) if unpacker else packed
                packed = unpacker.unconsumed_tail if unpacker else b""
                if not block:
                    break
                yield tail + block
                tail = block[-OVERLAP_BYTES:]


def _look(block: bytes, filename: str, part: Part, name: str) -> None:
    if filename == "content.xml" and _UNSAVED_ODS.search(block):
        raise _never_calculated(name)
    if not filename.startswith("xl/worksheets/"):
        return
    for column, row in _POSITION.findall(block):
        part.rows = max(part.rows, int(row))
        part.columns = max(part.columns, _number(column))
    if b"<f" in block:
        part.unsaved.update((int(row) - 1, _number(column) - 1) for column, row in _UNSAVED.findall(block))
        if len(part.unsaved) > UNSAVED_FORMULAS:
            raise _never_calculated(name)


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names with the file inside the archive that holds them."""
    if "xl/workbook.xml" not in archive.namelist():
        return {}
    targets = {}
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
            target = _attribute(tag, b"Target")
            targets[_attribute(tag, b"Id")] = target[1:] if target.startswith("/") else posixpath.normpath("xl/" + target)
    found = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        found[_attribute(tag, b"name")] = targets.get(_attribute(tag, b"r:id"), "")
    return found


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return html.unescape((match[1] or match[2] or b"").decode("utf-8", "replace")) if match else ""


def _too_large(name: str, limit_bytes: int) -> Refusal:
    return Refusal(
        "too_large",
        _("The workbook “%(name)s” is too large to be opened (more than %(limit)s MB unpacked). Please save it as CSV.")
        % {"name": name, "limit": limit_bytes // MIB},
    )


def _never_calculated(name: str) -> Refusal:
    return Refusal(
        "unsaved_formulas",
        _("“%(name)s” holds formulas without saved results. Please open it in a spreadsheet, save it, and send it again.") % {"name": name},
    )
