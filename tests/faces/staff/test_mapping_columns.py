"""The page of columns reads anew what is corrected and loses nothing; versions can be gone back to; a file that waits says why."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.intake import running, uploads
from forecourt.engines.intake.models import Import, MappingVersion, SourceMapping
from forecourt.faces.staff.imports.versions import changes
from forecourt.records.history.models import Visit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen
from tests.engines.intake.files import sent

FILE = "Nr;Name;Post\n5;Müller;m@example.org\n".encode("cp1252")
MAPPED = {"column-0": "customer.number", "column-1": "customer.name", "column-2": "customer.email", "width": "3"}


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def client(alpen: Alpen) -> Client:
    return signed_in(alpen, "marketing")


def came(alpen: Alpen, content: bytes = FILE) -> Import:
    with alpen.scope():
        return sent(alpen.system, content)


def test_looking_at_a_correction_keeps_nothing_and_choosing_it_keeps_everything(alpen: Alpen, client: Client) -> None:
    found = came(alpen)
    url = reverse("imports:map", args=[found.pk])
    looked = client.post(url, MAPPED | {"do": "look", "encoding": "cp850"}, headers={"HX-Request": "true"}).content.decode()
    assert "M³ller" in looked
    assert "<html" not in looked
    with alpen.scope():
        assert (Import.objects.get().mapping, SourceMapping.objects.count()) == (None, 0)
    assert client.post(url, MAPPED | {"do": "save", "encoding": "cp850"}).status_code == 302
    with alpen.scope():
        assert SourceMapping.objects.get().mapping["reading"] == {"encoding": "cp850"}
        assert Import.objects.get().state == "checking"


@pytest.mark.parametrize(("state", "reason"), [("applied", "imported already. Send it again"), ("checking", "being read just now")])
def test_columns_are_not_said_anew_of_a_file_that_is_in_or_being_read(alpen: Alpen, client: Client, state: str, reason: str) -> None:
    found = came(alpen)
    url = reverse("imports:map", args=[found.pk])
    assert client.post(url, MAPPED | {"do": "save"}).status_code == 302
    with alpen.scope():
        Import.objects.update(state=state)
        before = Import.objects.get().mapping
    # The other click of a double click says the same, and is no mistake.
    assert client.post(url, MAPPED | {"do": "save"}).status_code == 302
    answer = client.post(url, MAPPED | {"do": "save", "encoding": "cp850"})
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    with alpen.scope():
        assert (Import.objects.get().mapping, SourceMapping.objects.get().version) == (before, 1)


def test_a_correction_that_cannot_be_is_told_beside_what_was_chosen(alpen: Alpen, client: Client) -> None:
    url = reverse("imports:map", args=[came(alpen).pk])
    answer = client.post(url, MAPPED | {"do": "look", "header_line": "77"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No row begins in line 77" in page
    assert '<option value="customer.email" selected>' in page
    twice = client.post(url, MAPPED | {"do": "save", "column-2": "customer.name"}).content.decode()
    assert "Only one column can mean “Name”: “Name”, “Post”." in twice
    assert twice.count('<option value="customer.name" selected>') == 2
    with alpen.scope():
        assert SourceMapping.objects.count() == 0


def test_columns_that_fall_apart_otherwise_are_asked_about_anew(alpen: Alpen, client: Client) -> None:
    url = reverse("imports:map", args=[came(alpen, b"Titel;x;y\nNr;Name;E-Mail\n5;Meier;m@example.org\n").pk])
    page = client.post(url, MAPPED | {"do": "look", "header_line": "2", "shown": "{}"}).content.decode()
    assert "E-Mail" in page
    assert '<option value="customer.email" selected>' in page
    assert "m@example.org" in page


def test_the_versions_of_a_mapping_say_what_changed_and_lead_back(alpen: Alpen, client: Client) -> None:
    url = reverse("imports:map", args=[came(alpen).pk])
    client.post(url, MAPPED | {"do": "save"})
    with alpen.scope():
        Import.objects.update(state="checked")
    client.post(url, MAPPED | {"do": "save", "column-2": "", "encoding": "cp850"})
    with alpen.scope():
        saved = SourceMapping.objects.get()
        first = MappingVersion.objects.get(number=1)
    page = client.get(reverse("imports:versions", args=[saved.pk])).content.decode()
    assert "“Post” → not used" in page
    assert "as detected → Western European (DOS 850)" in page
    back = client.post(reverse("imports:go_back", args=[first.pk]), follow=True).content.decode()
    assert "The next file of dms is read as version 1 says." in back
    with alpen.scope():
        assert (SourceMapping.objects.get().version, SourceMapping.objects.get().mapping) == (3, first.mapping)
    assert [each.of for each in changes(first.mapping, first.mapping)] == []


def test_whether_a_mileage_is_in_miles_is_said_by_hand_and_holds_for_the_next_file(alpen: Alpen, client: Client) -> None:
    content = b"Nr;Date;Site;VIN;Odometer (miles)\nA-1;01.02.2025;BOZ;WVWZZZ1KZAW123456;10000\n"
    names = ("order.number", "order.opened_on", "order.site", "vehicle.vin", "order.mileage")
    mapped = {f"column-{index}": name for index, name in enumerate(names)} | {"width": "5"}
    first = came(alpen, content)
    url = reverse("imports:map", args=[first.pk])
    assert "As detected: miles" in client.post(url, mapped | {"do": "look"}, headers={"HX-Request": "true"}).content.decode()
    looked = client.post(url, mapped | {"do": "look", "style-4": "km"}, headers={"HX-Request": "true"}).content.decode()
    assert '<option value="km" selected>' in looked
    client.post(url, mapped | {"do": "save"})
    applied(alpen, first)
    with alpen.scope():
        assert (Visit.objects.get().mileage, Vehicle.objects.get(vin="WVWZZZ1KZAW123456").mileage) == (16_093, 16_093)
        Import.objects.update(state="checked")
    client.post(url, mapped | {"do": "save", "style-4": "km"})
    with alpen.scope():
        saved = SourceMapping.objects.get()
    assert "as detected → kilometres" in client.get(reverse("imports:versions", args=[saved.pk])).content.decode()
    applied(alpen, came(alpen, content))
    with alpen.scope():
        assert (Visit.objects.get().mileage, Vehicle.objects.get(vin="WVWZZZ1KZAW123456").mileage) == (10_000, 10_000)


def test_which_name_stands_first_is_said_by_hand_and_holds_for_the_next_file(alpen: Alpen, client: Client) -> None:
    content = b"Cod. cliente;Cognome e nome\n1;Rossi Mario\n"
    mapped = {"column-0": "customer.number", "column-1": "customer.name", "width": "2"}
    first = came(alpen, content)
    url = reverse("imports:map", args=[first.pk])
    looked = client.post(url, mapped | {"do": "look"}, headers={"HX-Request": "true"}).content.decode()
    assert "As detected: last name first" in looked
    assert "Mario Rossi" in looked
    client.post(url, mapped | {"do": "save"})
    with alpen.scope():
        Import.objects.update(state="checked")
    client.post(url, mapped | {"do": "save", "style-1": "first"})
    with alpen.scope():
        saved = SourceMapping.objects.get()
    assert "as detected → first name first" in client.get(reverse("imports:versions", args=[saved.pk])).content.decode()
    applied(alpen, came(alpen, content))
    with alpen.scope():
        assert (Customer.objects.get(number="1").first_name, Customer.objects.get(number="1").last_name) == ("Rossi", "Mario")


def applied(alpen: Alpen, found: Import) -> None:
    with alpen.scope():
        running.run(actor=alpen.system, import_id=found.pk)


def test_a_file_that_waits_says_why_and_leads_to_its_columns(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        running.run(actor=alpen.system, import_id=came(alpen, b"Kundennummer;Name\n5;Meier\n").pk)
        waits = uploads.take(actor=alpen.system, name="b.csv", stream=io.BytesIO(b"Kundennummer;Namen d. Kunden\n6;Huber\n"), source="dms")
    page = client.get(reverse("imports:show", args=[waits.pk])).content.decode()
    assert "This file waits for you" in page
    assert "“Name” (Name) is gone" in page
    assert reverse("imports:map", args=[waits.pk]) in page
    assert "Import now" not in page
    assert "is not like the last one" in client.get(reverse("imports:map", args=[waits.pk])).content.decode()


def test_a_file_without_a_header_is_said_to_have_none_and_the_next_one_is_read_so(alpen: Alpen, client: Client) -> None:
    first = came(alpen, b"Huber;Bozen\nEgger;Meran\nHofer;Bozen\n")
    url = reverse("imports:map", args=[first.pk])
    page = client.get(url).content.decode()
    assert "Line 1 is read as the names of the columns. Enter 0 if it is a record" in page
    looked = client.post(url, {"do": "look", "header_line": "0", "width": "2", "shown": "{}"}, headers={"HX-Request": "true"})
    page = looked.content.decode()
    assert "Column 1 (A)" in page
    assert "Read without a header" in page
    assert "Huber" in page
    shown = '{"header_line": 0}'
    mapped = {"column-0": "customer.name", "column-1": "customer.city", "width": "2", "header_line": "0", "shown": shown}
    assert client.post(url, mapped | {"do": "save"}).status_code == 302
    with alpen.scope():
        saved = SourceMapping.objects.get()
        assert (saved.mapping["reading"], saved.mapping["columns"]) == (
            {"header_line": 0},
            {"customer.name": "(A)", "customer.city": "(B)"},
        )
        seen = uploads.look(actor=alpen.system, import_id=sent(alpen.system, b"Gasser;Lana\nPichler;Brixen\n").pk)
        assert (seen.saved, seen.rows, seen.unmet) == (saved, [["Gasser", "Lana"], ["Pichler", "Brixen"]], [])
        # Another file of the source names its columns: they are none of a record's.
        other = uploads.look(actor=alpen.system, import_id=sent(alpen.system, b"Kundennummer;Nachname\n7;Gasser\n").pk)
        assert (other.header, other.rows) == (["Kundennummer", "Nachname"], [["7", "Gasser"]])
    told = [(each.of, each.before, each.after) for each in changes({}, saved.mapping) if "header" in each.of]
    assert told == [("Line of the header", "as detected", "no header")]


def test_columns_aligned_by_spaces_are_shown_as_what_they_are(alpen: Alpen, client: Client) -> None:
    found = came(alpen, b"Nr    Name            Ort\n1     Huber Hans      Bozen\n2     Egger           Meran\n")
    url = reverse("imports:map", args=[found.pk])
    page = client.get(url).content.decode()
    assert "As detected: Fixed width" in page
    assert "Huber Hans" in page
    assert "Quotation mark" not in page
    mapped = {"column-0": "customer.number", "column-1": "customer.name", "width": "3", "delimiter": "fixed", "shown": "{}"}
    assert client.post(url, mapped | {"do": "save"}).status_code == 302
    with alpen.scope():
        assert SourceMapping.objects.get().mapping["reading"] == {"delimiter": "fixed"}
