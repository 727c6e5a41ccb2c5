"""Checks and cleans one file in a process of its own: `python darkroom.py JOB`, the job being JSON.

Decoders are the part of the house that strangers' bytes reach, so they run here with bounded memory and time, without Django
and without the house's secrets. The answer is one line of JSON: what was written to the target, or `{"refused": CODE}`.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any

_JPEG: dict[str, Any] = {"format": "JPEG", "quality": 86, "optimize": True, "progressive": True}
_SAVED: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("image/jpeg", _JPEG),
    "HEIF": ("image/jpeg", _JPEG),
    "PNG": ("image/png", {"format": "PNG", "optimize": False}),
    "WEBP": ("image/webp", {"format": "WEBP", "quality": 86, "method": 4}),
}
_STRIP_ROWS = 64
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90",
}  # fmt: skip
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMedia", "/XFA", "/AA"}
_TELLTALE_KEYS = {"/Metadata", "/PieceInfo", "/LastModified", "/Thumb"}
#: APP1 (EXIF, XMP), APP3 to APP13 (makers, Photoshop), APP15 and comments; APP2 and APP14 say what the colours mean.
_TELLTALE_SEGMENTS = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute"}


class Refused(Exception):
    """The file is not kept; the code says why."""


def main(job: dict[str, Any]) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return develop(job) if job["kind"] == "image" else rewrite_pdf(job)
    except Refused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": "too_large_inside"}
    except Exception as problem:  # noqa: BLE001 - whatever a decoder stumbles over, the file is not kept
        return {"refused": "unreadable", "problem": type(problem).__name__}


def develop(job: dict[str, Any]) -> dict[str, Any]:
    """Decode a picture at the size we need, turn it upright, and write its pixels alone."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit comes first, on the header
    if job["decoder"] == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    with Image.open(job["source"], formats=(job["decoder"],)) as picture:
        if picture.width * picture.height > job["pixels"]:
            raise Refused("too_many_pixels")
        turn, profile = picture.getexif().get(0x0112, 1), picture.info.get("icc_profile")
        small = _small(picture, job["side"])
    if profile and small.mode == "RGB":
        small = _in_srgb(small, profile)
    plain = small.convert("RGBA" if small.mode in {"RGBA", "LA"} else "RGB")
    if turn in _UPRIGHT:
        plain = plain.transpose(Image.Transpose[_UPRIGHT[turn]])
    # A new picture has pixels only: no EXIF, GPS, XMP, comment or profile can come along.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    media_type, options = _SAVED[job["decoder"]]
    bare.save(job["target"], **options)
    return {"media_type": media_type, "width": bare.width, "height": bare.height}


def _small(picture: Any, side: int) -> Any:
    """The picture at the size we keep, before anything costly is done to it."""
    picture.draft("RGB", (side, side))  # JPEG alone can decode at a half, a quarter or an eighth
    factor = max(picture.size) // side
    picture = _reduced(picture, factor) if factor > 1 else _in_plain_colours(picture)
    picture.thumbnail((side, side))
    return picture


def _reduced(picture: Any, factor: int) -> Any:
    """A fraction of the size, strip by strip: changing a whole picture's colours would double what it takes."""
    from PIL import Image

    picture.load()
    width, height, rows = picture.width, picture.height, factor * _STRIP_ROWS
    whole: Any = None
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(top + rows, height)))
        strip.info = picture.info
        small = _in_plain_colours(strip).reduce(factor)
        if whole is None:
            whole = Image.new(small.mode, (small.width, -(-height // factor)))
        whole.paste(small, (0, top // factor))
    whole.info = picture.info
    picture.close()  # the full size is not needed beside what follows
    return whole


def _in_plain_colours(picture: Any) -> Any:
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    elif "transparency" in picture.info or picture.mode == "PA":
        picture = picture.convert("RGBA")
    elif picture.mode not in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        picture = picture.convert("RGB")
    else:
        picture = picture.copy()
    return picture


def _in_srgb(picture: Any, profile: bytes) -> Any:
    from PIL import ImageCms

    try:
        return ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile costs a little colour, not the photo


def rewrite_pdf(job: dict[str, Any]) -> dict[str, Any]:
    """Look at every object of the document, also those inside compressed streams; write its pages anew, without what tells of people.

    What lies before, between and behind the objects (a second file of another kind) does not come along.
    """
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(job["source"], strict=False)
    if reader.is_encrypted:
        raise Refused("encrypted")
    pages = len(reader.pages)
    if not pages:
        raise Refused("unreadable")
    if pages > job["pages"]:
        raise Refused("too_many_pages")
    _refuse_active(reader)
    bare = PdfWriter()
    for page in reader.pages:
        bare.add_page(page)
    for value in bare._objects:  # noqa: SLF001 - no public way to each object
        _forget_people(value)
    written = PdfWriter()  # takes along only what the bare pages still refer to
    for page in bare.pages:
        written.add_page(page)
    written.metadata = None
    written.write(job["target"])
    return {"media_type": "application/pdf", "pages": pages}


def _forget_people(value: Any) -> None:
    """Take metadata and editors' notes off an object, and place and camera off a photo inside it."""
    from pypdf.generic import DictionaryObject, StreamObject

    if not isinstance(value, DictionaryObject):
        return
    for key in _TELLTALE_KEYS & set(value):
        del value[key]
    if isinstance(value, StreamObject) and value.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        value._data = bare_jpeg(value._data)  # noqa: SLF001 - the compressed bytes, as they are


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without the segments that tell of camera, place and program; pixels and colours stay (ITU T.81, B.1.1.4)."""
    out, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in _TELLTALE_SEGMENTS:
            out.append(data[at:end])
        at = end
    return b"".join(out) + data[at:]


def _refuse_active(reader: Any) -> None:
    from pypdf.generic import IndirectObject

    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(numbers):
        if number:
            _walk(IndirectObject(number, generation, reader).get_object())
    _walk(reader.trailer.raw_get("/Root").get_object())


def _walk(start: Any) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject

    waiting = [start]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            if _ACTIVE_KEYS & set(value) or str(value.get("/S", "")) in _ACTIVE_ACTIONS or str(value.get("/Type", "")) == "/EmbeddedFile":
                raise Refused("active_content")
            waiting.extend(dict.values(value))  # raw values: references are objects of their own
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
