"""Files that a program sends: taken, followed, their wrong rows read; a file that is no table is refused and stays with its reason."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.records.history.models import JobLine
from tests.cast import Alpen
from tests.engines.intake.files import ANNA, ANNAS_GOLF, LINES, export
from tests.faces.api.programs import early_on_monday, program  # noqa: F401 - the fixture is used

SEND = "/api/v1/imports"
WRONG = f"{ANNA};{ANNAS_GOLF};BOZ;A-9;31.02.2024;02.01.2025;45.210;1;L;0100;Inspektion;1,50;1;180,00"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def send(client: Any, content: bytes, name: str = "export.csv", **more: Any) -> Any:
    return client.post(SEND, {"file": SimpleUploadedFile(name, content), "source": "dms", **more})


def work_off(dealer: Alpen, import_id: str) -> None:
    """What the worker does with the job that was left for it."""
    with dealer.scope():
        waiting = Import.objects.get(pk=import_id)
        run = running.dry_run if waiting.is_dry_run else running.run
        run(actor=dealer.system, import_id=waiting.pk)


def test_a_file_is_taken_done_by_a_worker_and_followed(alpen: Alpen) -> None:
    client = program(alpen, "back-office")
    sent = send(client, export(*LINES, WRONG))
    assert sent.status_code == 202
    taken = sent.json()
    assert (taken["number"], taken["source"], taken["file_name"], taken["state"]) == (1, "dms", "export.csv", "running")
    work_off(alpen, taken["id"])
    done = client.get(f"{SEND}/{taken['id']}").json()
    rows = {name: done[f"rows_{name}"] for name in ("read", "created", "updated", "unchanged", "rejected")}
    assert (done["state"], rows) == ("applied", {"read": 4, "created": 3, "updated": 0, "unchanged": 0, "rejected": 1})
    wrong = client.get(f"{SEND}/{taken['id']}/rejected").json()
    [row] = [each for each in wrong["items"] if each["column"] == "Auftragsdatum"]
    assert (row["line"], row["value"]) == (5, "31.02.2024")
    assert row["reason"]
    assert [each["id"] for each in client.get(SEND).json()["items"]] == [taken["id"]]


def test_a_dry_run_changes_nothing_and_says_what_would_be(alpen: Alpen) -> None:
    client = program(alpen, "back-office")
    taken = send(client, export(), dry_run="true").json()
    assert (taken["state"], taken["is_dry_run"]) == ("checking", True)
    work_off(alpen, taken["id"])
    done = client.get(f"{SEND}/{taken['id']}").json()
    assert (done["state"], done["rows_created"]) == ("checked", 3)
    with alpen.scope():
        assert not JobLine.objects.exists()


def test_a_picture_named_csv_is_refused_with_the_reason_and_stays_as_a_refused_import(alpen: Alpen) -> None:
    client = program(alpen, "back-office")
    refused = send(client, PICTURE, name="orders.csv")
    assert refused.status_code == 409
    told = refused.json()
    kept = client.get(f"{SEND}/{told['import_id']}").json()
    assert (kept["state"], kept["refusal_code"], kept["refusal_text"]) == ("refused", told["code"], told["text"])
    assert (kept["rows_read"], kept["file_name"]) == (0, "orders.csv")
    assert client.get(SEND).json()["count"] == 1


def test_a_file_without_the_columns_that_are_needed_is_refused_too(alpen: Alpen) -> None:
    refused = send(program(alpen, "back-office"), b"Colour;Taste\nred;sweet\n")
    assert refused.status_code == 409
    with alpen.scope():
        kept = Import.objects.get()
    assert (kept.state, kept.refusal_code) == ("refused", refused.json()["code"])


def test_on_the_page_a_refused_file_stays_with_its_reason_as_well(alpen: Alpen, client: Any) -> None:
    client.force_login(alpen.staff["Max Mair"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/staff/imports/new/", {"file": SimpleUploadedFile("orders.csv", PICTURE), "source": "dms"})
    assert answer.status_code == 422
    with alpen.scope():
        assert [each.state for each in Import.objects.all()] == ["refused"]


def test_a_site_of_nobody_is_not_found_and_nothing_is_kept(alpen: Alpen) -> None:
    client = program(alpen, "back-office")
    assert send(client, export(), site_id="00000000-0000-7000-8000-000000000000").status_code == 404
    assert client.get(SEND).json() == {"items": [], "count": 0}
