"""Staff see which rows of a file stayed out because their person was erased, and say why somebody is a customer again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.intake.models import ERASED, Import, RejectedRow
from forecourt.records.people import erased
from forecourt.runtime import clock
from forecourt.runtime.models import AuditEntry
from forecourt.runtime.sentences import sentence
from tests.cast import Alpen

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(alpen: Alpen) -> RejectedRow:
    """A row that stayed out of an import."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    kept = {"erasures": [str(uuid4())], "at": at.isoformat(), "digests": ["ab12"]}
    with alpen.scope():
        came = Import.objects.create(
            number=1, source="dms", file_name="export.csv", received_at=at, state="applied", rows_read=3, rows_erased=1
        )
        return RejectedRow.objects.create(of_import=came, line=2, reason_code=ERASED, reason="Not taken: erased on 2 March", erased=kept)


def signed_in(alpen: Alpen, name: str) -> Client:
    client = Client()
    with alpen.scope():
        client.force_login(alpen.staff[name].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_counts_the_rows_of_erased_persons_and_asks_why_one_is_a_customer_again(alpen: Alpen, row: RejectedRow) -> None:
    page = signed_in(alpen, "Max Mair").get(reverse("imports:show", args=[row.of_import_id])).content.decode()
    assert "Of erased persons" in page
    assert "Not taken: erased on 2 March" in page
    assert reverse("imports:welcome", args=[row.pk]) in page


def test_who_may_not_change_customers_sees_the_row_without_the_question(alpen: Alpen, row: RejectedRow) -> None:
    client = signed_in(alpen, "Bob Brenner")
    page = client.get(reverse("imports:show", args=[row.of_import_id])).content.decode()
    assert "Not taken: erased on 2 March" in page
    assert reverse("imports:welcome", args=[row.pk]) not in page
    assert client.post(reverse("imports:welcome", args=[row.pk]), {"reason": "contract"}).status_code == 403
    with alpen.scope():
        assert AuditEntry.objects.filter(act="people.person_returned").count() == 0


def test_a_reason_lets_the_next_import_take_the_person_and_none_does_not(
    alpen: Alpen, row: RejectedRow, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    client, url = signed_in(alpen, "Max Mair"), reverse("imports:welcome", args=[row.pk])
    assert "Please say why." in client.post(url, {"reason": ""}, follow=True).content.decode()
    assert not erased.path().exists()
    assert "the next import takes them in" in client.post(url, {"reason": "contract"}, follow=True).content.decode()
    with alpen.scope():
        assert AuditEntry.objects.get(act="people.person_returned").values["reason"] == "contract"


def test_a_running_import_shows_its_steps_and_when_it_will_be_ready(alpen: Alpen) -> None:
    now = clock.now()
    with alpen.scope():
        found = Import.objects.create(
            number=1, source="dms", file_name="export.csv", received_at=now, state="running", rows_total=500_000, rows_done=500_000,
            step="cars", begun_at=now - timedelta(seconds=60), ready_at=now + timedelta(seconds=181),
        )  # fmt: skip
    page = signed_in(alpen, "Max Mair").get(reverse("imports:show", args=[found.pk])).content.decode()
    assert "about 3 minutes left" in page
    assert 'value="25"' in page
    assert [step.split("<")[0].strip() for step in page.split('class="only-read">Done: </span>')[1:]] == [
        "Read and check the rows",
        "Match the customers",
    ]
    with alpen.scope():
        Import.objects.filter(pk=found.pk).update(ready_at=now - timedelta(seconds=1))
    status = signed_in(alpen, "Max Mair").get(reverse("imports:status", args=[found.pk])).content.decode()
    assert "almost done" in status
    assert 'value="99"' in status


def test_an_import_that_waits_for_a_worker_does_not_show_how_far_its_dry_run_was(alpen: Alpen) -> None:
    now = clock.now()
    with alpen.scope():
        found = Import.objects.create(
            number=1, source="dms", file_name="export.csv", received_at=now, state="checked", rows_total=3, rows_done=3, step="ending",
            begun_at=now - timedelta(seconds=9), ready_at=now,
        )  # fmt: skip
    client = signed_in(alpen, "Max Mair")
    client.post(reverse("imports:start", args=[found.pk]))
    page = client.get(reverse("imports:show", args=[found.pk])).content.decode()
    assert "It begins" in page
    assert "Done: " not in page
    assert 'value="0"' in page


def test_a_german_colleague_reads_in_german_why_a_file_that_an_english_worker_read_was_refused(alpen: Alpen, settings: Any) -> None:
    text = sentence("“%(name)s” is a picture, not a table. Please export the list as CSV or XLSX.") % {"name": "x.csv"}
    with alpen.scope():
        found = Import.objects.create(
            number=1, source="dms", file_name="x.csv", received_at=clock.now(), state="refused", refusal_code="picture", refusal_text=text
        )
        RejectedRow.objects.create(of_import=found, line=2, reason_code="no_vin", reason=sentence("This day does not exist."))
    client = signed_in(alpen, "Max Mair")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    page = client.get(reverse("imports:show", args=[found.pk])).content.decode()
    assert "„x.csv“ ist ein Bild" in page
    assert "Diesen Tag gibt es nicht." in page


def test_a_plate_from_abroad_is_told_as_kept_and_a_value_that_is_not_as_left_out(alpen: Alpen) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with alpen.scope():
        came = Import.objects.create(
            number=1, source="dms", file_name="export.csv", received_at=at, state="checked", rows_read=3, preview={"examples": []}
        )
        for line, code, value in ((2, "plate_abroad", "MÜ-AB 123"), (3, "no_phone", "im Urlaub")):
            RejectedRow.objects.create(
                of_import=came, line=line, column="Spalte", value=value, reason_code=code, reason=code, is_remark=True
            )
    page = signed_in(alpen, "Max Mair").get(reverse("imports:show", args=[came.pk])).content.decode()
    rows = {each.split("</code>")[0].rpartition("<code>")[2]: each for each in page.split("</tr>") if "<code>" in each}
    assert "in, as it stands" in rows["MÜ-AB 123"]
    assert "in, without this value" not in rows["MÜ-AB 123"]
    assert "in, without this value" in rows["im Urlaub"]
    pieces = [each.rpartition("<li")[2] for each in page.split("</li>") if "sample-after" in each]
    examples = {each.split("<dt>")[1].split("</dt>")[0]: each for each in pieces}
    assert ("MÜ-AB 123" in examples["plate_abroad"], "left out" in examples["plate_abroad"]) == (True, False)
    assert "left out" in examples["no_phone"]
