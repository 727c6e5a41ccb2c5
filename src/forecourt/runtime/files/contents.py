"""What a file is, told from its first bytes. Anything that is not on the list has no kind: SVG, HTML and archives never do."""

from dataclasses import dataclass
from typing import Final

from forecourt.runtime.files.limits import Kind

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_VIDEO_BRANDS: Final = frozenset(b"isom iso2 iso3 iso4 iso5 iso6 mp41 mp42 avc1 M4VH M4VP MSNV dash 3gp4 3gp5".split()) | {b"M4V "}

HEAD_BYTES: Final = 64


@dataclass(frozen=True)
class Content:
    kind: Kind
    media_type: str
    decoder: str  # Pillow's name of the format; empty for what is not a picture


def recognise(head: bytes) -> Content | None:
    """The content of a file that begins so, or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return Content("image", "image/jpeg", "JPEG")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content("image", "image/png", "PNG")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Content("image", "image/webp", "WEBP")
    if head.startswith(b"%PDF-"):
        return Content("pdf", "application/pdf", "")
    return _of_boxes(head)


def _of_boxes(head: bytes) -> Content | None:
    """Pictures of iPhones and videos share a container; its brand tells them apart."""
    if head[4:8] != b"ftyp":
        # Old QuickTime files begin without saying so.
        return Content("video", "video/quicktime", "") if head[4:8] in {b"moov", b"wide", b"mdat"} else None
    brand = head[8:12]
    others = {head[at : at + 4] for at in range(16, min(len(head), int.from_bytes(head[:4], "big")) - 3, 4)}
    if brand in _HEIF_BRANDS or (brand not in _VIDEO_BRANDS and others & _HEIF_BRANDS):
        return Content("image", "image/heic", "HEIF")
    if brand == b"qt  ":
        return Content("video", "video/quicktime", "")
    if brand in _VIDEO_BRANDS or others & _VIDEO_BRANDS:
        return Content("video", "video/mp4", "")
    return None
