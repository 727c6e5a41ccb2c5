"""Taking everything along: one archive to read, for machines, with photos and papers, and nobody else's."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from forecourt.kernel.errors import NotPermitted
from forecourt.records.people import background, takeout
from forecourt.records.people.models import Takeout
from forecourt.runtime import files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry, StoredFile
from tests.cast import Alpen
from tests.proof.invented import Invented


@pytest.fixture
def anna(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    settings.DATA = tmp_path
    return alpen.actor("Anna Amort")


def test_the_archive_holds_readable_pages_data_and_files_of_this_person_alone(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        berger, other = Invented(alpen, 1), Invented(alpen, 2)
        wanted = takeout.request(actor=anna, customer_id=berger.customer.pk)
        background.make_archive(by=anna, takeout_id=str(wanted.pk))
        wanted.refresh_from_db()
        assert wanted.stored_file is not None
        parts = zipfile.ZipFile(BytesIO(files.open_bytes(wanted.stored_file)))
    everything = b"".join(parts.read(name) for name in parts.namelist())
    assert other.tag.encode() not in everything
    data = json.loads(parts.read("data.json"))
    assert data["people.customer"][0]["email"] == berger.mail
    assert data["workshop.appointment"][0]["note"] == f"Klappert, {berger.tag}"
    assert data["offers.invoice"][0]["number"] == "RX-1"
    assert data["vehicles.vehicle"][0]["vin"] == berger.car.vin
    index = parts.read("index.html").decode()
    assert '<html lang="de">' in index
    assert "Ihre Termine" in index
    assert f"Klappert, {berger.tag}" in parts.read("pages/workshop-appointment.html").decode()
    assert (
        len([name for name in parts.namelist() if name.startswith("files/")]) == 4
    )  # signature, photo of the work, invoice, paper of a claim


def test_asking_and_fetching_are_in_the_audit_trail_and_need_the_right(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            takeout.request(actor=alpen.alice, customer_id=alpen.dana.pk)
        wanted = takeout.request(actor=anna, customer_id=alpen.dana.pk)
        assert takeout.request(actor=anna, customer_id=alpen.dana.pk) == wanted
        background.make_archive(by=anna, takeout_id=str(wanted.pk))
        assert takeout.fetch(actor=anna, takeout_id=wanted.pk).startswith("/files/")
        with pytest.raises(NotPermitted):
            takeout.fetch(actor=alpen.alice, takeout_id=wanted.pk)
        acts = AuditEntry.objects.filter(object_id=alpen.dana.pk).order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["right_used", "people.archive_requested", "people.archive_fetched"]


def test_an_archive_stands_for_a_week(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        wanted = takeout.request(actor=anna, customer_id=alpen.dana.pk)
        background.make_archive(by=anna, takeout_id=str(wanted.pk))
        assert takeout.forget_old_ones() == 0
        Takeout.objects.update(requested_at=wanted.requested_at - timedelta(days=8))
        assert takeout.forget_old_ones() == 1
        assert (Takeout.objects.count(), StoredFile.objects.count()) == (0, 0)
