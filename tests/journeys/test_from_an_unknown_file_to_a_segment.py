"""A marketing manager gets a file that nobody has seen before: she says what its columns mean, mends two, looks, takes it in, and writes to some."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from playwright.sync_api import Browser, Page, expect

from forecourt.engines.audience import facts, rules
from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import, SourceMapping
from forecourt.faces.ui import icons
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people.models import Customer
from forecourt.runtime.models import AuditEntry
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen
from tests.faces.staff.signin.browsing import served

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
]
# Nothing in the days says whether the day or the month comes first, and nothing in the quantities whether 1,500 are many: one beside it has no thousandths.
FILE = (
    "Vorg.;wann drin;wer;Anruf unter;Schild;Fabr.;was;wieviel;Eur\r\n"
    "V-1;03/04/2025;MÜLLER ANNA;333 111 22 23;bz 111 aa;Volkswagen;Inspektion mit Ölwechsel;1,500;180.50\r\n"
    "V-2;05/06/2025;Bruno Berger;+39 333 4445556;GA 222 BB;Fiat;Radwechsel;2,250;90.00\r\n"
    "V-3;31/31/2025;Carla Conti;+39 333 7778889;GA 333 CC;Fiat;Bremsen;1;250.00\r\n"
)
MEANINGS = {
    "Vorg.": "order.number", "wann drin": "order.opened_on", "wer": "customer.name", "Anruf unter": "customer.mobile",
    "Schild": "vehicle.plate", "Fabr.": "vehicle.make", "was": "line.text", "wieviel": "line.quantity", "Eur": "line.amount",
}  # fmt: skip


@pytest.fixture
def page(alpen: Alpen, browser: Browser, settings: Any, tmp_path: Path) -> Iterator[Page]:
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.DATA = tmp_path
    with alpen.scope():
        rules.install()
    client = signed_in(alpen, "marketing", powerful=True)
    with served() as url:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", base_url=url)
        context.add_cookies([{"name": name, "value": each.value, "url": url} for name, each in client.cookies.items()])
        context.add_cookies([{"name": configured.LANGUAGE_COOKIE_NAME, "value": "en", "url": url}])
        yield context.new_page()
        context.close()


def test_an_unknown_file_is_mapped_mended_looked_at_taken_in_and_becomes_a_segment_that_is_exported(
    alpen: Alpen, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "unknown.csv"
    path.write_bytes(FILE.encode("cp1252"))
    send(page, path, str(alpen.bozen.pk))
    say_what_the_columns_mean(page)
    mend_the_two_bad_columns(page)
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    work_off(alpen)
    look_at_what_it_would_bring(page)
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    work_off(alpen)
    expect(page.get_by_text("The right rows are in.")).to_be_visible()
    with alpen.scope():
        assert Visit.objects.get(number="V-1").opened_on == date(2025, 3, 4)
        assert str(JobLine.objects.get(visit__number="V-1").quantity) == "1.500"
        assert Customer.objects.get(first_name="Müller", last_name="Anna").mobile == "+393331112223"
        assert SourceMapping.objects.get(source="old system").version == 1
        facts.refresh()
    write_to_those_with_a_fiat(alpen, page)


def send(page: Page, path: Path, site: str) -> None:
    page.goto("/staff/imports/new/")
    page.get_by_label("File").set_input_files(path)
    page.get_by_label("Source").fill("old system")
    page.get_by_label("Site").select_option(site)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()


def say_what_the_columns_mean(page: Page) -> None:
    expect(page.get_by_label("Encoding")).to_contain_text("As detected: Western European (Windows-1252)")
    expect(page.get_by_label("Delimiter")).to_contain_text("As detected: Semicolon")
    for column, meaning in MEANINGS.items():
        choice = page.get_by_label(column, exact=True)
        if choice.input_value() != meaning:
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                choice.select_option(meaning)
        expect(choice).to_have_value(meaning)


def mend_the_two_bad_columns(page: Page) -> None:
    day, quantity = row(page, "wann drin"), row(page, "wieviel")
    expect(day).to_contain_text("April 3, 2025")
    expect(day).to_contain_text("This day does not exist.")
    expect(quantity).to_contain_text("1,500")
    page.get_by_label("How wann drin is written").select_option("mdy")
    expect(day).to_contain_text("March 4, 2025")
    page.get_by_label("How wieviel is written").select_option(",")
    expect(quantity.locator(".sample-after").first).to_have_text("1.5")
    # What was chosen before is still chosen, and a wrong correction is told and loses nothing.
    page.get_by_label("Line of the header").fill("99")
    page.get_by_label("Line of the header").blur()
    expect(page.get_by_text("No row begins in line 99")).to_be_visible()
    expect(page.get_by_label("wer", exact=True)).to_have_value("customer.name")
    page.get_by_label("Line of the header").fill("")
    page.get_by_label("Line of the header").blur()
    expect(page.get_by_text("No row begins in line 99")).to_have_count(0)
    expect(page.get_by_label("How wann drin is written")).to_have_value("mdy")


def look_at_what_it_would_bring(page: Page) -> None:
    expect(page.get_by_text("This was a dry run.")).to_be_visible()
    expect(page.locator("#preview-created")).to_contain_text("March 4, 2025")
    tidied = page.locator("#preview-cleaned")
    for after in ("Müller Anna", "+393331112223", "BZ 111 AA"):
        expect(tidied).to_contain_text(after)
    expect(page.get_by_role("row", name="31/31/2025")).to_contain_text("This day does not exist.")


def write_to_those_with_a_fiat(alpen: Alpen, page: Page) -> None:
    page.goto("/staff/segments/new/")
    page.get_by_label("Name").first.fill("Fiat from the old system")
    page.locator("select[name='r.0.field']").select_option("make")
    how, value = page.locator("select[name='r.0.how']"), page.locator("[name='r.0.value']")
    expect(how).to_be_visible()
    if how.input_value() != "eq":
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            how.select_option("eq")
    # What is drawn anew would take away what was written meanwhile.
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    value.fill("Fiat")
    expect(value).to_have_value("Fiat")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("GA 222 BB")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take a copy").click()
    rows = list(csv.DictReader(io.StringIO(taken.value.path().read_text(encoding="utf-8-sig")), delimiter=";"))
    assert "GA 222 BB" in [each["Plate"] for each in rows]
    with alpen.scope():
        [entry] = AuditEntry.objects.filter(act="read.export.segment")
        assert entry.values["rows"] == len(rows)


def row(page: Page, column: str) -> Any:
    return page.locator("tr", has=page.get_by_label(column, exact=True))


def work_off(alpen: Alpen) -> None:
    """What the worker does with the job that was left for it."""
    with alpen.scope():
        found = Import.objects.get()
        (running.dry_run if found.is_dry_run else running.run)(actor=alpen.system, import_id=found.pk)
