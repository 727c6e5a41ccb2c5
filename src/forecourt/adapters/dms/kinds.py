"""What a file is, by its first bytes: a workbook, Parquet, JSON, XML, delimited text, or something that is told apart to refuse it well."""

import re
import zipfile
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_noop

from forecourt.engines.intake.ports import TableKind
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

HEAD_BYTES: Final = 8192

PICTURE: Final = gettext_noop("“%(name)s” is a picture, not a table. Please export the list as CSV or XLSX.")
ARCHIVE: Final = gettext_noop("“%(name)s” is a packed archive. Please unpack it and send the file inside.")
DOCUMENT: Final = gettext_noop("“%(name)s” is a document, not a table. Please export the list as CSV or XLSX.")
HTML: Final = gettext_noop("“%(name)s” is a web page. Please open it in a spreadsheet and save it as CSV or XLSX.")
BINARY: Final = gettext_noop("“%(name)s” holds no text and no table. Please export the list as CSV or XLSX.")
LOCKED: Final = gettext_noop("“%(name)s” is protected by a password. Please save it without one.")

_PICTURES: Final = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"8BPS",
    b"\x00\x00\x01\x00",
)
_ARCHIVES: Final = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x05\x06")
_DOCUMENTS: Final = (b"%PDF", b"{\\rtf", b"%!PS")
_BINARIES: Final = (b"SQLite format 3", b"\x7fELF", b"MZ\x90", b"\x1aE\xdf\xa3")
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML: Final = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div)\b", re.IGNORECASE | re.DOTALL
)
_XML: Final = re.compile(rb"^\s*(?:<\?[a-z]|<!--|<!doctype\b|<[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*<)", re.IGNORECASE)
_JSON: Final = re.compile(rb'^\s*(?:\{\s*["}]|\[\s*[{\]])')
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def refuse(code: str, text: str, name: str) -> Refusal:
    """The refusal with its sentence."""
    return Refusal(code, _(text) % {"name": name})


def recognise(path: Path, *, name: str) -> TableKind:
    """The kind of table the file can hold. Raises Refusal for all else."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path, name)
    if head.startswith(_COMPOUND):
        return "xls"
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    _refuse_by_first_bytes(head, name)
    text = _text(head)
    if _JSON.match(text):
        return "json"
    if _XML.match(text):
        return "xml"
    if not head.startswith(_UTF_16) and _is_binary(head):
        raise refuse("not_a_table", BINARY, name)
    return "delimited"


def _refuse_by_first_bytes(head: bytes, name: str) -> None:
    if _is_picture(head):
        raise refuse("picture", PICTURE, name)
    if head.startswith(_ARCHIVES) or (head[:3] == b"BZh" and head[4:7] == b"1AY") or head[257:262] == b"ustar":
        raise refuse("archive", ARCHIVE, name)
    if head.startswith(_DOCUMENTS):
        raise refuse("document", DOCUMENT, name)
    if head.startswith(_BINARIES):
        raise refuse("not_a_table", BINARY, name)
    if _HTML.match(_text(head)):
        raise refuse("html", HTML, name)


def _text(head: bytes) -> bytes:
    """Without the mark of its encoding."""
    if head.startswith(_UTF_16):
        return head.decode("utf-16", "replace").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def _is_picture(head: bytes) -> bool:
    if head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return True
    # "BM" also begins words: a bitmap has zeros in its reserved bytes.
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return True
    return head.startswith(_PICTURES)


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has; zeros at every second place are UTF-16 without a mark."""
    # Some programs fill up the last block of a file with zeros.
    head = head.rstrip(b"\x00") if len(head) < HEAD_BYTES else head
    zeros = head.count(0)
    if zeros and not _looks_like_utf_16(head):
        return zeros > 1
    odd = sum(head.count(code) for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31))
    return odd > max(2, len(head) // 100)


def _looks_like_utf_16(head: bytes) -> bool:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    return (odd > half * 0.4 and even < half * 0.1) or (even > half * 0.4 and odd < half * 0.1)


def _kind_of_zip(path: Path, name: str) -> TableKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            media = archive.read("mimetype")[:80] if "mimetype" in names and archive.getinfo("mimetype").file_size < 200 else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise refuse("archive", ARCHIVE, name) from error
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    if media.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if media or "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise refuse("document", DOCUMENT, name)
    raise refuse("archive", ARCHIVE, name)
