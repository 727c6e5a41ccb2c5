"""Where bytes lie: `FORECOURT_DATA/files/<organisation>/<sha256>`, written whole or not at all."""

import hashlib
import os
import tempfile
from io import BytesIO
from pathlib import Path
from uuid import UUID

from django.conf import settings
from PIL import Image

from forecourt.runtime import scope
from forecourt.runtime.files import limits
from forecourt.runtime.models import StoredFile


def folder(organisation_id: UUID) -> Path:
    place: Path = Path(settings.DATA) / "files" / str(organisation_id)
    place.mkdir(parents=True, exist_ok=True)
    return place


def path(file: StoredFile) -> Path:
    """Where the bytes of a file lie."""
    return folder(file.organisation_id) / file.sha256


def open_bytes(file: StoredFile) -> bytes:
    return path(file).read_bytes()


def put(source: Path) -> tuple[str, int]:
    """Shelve a finished file under its digest, in the organisation in scope; returns digest and size. `source` is moved away."""
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
        size = os.fstat(stream.fileno()).st_size
    place = folder(scope.organisation_id())
    target = place / digest
    if target.exists():
        source.unlink()
    else:
        source.replace(target)
        _sync_folder(place)
    return digest, size


def workbench(organisation_id: UUID | None = None) -> tempfile.TemporaryDirectory[str]:
    """A folder for one file on its way in, on the same disk as the shelf, so that shelving is a rename."""
    return tempfile.TemporaryDirectory(prefix=".arriving-", dir=folder(organisation_id or scope.organisation_id()))


def thumbnail(file: StoredFile, side: int = limits.THUMBNAIL_PIXELS) -> Path:
    """A small JPEG of a stored picture, made on first demand. The source is our own re-encoding, so it is decoded here."""
    small = folder(file.organisation_id) / f"{file.sha256}.{side}.jpg"
    if not small.exists():
        with Image.open(path(file)) as picture:
            picture.draft("RGB", (side, side))
            seen = _on_white(picture)
        seen.thumbnail((side, side))
        made = BytesIO()
        seen.save(made, "JPEG", quality=80)
        with workbench(file.organisation_id) as bench:
            fresh = Path(bench) / "small.jpg"
            fresh.write_bytes(made.getvalue())
            fresh.replace(small)
    return small


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _sync_folder(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
