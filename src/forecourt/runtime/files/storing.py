"""Taking a file in: what it is, whether it fits, made harmless, shelved, and noted in a row."""

import mmap
import re
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.files import bounded, contents, limits, shelf, videos
from forecourt.runtime.models import StoredFile

_EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic",
    "video/mp4": "mp4", "video/quicktime": "mov", "application/pdf": "pdf",
}  # fmt: skip
_STEP = 1 << 20


def store(*, actor: Actor, name: str, stream: IO[bytes], kinds: tuple[limits.Kind, ...] = ("image", "video", "pdf")) -> StoredFile:
    """Check, clean and keep a file that somebody sends. Nothing is kept of one that is refused.

    Refusals: "kind_not_taken", "empty_file", "file_too_large", "too_many_pixels", "too_large_inside", "video_too_long", "too_many_pages", "active_content",
    "encrypted", "unreadable".
    """
    with shelf.workbench() as bench:
        raw, clean = Path(bench) / "raw", Path(bench) / "clean"
        content = _receive(stream, raw, kinds)
        if content.kind == "video":
            known = _clean_video(raw, content)
            clean = raw
        else:
            known = _develop(content, raw, clean)
        return _shelve(actor, name, clean, known)


def keep(*, actor: Actor, name: str, data: bytes, media_type: str) -> StoredFile:
    """Keep a file that we made ourselves, such as an invoice."""
    with shelf.workbench() as bench:
        made = Path(bench) / "made"
        made.write_bytes(data)
        return _shelve(actor, name, made, {"media_type": media_type})


def _receive(stream: IO[bytes], raw: Path, kinds: tuple[limits.Kind, ...]) -> contents.Content:
    """Write the stream down as far as its kind may be long."""
    head = stream.read(contents.HEAD_BYTES)
    if not head:
        raise Refusal("empty_file", _("The file is empty."))
    content = contents.recognise(head)
    if content is None or content.kind not in kinds:
        raise Refusal("kind_not_taken", _taken(kinds), kinds=kinds)
    allowed, written = limits.BYTES[content.kind], len(head)
    with raw.open("wb") as out:
        out.write(head)
        while block := stream.read(_STEP):
            written += len(block)
            if written > allowed:
                raise Refusal(
                    "file_too_large",
                    _("The file is too large; at most %(megabytes)d MB are possible.") % {"megabytes": allowed // limits.MEBIBYTE},
                    allowed_bytes=allowed,
                )
            out.write(block)
    return content


def _taken(kinds: tuple[limits.Kind, ...]) -> str:
    if kinds == ("image",):
        return _("This is not a photo we can read. JPEG, PNG, WebP and HEIC are possible.")
    if set(kinds) == {"image", "video"}:
        return _("This is neither a photo nor a video we can read. JPEG, PNG, WebP, HEIC, MP4 and MOV are possible.")
    return _("We cannot take this kind of file. JPEG, PNG, WebP, HEIC, MP4, MOV and PDF are possible.")


def _develop(content: contents.Content, raw: Path, clean: Path) -> dict[str, Any]:
    answer = bounded.develop(content.kind, content.decoder, raw, clean)
    if "refused" in answer:
        raise _refusal(answer["refused"], content)
    return answer


def _refusal(code: str, content: contents.Content) -> Refusal:
    if code == "too_many_pixels":
        megapixels = limits.PIXELS[content.decoder] // 1_000_000
        return Refusal(code, _("The photo is too large; at most %(megapixels)d megapixels are possible.") % {"megapixels": megapixels})
    if code in {"too_large_inside", "too_slow"}:
        return Refusal("too_large_inside", _("The file is too large inside."))
    if code == "too_many_pages":
        return Refusal(code, _("The document is too long; at most %(pages)d pages are possible.") % {"pages": limits.PDF_PAGES})
    if code == "active_content":
        return Refusal(code, _("The document holds a program or an attachment. Please print it to a new PDF and send that."))
    if code == "encrypted":
        return Refusal(code, _("The document is locked with a password. Please send it without one."))
    return Refusal("unreadable", _("The file is damaged or not what it says it is."))


def _clean_video(raw: Path, content: contents.Content) -> dict[str, Any]:
    try:
        with raw.open("r+b") as file, mmap.mmap(file.fileno(), 0) as view:
            seconds = videos.Video(view).clean()
            view.flush()
    except videos.Broken as problem:
        raise _refusal("unreadable", content) from problem
    if seconds > limits.VIDEO_SECONDS:
        raise Refusal(
            "video_too_long",
            _("The video is too long; at most %(seconds)d seconds are possible.") % {"seconds": limits.VIDEO_SECONDS},
            seconds=round(seconds),
        )
    return {"media_type": content.media_type, "duration": max(1, round(seconds))}


@transaction.atomic
def _shelve(actor: Actor, name: str, finished: Path, known: dict[str, Any]) -> StoredFile:
    digest, size = shelf.put(finished)
    return StoredFile.objects.create(
        organisation_id=scope.organisation_id(),
        sha256=digest,
        name=_tidy(name, known["media_type"]),
        media_type=known["media_type"],
        size_bytes=size,
        width=known.get("width"),
        height=known.get("height"),
        duration_seconds=known.get("duration"),
        stored_at=clock.now(),
        stored_by_kind=actor.kind,
        stored_by_id=actor.id,
    )


def _tidy(name: str, media_type: str) -> str:
    """The sender's name without folders, control characters and with the ending of what it really is."""
    stem = re.split(r"[\\/]", name)[-1].rsplit(".", 1)[0]
    stem = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", stem).strip(" .")[:120]
    return f"{stem or 'file'}.{_EXTENSIONS[media_type]}"
