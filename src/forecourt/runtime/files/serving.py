"""Signed links to stored files: for one file, one organisation and a quarter of an hour at most.

A link ends at a full five minutes, so that a page drawn twice within them names the same address and a browser may keep the picture.
"""

import base64
import struct
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from forecourt.kernel.errors import NotFound
from forecourt.runtime import clock, scope
from forecourt.runtime.files import limits, shelf
from forecourt.runtime.models import StoredFile

VIEW_NAME: Final = "files:serve"
_VALID_SECONDS: Final = 15 * 60
_STEP_SECONDS: Final = 5 * 60
_HEAD: Final = struct.Struct(">16s16sIH")
_signer = Signer(salt="forecourt.file")

Size = Literal["full", "small"]


def signed_url(file: StoredFile, size: Size = "full") -> str:
    """The address of a file (or its thumbnail, `size="small"`), good for 10 to 15 minutes."""
    return reverse(VIEW_NAME, kwargs={"token": token(file, size)})


def token(file: StoredFile, size: Size = "full") -> str:
    ends = (int(clock.now().timestamp()) + _VALID_SECONDS) // _STEP_SECONDS * _STEP_SECONDS
    packed = _HEAD.pack(file.organisation_id.bytes, file.id.bytes, ends, limits.THUMBNAIL_PIXELS if size == "small" else 0)
    return _signer.sign(base64.urlsafe_b64encode(packed).rstrip(b"=").decode()).replace(":", ".")


def opened(token: str) -> tuple[StoredFile, Path, str]:
    """The file of a link, where the asked-for bytes lie, and their media type. NotFound if forged, over, or gone."""
    try:
        body = _signer.unsign(token.replace(".", ":"))
        organisation, file_id, ends, side = _HEAD.unpack(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (BadSignature, ValueError, struct.error) as error:
        raise NotFound from error
    if clock.now().timestamp() > ends:
        raise NotFound
    with scope.of(UUID(bytes=organisation)):
        file = StoredFile.objects.filter(pk=UUID(bytes=file_id)).first()
    if file is None or not shelf.path(file).exists():
        raise NotFound
    if side and file.media_type.startswith("image/"):
        return file, shelf.thumbnail(file, side), "image/jpeg"
    return file, shelf.path(file), file.media_type
