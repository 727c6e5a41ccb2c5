"""Hands out stored files by signed link. The link is the right; pages give it only to those who may see the object it belongs to."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from forecourt.runtime import files
from forecourt.runtime.models import StoredFile

_STEP = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@require_safe
def serve(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file, whole or the part of it that a video player asks for; 404 for a forged, foreign or ended link."""
    file, path, media_type = files.opened(token)
    size = path.stat().st_size
    try:
        part = _part(request.headers.get("Range", ""), size)
    except ValueError:
        return _made_safe(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}), file, media_type)
    first, last = part or (0, size - 1)
    body: Iterator[bytes] = _read(path, first, last) if request.method == "GET" else iter(())
    answer = StreamingHttpResponse(body, status=206 if part else 200, content_type=media_type)
    answer.headers["Content-Length"] = str(last - first + 1)
    if part:
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _made_safe(answer, file, media_type)


def _part(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range that is asked for, None for the whole; ValueError where it lies outside."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first and int(last):
        return max(0, size - int(last)), size - 1
    if not first or int(first) >= size or (last and int(last) < int(first)):
        raise ValueError(header)
    return int(first), min(int(last or size - 1), size - 1)


def _read(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(first)
        left = last - first + 1
        while left and (block := stream.read(min(_STEP, left))):
            left -= len(block)
            yield block


def _made_safe(answer: HttpResponseBase, file: StoredFile, media_type: str) -> HttpResponseBase:
    shown = media_type.startswith(("image/", "video/"))
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=not shown, filename=file.name) or "attachment"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, max-age=600"
    answer.headers["Accept-Ranges"] = "bytes"
    return answer
