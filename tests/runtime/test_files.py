"""What people send is known by content, made harmless, and kept once."""

import hashlib
import struct
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pillow_heif
import pytest
from django.conf import settings
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.runtime import actors, files, scope
from forecourt.runtime.files import videos
from forecourt.runtime.models import StoredFile

pytestmark = pytest.mark.django_db
GPS = {1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)}


@pytest.fixture
def organisation(settings: Any, tmp_path: Path) -> Any:
    settings.DATA = tmp_path
    with scope.of(uuid7()):
        yield scope.organisation_id()


def store(data: bytes, name: str = "photo.jpg", **more: Any) -> StoredFile:
    return files.store(actor=actors.system(scope.organisation_id()), name=name, stream=BytesIO(data), **more)


def refused(data: bytes, name: str = "photo.jpg", **more: Any) -> str:
    with pytest.raises(Refusal) as caught:
        store(data, name, **more)
    assert StoredFile.objects.count() == 0
    place = Path(settings.DATA) / "files" / str(scope.organisation_id())
    assert list(place.iterdir()) == []
    return caught.value.code


def jpeg(size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", **options)
    return out.getvalue()


def with_gps(turn: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "Camera of Dana"
    exif.get_ifd(0x8825).update(GPS)
    return exif


def test_a_photo_loses_its_place_and_camera_and_stands_upright(organisation: UUID) -> None:
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste("blue", (0, 0, 20, 20))  # left half; after a quarter turn clockwise it is the upper half
    out = BytesIO()
    picture.save(out, "JPEG", exif=with_gps(turn=6), comment=b"Dana at home", quality=95)
    assert b"Camera of Dana" in out.getvalue()

    kept = store(out.getvalue())

    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 20, 40)
    data = files.open_bytes(kept)
    assert b"Dana" not in data
    assert b"Exif" not in data
    with Image.open(BytesIO(data)) as seen:
        assert dict(seen.getexif()) == {}
        assert "comment" not in seen.info
        red, _, blue = seen.getpixel((10, 5))  # type: ignore[misc]
        assert blue > 200
        assert red < 60


def test_the_bytes_lie_under_their_own_digest_once(organisation: UUID) -> None:
    first, second = store(jpeg(), "one.jpg"), store(jpeg(), "two.jpg")
    assert first.sha256 == second.sha256 == hashlib.sha256(files.open_bytes(first)).hexdigest()
    assert files.path(first) == Path(settings.DATA) / "files" / str(organisation) / first.sha256
    assert [entry.name for entry in files.path(first).parent.iterdir()] == [first.sha256]
    assert (first.name, second.name) == ("one.jpg", "two.jpg")


def test_a_photo_of_sixty_megapixels_is_kept_small(organisation: UUID) -> None:
    kept = store(jpeg((9504, 6336)))
    assert (kept.width, kept.height) == (2560, 1707)


def test_a_drawing_of_sixty_megapixels_is_kept_small_too(organisation: UUID) -> None:
    out = BytesIO()
    Image.new("RGBA", (9504, 6336), (255, 0, 0, 90)).save(out, "PNG", compress_level=1)
    kept = store(out.getvalue(), "damage.png")
    assert (kept.media_type, kept.width, kept.height) == ("image/png", 2560, 1707)
    with Image.open(files.path(kept)) as seen:
        assert seen.mode == "RGBA"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(organisation: UUID) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        import zlib

        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x\x9cc\0\0\0\1\0\1") + chunk(b"IEND", b"")
    assert refused(bomb) == "too_many_pixels"


def test_a_photo_of_an_iphone_becomes_a_jpeg(organisation: UUID) -> None:
    out = BytesIO()
    picture = pillow_heif.from_pillow(Image.new("RGB", (64, 48), "green"))
    picture.info["exif"] = with_gps().tobytes()
    picture.save(out, quality=80)
    kept = store(out.getvalue(), "IMG_0815.HEIC")
    assert (kept.media_type, kept.name, kept.width, kept.height) == ("image/jpeg", "IMG_0815.jpg", 64, 48)
    assert b"Camera of Dana" not in files.open_bytes(kept)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "I;16", "1", "CMYK"])
def test_pictures_of_all_colour_models_are_kept(organisation: UUID, mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (30, 30)).save(out, "TIFF" if mode == "none" else ("JPEG" if mode == "CMYK" else "PNG"))
    kept = store(out.getvalue(), "x.png")
    assert (kept.width, kept.height) == (30, 30)


def test_a_webp_stays_one(organisation: UUID) -> None:
    out = BytesIO()
    Image.new("RGB", (30, 20), "red").save(out, "WEBP", exif=with_gps().tobytes())
    kept = store(out.getvalue(), "x.webp")
    assert kept.media_type == "image/webp"
    assert b"Dana" not in files.open_bytes(kept)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind_not_taken"),
        (b"<!doctype html><script>alert(1)</script>", "kind_not_taken"),
        (b"PK\x03\x04rest of an archive", "kind_not_taken"),
        (b"GIF89a" + bytes(20), "kind_not_taken"),
        (b"\xff\xd8\xff\xe0" + b"not a picture at all" * 20, "unreadable"),
        (jpeg()[:200], "unreadable"),
        (b"%PDF-1.7\nnothing more", "unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_its_name(organisation: UUID, data: bytes, code: str) -> None:
    assert refused(data, "holiday.jpg") == code


def test_a_kind_that_the_page_does_not_take_is_refused(organisation: UUID) -> None:
    assert refused(pdf(), "photo.jpg", kinds=("image",)) == "kind_not_taken"


def test_a_file_above_its_limit_is_refused(organisation: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecourt.runtime.files import limits

    monkeypatch.setitem(limits.BYTES, "image", 300)
    assert len(jpeg()) > 300
    assert refused(jpeg()) == "file_too_large"


def test_a_name_keeps_no_folder_and_no_false_ending(organisation: UUID) -> None:
    assert store(jpeg(), "..\\..\\etc/pass\r\nwd.\u202egpj.exe").name == "passwd.gpj.jpg"
    assert store(jpeg(), "/").name == "file.jpg"


def test_a_thumbnail_is_small_and_made_once(organisation: UUID) -> None:
    out = BytesIO()
    Image.new("RGBA", (960, 480), (0, 0, 0, 0)).save(out, "PNG")
    kept = store(out.getvalue())
    small = files.thumbnail(kept)
    with Image.open(small) as seen:
        assert seen.size == (480, 240)
        assert seen.getpixel((5, 5)) == (255, 255, 255)
    made_at = small.stat().st_mtime_ns
    assert files.thumbnail(kept).stat().st_mtime_ns == made_at


# Videos


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def video(
    seconds: int = 12,
    *,
    claimed: int | None = None,
    brand: bytes = b"isom",
    top: bytes = b"",
    kinds: tuple[bytes, ...] = (b"vide", b"meta"),
) -> bytes:
    """A small MP4 with a place in `udta`, in a `uuid` box and in the samples of a metadata track."""
    head = box(b"ftyp", brand, bytes(4), brand)
    mdat_at = len(head) + len(top)
    samples = {b"vide": b"picture!" * 4, b"meta": b"+48.13+11.57/AA", b"soun": b"sound"}
    mdat = box(b"mdat", *(samples[kind] for kind in kinds))
    tracks, at = b"", mdat_at + 8
    for kind in kinds:
        table = box(
            b"stbl",
            box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
            box(b"stsz", struct.pack(">IIII", 0, 0, 1, len(samples[kind]))),
            box(b"stco", struct.pack(">III", 0, 1, at)),
        )
        media = box(
            b"mdia",
            box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 600, 600 * seconds, 0, 0)),
            box(b"hdlr", bytes(8), kind, bytes(12)),
            box(b"minf", table),
        )
        tracks += box(b"trak", media, box(b"udta", b"Dana's"))
        at += len(samples[kind])
    header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 1000 * (seconds if claimed is None else claimed)), bytes(80))
    moov = box(b"moov", header, tracks, box(b"udta", box(b"\xa9xyz", b"+48.1372+011.5756/")), box(b"meta", b"com.apple.location"))
    return head + top + mdat + moov


@pytest.mark.parametrize(("brand", "media_type"), [(b"isom", "video/mp4"), (b"qt  ", "video/quicktime")])
def test_a_video_keeps_its_picture_and_loses_its_places(organisation: UUID, brand: bytes, media_type: str) -> None:
    sent = video(brand=brand, top=box(b"uuid", b"XMP of Dana"))
    kept = store(sent, "clip.avi")
    data = files.open_bytes(kept)
    assert (kept.media_type, kept.duration_seconds, kept.size_bytes) == (media_type, 12, len(sent))
    assert b"picture!" * 4 in data
    for telltale in (b"+48.13", b"Dana", b"com.apple", b"udta", b"meta", b"\xa9xyz", b"uuid"):
        assert telltale in sent
        assert telltale not in data


def test_a_video_of_more_than_a_minute_is_refused(organisation: UUID) -> None:
    assert refused(video(61)) == "video_too_long"


def test_a_video_that_claims_to_be_short_is_measured_by_its_tracks(organisation: UUID) -> None:
    assert refused(video(200, claimed=5)) == "video_too_long"


@pytest.mark.parametrize(
    "data",
    [
        video()[:-40],
        video(kinds=(b"soun",)),
        video(0),
        video() + box(b"moof", bytes(8)),
        box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(40)),
        box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I4sQ", 1, b"mdat", 4),
    ],
    ids=["cut off", "sound alone", "no duration", "fragments", "no movie", "a box shorter than its head"],
)
def test_a_video_that_does_not_fit_together_is_refused(organisation: UUID, data: bytes) -> None:
    assert refused(data) == "unreadable"


def test_no_bytes_whatever_make_the_check_of_videos_fail_otherwise(organisation: UUID, tmp_path: Path) -> None:
    import mmap
    import random

    whole, dice = video(), random.Random(7)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            data[dice.randrange(len(data))] = dice.choice((0, 1, 255, dice.randrange(256)))
        broken = tmp_path / "broken.mp4"
        broken.write_bytes(data)
        with broken.open("r+b") as file, mmap.mmap(file.fileno(), 0) as view, suppress(videos.Broken):
            assert videos.Video(view).clean() > 0


# Documents


def pdf(pages: int = 1, change: Any = None, **options: Any) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if change:
        change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_plain_document_is_kept_as_it_is(organisation: UUID) -> None:
    kept = store(pdf(3), "order.pdf")
    assert (kept.media_type, kept.name) == ("application/pdf", "order.pdf")
    assert len(PdfReader(files.path(kept)).pages) == 3


def script(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
            NameObject("/A"): action,
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


@pytest.mark.parametrize(
    "change",
    [script, lambda w: w.add_attachment("virus.exe", b"MZ"), launch],
    ids=["script", "attachment", "launch"],
)
def test_a_document_that_does_something_is_refused(organisation: UUID, change: Any) -> None:
    assert refused(pdf(change=change), "order.pdf") == "active_content"


def test_a_locked_document_is_refused(organisation: UUID) -> None:
    assert refused(pdf(change=lambda w: w.encrypt("secret", algorithm="RC4-128")), "order.pdf") == "encrypted"


def test_a_document_of_too_many_pages_is_refused(organisation: UUID) -> None:
    assert refused(pdf(51), "order.pdf") == "too_many_pages"


def test_what_we_make_ourselves_is_kept_unchanged(organisation: UUID) -> None:
    kept = files.keep(actor=actors.system(organisation), name="invoice 7", data=b"%PDF-1.7 ours", media_type="application/pdf")
    assert files.open_bytes(kept) == b"%PDF-1.7 ours"
    assert (kept.name, kept.size_bytes) == ("invoice 7.pdf", 13)
