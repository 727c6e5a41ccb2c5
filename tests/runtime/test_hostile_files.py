"""A corpus of files made to harm: each is refused or made harmless, whoever opens what is kept, and none takes the machine along."""

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pillow_heif
import pytest
from django.test import Client
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.runtime import actors, files, scope
from forecourt.runtime.files import bounded, contents

pytestmark = pytest.mark.django_db
SECRET = b"Dana lives at 48.1351 11.5820"
SCRIPT = b"<script>alert(document.cookie)</script>"
MEGABYTES = 512


@pytest.fixture
def organisation(settings: Any, tmp_path: Any) -> Any:
    settings.DATA = tmp_path
    with scope.of(uuid7()):
        yield scope.organisation_id()


def picture(kind: str, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0)})
    if kind == "HEIF":
        heif = pillow_heif.from_pillow(Image.new("RGB", size, "green"))
        heif.info["exif"] = exif.tobytes()
        heif.save(out, quality=50)
    else:
        Image.new("RGB", size, "red").save(out, kind, exif=exif.tobytes(), **options)
    return out.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))


def png_bomb() -> bytes:
    """A kilobyte on disk for each megabyte in memory, within the limit of pixels (in `make prove` as large as that allows)."""
    side = 9_990 if os.environ.get("FORECOURT_PROVE") else 5_000
    body = zlib.compress(bytes(side * (side * 4 + 1)), 9)
    return png_header(side, side) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET.decode())
    info.add_text("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG", pnginfo=info)
    return out.getvalue() + SCRIPT


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def movie(*, table: bytes = b"", behind: bytes = b"", place: bytes = SECRET) -> bytes:
    head = box(b"ftyp", b"isom", bytes(4), b"isom")
    plain = (
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1))
        + box(b"stsz", struct.pack(">IIII", 0, 0, 1, 16))
        + box(b"stco", struct.pack(">III", 0, 1, len(head) + 8))
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 600, 6000, 0, 0)),
        box(b"hdlr", bytes(8), b"vide", bytes(13)),
        box(b"minf", box(b"stbl", table or plain)),
    )
    movie = box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 600, 6000), bytes(80)), box(b"trak", media), box(b"udta", place))
    return head + box(b"mdat", b"picture!picture!") + movie + behind


def pdf(change: Callable[[PdfWriter], object] = lambda _writer: None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": SECRET.decode()})
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_photo(writer: PdfWriter) -> None:
    photo = StreamObject()
    photo._data = picture("JPEG", comment=SECRET)
    photo.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"), NameObject("/Width"): NumberObject(64),
        NameObject("/Height"): NumberObject(48), NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
        NameObject("/BitsPerComponent"): NumberObject(8), NameObject("/Filter"): NameObject("/DCTDecode"),
    })  # fmt: skip
    pictures = DictionaryObject({NameObject("/Photo"): writer._add_object(photo)})
    writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})


def pdf_with_xmp(writer: PdfWriter) -> None:
    notes = DecodedStreamObject()
    notes.set_data(SECRET)
    notes[NameObject("/Type")] = NameObject("/Metadata")
    writer._root_object[NameObject("/Metadata")] = writer._add_object(notes)
    writer.pages[0][NameObject("/Metadata")] = writer._add_object(notes)


def pdf_with_script(writer: PdfWriter) -> None:
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def pdf_bomb() -> bytes:
    """A page whose content is two gigabytes of blanks, packed three times over."""
    packed = bytes(64 << 20)
    for _ in range(3):
        packed = zlib.compress(packed, 9)

    def fill(writer: PdfWriter) -> None:
        content = StreamObject()
        content._data = packed
        from pypdf.generic import ArrayObject

        content[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * 3)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(content)

    return pdf(fill)


CORPUS: dict[str, Callable[[], bytes]] = {
    "a page that begins as a photo": lambda: b"\xff\xd8\xff\xe0" + SCRIPT * 20,
    "a photo with a page behind it": lambda: picture("JPEG") + b"<html>" + SCRIPT,
    "a photo with an archive behind it": lambda: picture("JPEG") + b"PK\x03\x04" + SECRET,
    "a photo with a page in its comment": lambda: picture("JPEG", comment=b"*/=1;" + SCRIPT),
    "a photo with its place": lambda: picture("JPEG"),
    "a photo of an iphone with its place": lambda: picture("HEIF"),
    "a photo of an iphone cut off": lambda: picture("HEIF")[:300],
    "a photo of an iphone with a broken length": lambda: picture("HEIF").replace(b"iloc", b"ilox"),
    "a webp with its place": lambda: picture("WEBP"),
    "a webp whose length lies": lambda: b"RIFF\xff\xff\xff\x7fWEBPVP8L" + bytes(200),
    "a drawing with notes and a page behind it": png_with_text,
    "a drawing of four thousand megapixels": lambda: png_header(65_000, 65_000) + png_chunk(b"IDAT", b"x") + png_chunk(b"IEND", b""),
    "a drawing that unpacks to hundreds of megabytes": png_bomb,
    "a drawing with a huge note": lambda: (
        png_header(1, 1) + png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9)) + png_chunk(b"IEND", b"")
    ),
    "an svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    "an svg after blanks": lambda: b" \n\t" * 40 + b"<svg>" + SCRIPT + b"</svg>",
    "a page": lambda: b"<!doctype html>" + SCRIPT,
    "a page in utf-16": lambda: ("<html>" + SCRIPT.decode()).encode("utf-16"),
    "a gif that is a script": lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)",
    "a program": lambda: b"MZ" + bytes(300),
    "an archive": lambda: b"PK\x03\x04" + bytes(300),
    "a film with its place": movie,
    "a film with a page behind it": lambda: movie(behind=box(b"free", SCRIPT + SECRET) + box(b"uuid", SECRET)),
    "a film whose samples lie outside": lambda: movie(
        table=box(b"stsz", struct.pack(">IIII", 0, 0, 1, 1 << 30)) + box(b"stco", struct.pack(">III", 0, 1, 1 << 31))
    ),
    "a film with a million samples of no file": lambda: movie(table=box(b"stsz", struct.pack(">III", 0, 1, 0xFFFFFFFF))),
    "a film with boxes in boxes": lambda: box(b"ftyp", b"isom", bytes(4)) + _nested(400),
    "a film that ends early": lambda: movie()[:-40],
    "a document with its author": pdf,
    "a document with notes of editors": lambda: pdf(pdf_with_xmp),
    "a document with a photo with its place": lambda: pdf(pdf_with_photo),
    "a document with a page behind it": lambda: pdf() + SCRIPT + SECRET,
    "a document that runs a script": lambda: pdf(pdf_with_script),
    "a document with an attachment": lambda: pdf(lambda writer: writer.add_attachment("x.exe", b"MZ")),
    "a document that unpacks without end": pdf_bomb,
    "a document that refers to itself": lambda: b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>",
    "a document of nothing": lambda: b"%PDF-1.7\n" + bytes(5000),
}  # fmt: skip
KEPT = {
    "a photo with a page behind it", "a photo with an archive behind it", "a photo with a page in its comment", "a photo with its place",
    "a photo of an iphone with its place", "a webp with its place", "a drawing with notes and a page behind it",
    "a drawing that unpacks to hundreds of megabytes", "a film with its place", "a film with a page behind it", "a document with its author",
    "a document with notes of editors", "a document with a photo with its place", "a document with a page behind it",
    "a document that unpacks without end",
}  # fmt: skip


def _nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = box(b"moov", inner)
    return inner


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_or_made_harmless(organisation: UUID, client: Client, name: str) -> None:
    data = CORPUS[name]()
    try:
        kept = files.store(actor=actors.system(organisation), name="holiday.jpg", stream=BytesIO(data))
    except Refusal as refusal:
        assert name not in KEPT, f"refused: {refusal.code}"
        assert str(refusal)
    else:
        assert name in KEPT
        told = files.open_bytes(kept)
        for telltale in (SECRET, SCRIPT, SCRIPT.decode().encode("utf-16-le"), b"Exif\0\0", b"GPS"):
            assert telltale not in told
        _is_served_tamely(client, files.signed_url(kept))


BOMBS = (
    "a drawing that unpacks to hundreds of megabytes", "a drawing with a huge note", "a drawing of four thousand megapixels",
    "a document that unpacks without end", "a photo of an iphone with its place",
)  # fmt: skip


def test_no_bomb_takes_more_than_half_a_gigabyte(tmp_path: Path) -> None:
    jobs = []
    for number, name in enumerate(BOMBS):
        source, content = tmp_path / f"{number}.raw", contents.recognise(CORPUS[name]()[: contents.HEAD_BYTES])
        source.write_bytes(CORPUS[name]())
        assert content is not None
        jobs.append(bounded.command(content.kind, content.decoder, source, tmp_path / f"{number}.clean"))
    script = (
        "import json, resource, subprocess, sys\n"
        "for command in json.load(sys.stdin): subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    told = subprocess.run([sys.executable, "-c", script], input=json.dumps(jobs), capture_output=True, text=True, check=True)
    assert 20 << 10 < int(told.stdout) < MEGABYTES << 10  # kilobytes


def _is_served_tamely(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"].split(";")[0] in {"image/jpeg", "image/png", "image/webp", "video/mp4", "application/pdf"}
    if answer["Content-Type"] == "application/pdf":
        assert answer["Content-Disposition"].startswith("attachment")


def test_a_rewritten_document_keeps_its_pages_and_photos(organisation: UUID) -> None:
    kept = files.store(actor=actors.system(organisation), name="paper.pdf", stream=BytesIO(pdf(pdf_with_photo)))
    read = PdfReader(files.path(kept))
    assert len(read.pages) == 1
    assert read.metadata is None or "/Author" not in read.metadata
    assert read.pages[0].images[0].image is not None
    assert read.pages[0].images[0].image.size == (64, 48)
