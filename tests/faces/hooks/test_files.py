"""Stored files leave through a signed link only, with headers that let nothing run."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from forecourt.kernel.ids import uuid7
from forecourt.runtime import actors, clock, files, scope
from forecourt.runtime.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(settings: Any, tmp_path: Path) -> StoredFile:
    settings.DATA = tmp_path
    out = BytesIO()
    Image.new("RGB", (960, 480), "red").save(out, "JPEG")
    out.seek(0)
    with scope.of(uuid7()):
        return files.store(actor=actors.system(scope.organisation_id()), name="Schaden vorn.jpg", stream=out)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_photo_is_shown_in_a_sandbox(photo: StoredFile, client: Client) -> None:
    answer = client.get(files.signed_url(photo))
    assert answer.status_code == 200
    assert body(answer) == files.path(photo).read_bytes()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == 'inline; filename="Schaden vorn.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, max-age=600"


def test_a_thumbnail_has_a_link_of_its_own(photo: StoredFile, client: Client) -> None:
    answer = client.get(files.signed_url(photo, "small"))
    with Image.open(BytesIO(body(answer))) as seen:
        assert seen.size == (480, 240)


def test_a_document_is_handed_out_as_an_attachment(photo: StoredFile, client: Client) -> None:
    with scope.of(photo.organisation_id):
        invoice = files.keep(actor=actors.system(photo.organisation_id), name="R-7.pdf", data=b"%PDF", media_type="application/pdf")
    answer = client.get(files.signed_url(invoice))
    assert (body(answer), answer["Content-Disposition"]) == (b"%PDF", 'attachment; filename="R-7.pdf"')


def test_a_player_may_ask_for_a_part(photo: StoredFile, client: Client) -> None:
    url, whole = files.signed_url(photo), files.path(photo).read_bytes()
    size = len(whole)
    for asked, first, last in (
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, size - 1),
        ("bytes=-5", size - 5, size - 1),
        (f"bytes=3-{size + 9}", 3, size - 1),
    ):
        answer = client.get(url, headers={"Range": asked})
        assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {first}-{last}/{size}")
        assert body(answer) == whole[first : last + 1]
        assert answer["Content-Length"] == str(last - first + 1)
    for asked in (f"bytes={size}-", "bytes=9-3", "bytes=-0"):
        answer = client.get(url, headers={"Range": asked})
        assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{size}")
    assert body(client.get(url, headers={"Range": "bytes=0-1,4-5"})) == whole


def test_a_forged_or_ended_link_opens_nothing(photo: StoredFile, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    url = files.signed_url(photo)
    now = clock.now()
    for wrong in (url[:-3] + "abc", "/files/" + "A" * 60, "/files/x.y"):
        assert client.get(wrong).status_code == 404
    assert client.get(url).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=15, seconds=1))
    assert client.get(url).status_code == 404


def test_a_link_for_a_file_of_another_organisation_opens_nothing(photo: StoredFile, client: Client) -> None:
    # The signature binds file and organisation together; one that named another's would find no row in that scope.
    stolen = StoredFile(id=photo.id, organisation_id=uuid7())
    assert client.get(files.signed_url(stolen)).status_code == 404


def test_nothing_but_reading_is_possible(photo: StoredFile, client: Client) -> None:
    assert client.post(files.signed_url(photo)).status_code == 405
    head = client.head(files.signed_url(photo))
    assert (head.status_code, head["Content-Length"]) == (200, str(photo.size_bytes))
