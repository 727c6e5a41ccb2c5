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
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90",
}  # fmt: skip
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMedia", "/XFA", "/AA"}
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute"}


class Refused(Exception):
    """The file is not kept; the code says why."""


def main(job: dict[str, Any]) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return develop(job) if job["kind"] == "image" else inspect_pdf(job)
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
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    elif "transparency" in picture.info or picture.mode == "PA":
        picture = picture.convert("RGBA")
    elif picture.mode not in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        picture = picture.convert("RGB")
    else:
        picture.load()
        picture = picture.copy() if max(picture.size) <= side else picture
    picture.thumbnail((side, side))
    return picture


def _in_srgb(picture: Any, profile: bytes) -> Any:
    from PIL import ImageCms

    try:
        return ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile costs a little colour, not the photo


def inspect_pdf(job: dict[str, Any]) -> dict[str, Any]:
    """Every object of the document is looked at, also those inside compressed streams."""
    from pypdf import PdfReader

    reader = PdfReader(job["source"], strict=False)
    if reader.is_encrypted:
        raise Refused("encrypted")
    pages = len(reader.pages)
    if not pages:
        raise Refused("unreadable")
    if pages > job["pages"]:
        raise Refused("too_many_pages")
    _refuse_active(reader)
    return {"media_type": "application/pdf", "pages": pages}


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
