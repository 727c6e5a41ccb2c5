"""Takes the pictures of README and guides from a running demo on a Tuesday morning: `make pictures`."""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.journeys.house import CHECKOUT, House, stand

FOLDER = CHECKOUT / "docs" / "guides" / "pictures"
ROME = ZoneInfo("Europe/Rome")
Scheme = Literal["light", "dark"]
# Nothing in its days says whether the day or the month comes first.
UNKNOWN = (
    "Vorg.;wann drin;wer;Anruf unter;Schild;Fabr.;was;wieviel;Eur\r\n"
    "V-1;03/04/2026;MÜLLER ANNA;333 111 22 23;bz 111 aa;Volkswagen;Inspektion mit Ölwechsel;1,500;180.50\r\n"
    "V-2;05/06/2026;Bruno Berger;+39 333 4445556;GA 222 BB;Fiat;Radwechsel;2,250;90.00\r\n"
    "V-3;31/31/2026;Carla Conti;+39 333 7778889;GA 333 CC;Fiat;Bremsbeläge vorne;1,000;250.00\r\n"
    "V-4;08/09/2026;EDERA SRL;0471 123456;fb 444 dd;Ford;Klimaservice;1;119.00\r\n"
)
MEANINGS = (
    "order.number", "order.opened_on", "customer.name", "customer.mobile", "vehicle.plate", "vehicle.make", "line.text", "line.quantity",
    "line.amount",
)  # fmt: skip
LOOKS: tuple[tuple[str, Scheme], ...] = (("en", "light"), ("en", "dark"), ("de", "light"))
DESKTOP, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    customers = int(os.environ.get("FORECOURT_DEMO_CUSTOMERS") or 5000)
    with stand(customers=customers, clock=tuesday_at(10, 40)) as house, browser() as chromium:
        for language, scheme in LOOKS:
            staff(house, chromium, language, scheme)
            customer(house, chromium, language, scheme)
            people(house, chromium, language, scheme)
            marketing(house, chromium, language, scheme)
    return 0


def tuesday_at(hour: int, minute: int) -> str:
    """How far ahead of now the next Tuesday's hour in Rome is."""
    now = datetime.now(ROME)
    day = now.date() + timedelta(days=(1 - now.weekday()) % 7 or 7)
    return f"+{int((datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME) - now).total_seconds())}s"


@contextmanager
def browser() -> Iterator[Browser]:
    program = next((path for path in BROWSERS if Path(path).exists()), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


def staff(house: House, chromium: Browser, language: str, scheme: Scheme) -> None:
    """The desk: board, due list, job card, flow page."""
    context = chromium.new_context(viewport=DESKTOP, color_scheme=scheme)
    page = signed_in(house, context, "Lena Hofer", language)
    take(page, f"{house.url}/staff/board/", f"board-desktop-{scheme}-{language}")
    page.goto(f"{house.url}/staff/job-cards/?stage=waiting_approval")
    card = page.locator("table a.row-link").first
    if card.count():
        take(page, house.url + str(card.get_attribute("href")), f"job-card-desktop-{scheme}-{language}")
    take(page, f"{house.url}/staff/due/", f"due-list-desktop-{scheme}-{language}")
    page = signed_in(house, context, "Julia Thaler", language)
    page.goto(f"{house.url}/staff/flows/")
    take(page, house.url + str(page.locator("table a.row-link").first.get_attribute("href")), f"flow-desktop-{scheme}-{language}")
    context.close()


def customer(house: House, chromium: Browser, language: str, scheme: Scheme) -> None:
    """The phone: booking, live progress, approval."""
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme, device_scale_factor=2, is_mobile=True, has_touch=True)
    context.add_cookies([{"name": "forecourt_language", "value": language, "url": house.url}])
    page = context.new_page()
    for name, url in links(house).items():
        take(page, url, f"{name}-phone-{scheme}-{language}")
    context.close()


def people(house: House, chromium: Browser, language: str, scheme: Scheme) -> None:
    """Who is let in where: rights table, queue of duplicates, one person's page, devices, and the archive that a person takes along."""
    told = links(house, PEOPLE.replace("LANGUAGE", language))
    context = chromium.new_context(viewport=DESKTOP, color_scheme=scheme)
    page = signed_in(house, context, "Sara Ferrari", language)
    for name, path in (
        ("rights", "/staff/people/rights/"),
        ("duplicates", "/staff/customers/duplicates/"),
        ("person", told["person"]),
        ("staff-devices", "/staff/own/"),
    ):
        take(page, house.url + path, f"{name}-desktop-{scheme}-{language}")
    with zipfile.ZipFile(told["archive"]) as archive, tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder)
        take(page, Path(folder, "index.html").as_uri(), f"archive-desktop-{scheme}-{language}")
    context.close()
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme, device_scale_factor=2, is_mobile=True, has_touch=True)
    cookies = {"forecourt_language": language, told["cookie"]: told["device"]}
    context.add_cookies([{"name": name, "value": value, "url": house.url} for name, value in cookies.items()])
    page = context.new_page()
    for name, url in (("preferences", told["preferences"]), ("cars", house.url + "/me/"), ("devices", house.url + "/me/profile/")):
        take(page, url, f"{name}-phone-{scheme}-{language}")
    context.close()


def marketing(house: House, chromium: Browser, language: str, scheme: Scheme) -> None:
    """From a file that nobody has seen to those one writes to: its columns, what it would bring, a rule tried, a segment and its members."""
    look = f"desktop-{scheme}-{language}"
    context = chromium.new_context(viewport=DESKTOP, color_scheme=scheme, reduced_motion="reduce")
    page = signed_in(house, context, "Sara Ferrari", language)
    an_unknown_file(page, house.url, look)
    a_rule(page, house.url, look)
    a_segment(page, house.url, look)
    take(page, f"{house.url}/staff/due/experience/", f"dates-{look}")
    context.close()


def an_unknown_file(page: Page, url: str, look: str) -> None:
    """Its columns, corrected, and the preview."""
    page.goto(f"{url}/staff/imports/new/")
    page.locator("[name=file]").set_input_files({"name": "Altsystem.csv", "mimeType": "text/csv", "buffer": UNKNOWN.encode("cp1252")})
    page.locator("[name=source]").fill(f"Altsystem {look}")
    page.locator("#id_site").select_option(index=1)
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/columns/")
    for number, meaning in enumerate(MEANINGS):
        choose(page, f"column-{number}", meaning)
    choose(page, "style-1", "mdy")
    shoot(page, f"columns-{look}")
    page.locator("button[name=do][value=save]").click()
    page.locator("#preview-created").wait_for(timeout=120_000)
    shoot(page, f"preview-{look}")


def a_rule(page: Page, url: str, look: str) -> None:
    """A word of the house, tried on the history before it is saved."""
    page.goto(f"{url}/staff/rules/kinds/air_conditioning/")
    page.locator("section:has(#own-rules) button[value=add]").click()
    page.locator("#new0-own-words-input").fill("Pollenfilter")
    page.keyboard.press("Enter")
    page.locator("#trial button[value=try]").click()
    page.locator("#trial .trial-lines").first.wait_for(timeout=60_000)
    shoot(page, f"rule-{look}")


def a_segment(page: Page, url: str, look: str) -> None:
    """The builder with its number beside it, and who is in."""
    page.goto(f"{url}/staff/segments/new/?ready=service_overdue")
    page.locator("#live-count strong").wait_for()
    shoot(page, f"segment-{look}")
    page.locator("button[name=do][value=save]").click()
    page.locator("#member-count strong").wait_for()
    shoot(page, f"members-{look}")


def choose(page: Page, name: str, value: str) -> None:
    """Choose and wait for what comes back."""
    field = page.locator(f"[name='{name}']")
    if field.input_value() != value:
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            field.select_option(value)
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def links(house: House, asked: str = "") -> dict[str, str]:
    """One customer's page of each kind; an invitation is written if there is none."""
    told = house.python(asked or LINKS)
    return dict(line.split(" ", 1) for line in told.splitlines() if " " in line)


LINKS = """
from forecourt.engines.audience.models import DueWork
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop.models import JobCard
from forecourt.records.dealership.models import Organisation
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import clock, links, scope
organisation = Organisation.objects.get(slug="autohaus-alpen")
with scope.of(organisation.pk):
    def show(name, purpose, subject, holder):
        print(name, links.url(purpose=purpose, organisation_id=organisation.pk, subject_id=subject, holder_id=holder))
    invitation = Invitation.objects.first()
    if invitation is None:
        due = DueWork.objects.filter(work_kind="inspection", customer_id__isnull=False).order_by("due_on").filter(due_on__gte=clock.now().date()).first()
        invitation = Invitation.objects.create(flow=Flow.objects.first(), customer_id=due.customer_id, vehicle_id=due.vehicle_id,
            site_id=due.site_id, work_kinds=["inspection"], due_on=due.due_on, planned_at=clock.now(), state="sent")
    show("booking", "booking", invitation.pk, invitation.customer_id)
    for name, stage in (("approval", "waiting_approval"), ("progress", "in_work")):
        card = JobCard.objects.filter(stage=stage).order_by("number").first()
        if card:
            show(name, "visit", card.pk, card.customer_id)
"""

PEOPLE = """
from pathlib import Path
from django.conf import settings
from django.utils import translation
from forecourt.records.accounts import customer_links, devices, registration
from forecourt.records.dealership.models import Organisation
from forecourt.records.people import duplicates, takeout
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding
from forecourt.journeys.workshop.models import JobCard
from forecourt.runtime import links, scope
from forecourt.runtime.actors import system
organisation = Organisation.objects.get(slug="autohaus-alpen")
with scope.of(organisation.pk):
    duplicates.look(actor=system(organisation.pk, via="pictures"))
    card = JobCard.objects.filter(stage="in_work").order_by("number").first()
    customer = Customer.objects.get(pk=card.customer_id)
    account = registration.register(email=f"{customer.number}@customers.example", name=customer.name, language="en")
    customer_links.begin(account=account, customer_id=customer.pk, way="dealer_code")
    kept = Path(settings.DATA, "archive.zip")
    with translation.override("LANGUAGE"):
        kept.write_bytes(takeout.archive(customer))
    print("person", f"/staff/customers/{customer.pk}/")
    print("archive", kept)
    print("preferences", links.url(purpose="preferences", organisation_id=organisation.pk, subject_id=customer.pk, holder_id=customer.pk))
for name in ("Safari, iPhone", "Chrome, Windows"):
    device, secret = devices.begin(account=account, name=name, way="code")
print("cookie", settings.DEVICE_COOKIE_NAME)
print("device", secret)
"""


def signed_in(house: House, context: BrowserContext, name: str, language: str) -> Page:
    page = context.new_page()
    page.goto(f"{house.url}/demo/")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/staff/**")
    context.add_cookies([{"name": "forecourt_language", "value": language, "url": house.url}])
    return page


def take(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle") if "/staff/board" not in url and "/v/" not in url else page.wait_for_timeout(800)
    shoot(page, name)


def shoot(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    print(name)


if __name__ == "__main__":
    sys.exit(main())
