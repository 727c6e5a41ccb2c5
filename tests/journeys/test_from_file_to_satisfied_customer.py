"""The story of Forecourt in ten steps, with the real processes, two people and two browsers: staff at a desk, a customer on a phone."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pypdf import PdfReader

from forecourt.adapters.mailserver.mailbox import Mail, Mailbox
from tests.journeys import dms_file
from tests.journeys.house import House, stand

ROME = ZoneInfo("Europe/Rome")
expect.set_options(timeout=45_000)  # a busy machine is slow, not wrong
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with stand(customers=60, clock=_next_tuesday_at_nine()) as house:
        yield house


def _next_tuesday_at_nine() -> str:
    """How far ahead a working morning is: the story begins when letters may go out, whatever the time of the test."""
    now = datetime.now(ROME)
    tuesday = now.date() + timedelta(days=(1 - now.weekday()) % 7 or 7)
    ahead = datetime(tuesday.year, tuesday.month, tuesday.day, 9, tzinfo=ROME) - now
    return f"+{int(ahead.total_seconds())}s"


class Teller:
    """Carries the story from step to step."""

    def __init__(self, house: House, browser: Browser, tmp_path: Path) -> None:
        self.house = house
        self.tmp_path = tmp_path
        self.mailbox = Mailbox(house.data / "mail")
        self.desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        self.phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="de-DE")
        self.staff: dict[str, Page] = {}
        self._browser = browser

    def as_staff(self, name: str) -> Page:
        """A desk of this person, in English so that the test can read it."""
        if name not in self.staff:
            context = self._browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
            page = context.new_page()
            page.goto(f"{self.house.url}/demo/")
            page.get_by_role("button", name=name).click()
            page.wait_for_url("**/staff/**")
            context.add_cookies([{"name": "forecourt_language", "value": "en", "url": self.house.url}])
            self.staff[name] = page
        return self.staff[name]

    def mail_to(self, address: str, subject_part: str = "", after: int = 0) -> Mail:
        """The newest mail to an address whose subject says this, waited for."""
        return wait_for(lambda: self._mail(address, subject_part, after), f"a mail to {address} about {subject_part!r}")

    def _mail(self, address: str, subject_part: str, after: int) -> Mail | None:
        found = self.mailbox.messages(limit=200, to=address)
        return next((mail for mail in found if subject_part in mail.subject and mail.delivery.sequence > after), None)

    def now(self) -> datetime:
        offset = self.house.clock_file.read_text()
        return datetime.now(UTC) + timedelta(seconds=int(offset.strip("+s")))

    def go_to(self, instant: datetime) -> None:
        """Let business time be this instant."""
        self.house.set_clock_ahead(f"+{int((instant - datetime.now(UTC)).total_seconds())}s")

    def close(self) -> None:
        for context in (self.desk, self.phone, *(page.context for page in self.staff.values())):
            context.close()


def wait_for(look: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(0.25)
    raise AssertionError(f"Waited {seconds} s in vain for {what}")


@pytest.fixture
def teller(house: House, browser: Browser, tmp_path: Path) -> Iterator[Teller]:
    teller = Teller(house, browser, tmp_path)
    yield teller
    teller.close()


@pytest.mark.journeys
@pytest.mark.timeout(600)
def test_from_a_dealers_file_to_a_satisfied_customer(teller: Teller) -> None:
    the_file_comes_in(teller)
    dana_is_due(teller)
    letter = the_invitation_arrives(teller)
    slot = one_tap_books_it_and_the_board_moves(teller, letter)
    slot = the_adviser_moves_it_by_keyboard(teller, slot)
    the_car_arrives(teller, slot)
    something_is_found_and_decided(teller)
    the_car_is_ready_and_collected(teller)
    a_low_score_becomes_a_case(teller)
    what_it_brought(teller)


def the_file_comes_in(teller: Teller) -> None:
    page, path = teller.as_staff("Julia Thaler"), teller.tmp_path / "export.csv"
    dms_file.write(path, _today(teller))
    for attempt in ("first", "again"):
        page.goto(f"{teller.house.url}/staff/imports/new/")
        page.get_by_label("File").set_input_files(path)
        page.get_by_label("Source").fill("story")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()
        page.get_by_role("button", name="Dry run").click()
        expect(page.get_by_text("This was a dry run.")).to_be_visible()
        page.get_by_role("button", name="Import now").click()
        expect(page.get_by_text("The right rows are in.")).to_be_visible()
        counts = _stats(page)
        assert counts["Rows read"] == "5"
        assert counts["Rejected"] == "1"
        assert (counts["New"], counts["Unchanged"]) == (("4", "0") if attempt == "first" else ("0", "4"))
        wrong = page.get_by_role("row", name=re.compile("31.02.2025"))
        expect(wrong).to_contain_text("Auftragsdatum")


def dana_is_due(teller: Teller) -> None:
    page = teller.as_staff("Julia Thaler")

    def is_listed() -> bool:
        page.goto(f"{teller.house.url}/staff/due/?q={dms_file.PLATE}")
        return page.get_by_text("Dana Grünwald").count() > 0

    wait_for(is_listed, "Dana on the due list")
    page.get_by_role("link", name=dms_file.PLATE).first.click()
    expect(page.locator("#reasons")).to_contain_text("12 months after the last time")


def the_invitation_arrives(teller: Teller) -> Mail:
    page = teller.as_staff("Julia Thaler")
    page.goto(f"{teller.house.url}/staff/flows/")
    page.get_by_role("link", name=re.compile("Service")).first.click()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    letter = teller.mail_to(dms_file.DANA)
    assert "Golf 8 GTE" in letter.text()
    assert len(_slot_links(letter)) == 3
    assert letter.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return letter


def one_tap_books_it_and_the_board_moves(teller: Teller, letter: Mail) -> datetime:
    link = _slot_links(letter)[0]
    starts_at = datetime.fromisoformat(_slot_of(link))
    board = teller.as_staff("Lena Hofer")
    board.goto(f"{teller.house.url}/staff/board/?day={starts_at.astimezone(ROME):%Y-%m-%d}")
    expect(board.get_by_text(dms_file.PLATE)).to_have_count(0)
    phone = teller.phone.new_page()
    phone.goto(link)
    expect(phone.get_by_text("Golf 8 GTE").first).to_be_visible()
    expect(phone.locator("input[name=slot]:checked")).to_have_value(re.compile(f"^{starts_at.isoformat()[:16]}"))
    phone.locator("textarea[name=note]").fill("Bitte auch die Wischer ansehen.")
    phone.locator("input[type=file]").set_input_files(_photo(teller.tmp_path))
    phone.locator("input[name=may_ask]").check()
    phone.locator("#booking button[type=submit]").click()
    expect(phone.locator("#appointment-time")).to_contain_text(f"{starts_at.astimezone(ROME):%H:%M}")
    # The board moved by itself: nobody loaded it again.
    expect(board.locator(".board-card", has_text=dms_file.PLATE)).to_be_visible(timeout=10_000)
    teller.mail_to(dms_file.DANA, after=letter.delivery.sequence)
    return starts_at


def the_adviser_moves_it_by_keyboard(teller: Teller, slot: datetime) -> datetime:
    board = teller.as_staff("Lena Hofer")
    before = teller.mail_to(dms_file.DANA).delivery.sequence
    card = board.locator(".board-card", has_text=dms_file.PLATE)
    for step in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
        version = card.get_attribute("data-version")
        card.focus()
        board.keyboard.press("Enter")
        board.keyboard.press(step)
        board.keyboard.press("Enter")
        if wait_quietly(lambda: card.get_attribute("data-version") != version):  # noqa: B023 - asked at once
            break
    told = teller.mail_to(dms_file.DANA, after=before)
    assert told.delivery.sequence > before
    return _starts_at(teller)


def wait_quietly(look: Callable[[], bool], seconds: float = 5) -> bool:
    try:
        return bool(wait_for(look, "", seconds))
    except AssertionError:
        return False


def _starts_at(teller: Teller) -> datetime:
    told = teller.house.python(
        "from forecourt.runtime import scope\n"
        "from forecourt.journeys.workshop.models import Appointment\n"
        "from forecourt.records.dealership.models import Organisation\n"
        "for dealer in Organisation.objects.all():\n"
        "    with scope.of(dealer.pk):\n"
        f"        for found in Appointment.objects.filter(vehicle__vin='{dms_file.VIN}'):\n"
        "            print(found.starts_at.isoformat())"
    )
    return datetime.fromisoformat(told)


def _today(teller: Teller) -> date:
    return teller.now().astimezone(ROME).date()


def _slot_links(letter: Mail) -> list[str]:
    return re.findall(r"http://\S+slot=\S+", letter.text())


def _slot_of(link: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(link).query)["slot"][0]


def _stats(page: Page) -> dict[str, str]:
    texts = page.locator("#import-state .stat").all_inner_texts()
    return {label.strip(): value.strip() for label, value, *_ in (text.split("\n") for text in texts)}


def _photo(folder: Path) -> Path:
    path = folder / "photo.jpg"
    Image.effect_noise((640, 480), 60).convert("RGB").save(path, "JPEG", exif=_position())
    return path


def _position() -> bytes:
    """A place in the picture's data, which must not survive."""
    exif = Image.Exif()
    exif[0x010F] = "Story"
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()


def the_car_arrives(teller: Teller, slot: datetime) -> None:
    teller.go_to(slot - timedelta(minutes=5))
    page = teller.as_staff("Lena Hofer")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{teller.house.url}/staff/arrivals/?q={dms_file.PLATE.replace(' ', '+')}")
    page.get_by_role("button", name="Check in").click()
    page.get_by_role("link", name="Accept car").or_(page.get_by_role("heading", name="Accept car")).first.wait_for()
    if page.get_by_role("link", name="Accept car").count():
        page.get_by_role("link", name="Accept car").first.click()
    page.get_by_label("Mileage in km").fill("48210")
    page.locator("input[type=file][name=photos]").set_input_files(_photo(teller.tmp_path))
    page.get_by_label("Or type your full name").fill("Dana Grünwald")
    page.get_by_label("Name of who signs").fill("Dana Grünwald")
    page.get_by_role("button", name="Accept car").click()
    expect(page.get_by_text("Accepted").first).to_be_visible(timeout=30_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    # Dana's page shows the visit with an expected time.
    phone = teller.phone.pages[0]
    phone.reload()
    expect(phone.locator("#visit")).to_be_visible()
    expect(phone.locator("#expected")).to_contain_text(re.compile(r"\d\d:\d\d"))


def something_is_found_and_decided(teller: Teller) -> None:
    page, phone = teller.as_staff("Martin Huber"), teller.phone.pages[0]
    _open_job_card(teller, page)
    lines = page.locator("#job-lines")
    lines.get_by_role("button", name="Start").first.click()
    expect(lines.get_by_role("button", name="Finish").first).to_be_visible()
    before = phone.locator("#expected").inner_text()
    for title, net in (("Bremsbeläge vorne", "203,28"), ("Innenraumfilter", "39,90")):
        page.get_by_role("link", name="Add a finding").click()
        page.get_by_label("What is to be done").or_(page.locator("input[name=title]")).first.fill(title)
        page.locator("input[name=net]").fill(net.replace(",", "."))
        page.locator("input[name=minutes]").fill("30")
        page.locator("input[type=file][name=photos]").set_input_files(_photo(teller.tmp_path))
        page.get_by_role("button", name="Note it", exact=True).click()
        expect(page.get_by_text(title)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Send to the customer").click()
    # Dana sees it without touching anything, and decides item by item.
    brakes = phone.locator("section, div.card, article", has_text="Bremsbeläge vorne").last
    expect(phone.get_by_text("Bremsbeläge vorne")).to_be_visible(timeout=15_000)
    wait_for(lambda: phone.locator("#expected").inner_text() != before, "another expected time")
    brakes.locator("button[value=approved]").click()
    expect(phone.locator("button[value=approved]")).to_have_count(1)
    phone.locator("button[value=rejected]").click()
    expect(phone.locator("button[value=rejected]")).to_have_count(0)
    # Nothing is asked any more, and what was decided stays to be read.
    expect(phone.locator("li", has_text="Bremsbeläge vorne")).to_be_visible()
    expect(phone.locator("li", has_text="Innenraumfilter")).to_be_visible()
    expect(page.locator("#job-found").get_by_text("Approved").first).to_be_visible(timeout=15_000)
    expect(page.locator("#job-found").get_by_text("Rejected").first).to_be_visible(timeout=15_000)


def _open_job_card(teller: Teller, page: Page) -> None:
    page.goto(f"{teller.house.url}/staff/job-cards/?q={dms_file.PLATE.replace(' ', '+')}")
    page.get_by_role("link", name=dms_file.PLATE).first.click()
    expect(page.locator("#job-head")).to_be_visible()


def the_car_is_ready_and_collected(teller: Teller) -> None:
    page = teller.as_staff("Martin Huber")
    _finish_all_lines(page)
    page.locator("#job-head").get_by_role("button", name=re.compile("quality check", re.IGNORECASE)).click()
    # The check is done by somebody else than the technician.
    adviser = teller.as_staff("Lena Hofer")
    _open_job_card(teller, adviser)
    adviser.locator("#job-head").get_by_role("button", name=re.compile("ready", re.IGNORECASE)).click()
    adviser.get_by_role("button", name="Issue the invoice").click()
    pdf = adviser.get_by_role("link", name="Invoice as PDF")
    expect(pdf).to_be_visible(timeout=30_000)
    phone = teller.phone.pages[0]
    expect(phone.locator("a[href='invoice.pdf']")).to_be_visible(timeout=15_000)
    paper = teller.phone.request.get(phone.url + "invoice.pdf")
    assert paper.status == 200
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(paper.body())).pages)
    assert "Bremsbeläge vorne" in text
    assert "Innenraumfilter" not in text
    handing_over = adviser.get_by_role("button", name="Hand over the key")
    handing_over.click()
    # The head names the stage before it is reached too; the button goes only once it is, and then the evening may come.
    expect(handing_over).to_have_count(0, timeout=20_000)
    expect(adviser.locator("#job-head").get_by_text("Collected").first).to_be_visible()


def _finish_all_lines(page: Page) -> None:
    """The live page may take a button away while it is reached for, so it is looked for again."""
    buttons = page.locator("#job-lines").get_by_role("button", name=re.compile("Finish|Start"))

    def is_all_done() -> bool:
        page.reload()
        with suppress(PlaywrightTimeout):
            if buttons.count():
                buttons.first.click(timeout=3_000)
        page.wait_for_timeout(700)
        return buttons.count() == 0

    wait_for(is_all_done, "all lines to be finished")


def a_low_score_becomes_a_case(teller: Teller) -> None:
    now = teller.now().astimezone(ROME)
    teller.go_to(max(now, now.replace(hour=18, minute=31)))
    question = wait_for(lambda: _survey_link(teller), "the question of the evening")
    phone = teller.phone.new_page()
    phone.goto(question)
    phone.locator("label.choice-card", has=phone.locator("input[value='3']")).click()
    phone.locator("textarea[name=comment]").fill("Ich musste zweimal nachfragen.")
    phone.locator("button[type=submit]").click()
    expect(phone.get_by_text("vier").or_(phone.get_by_text("four")).first).to_be_visible()
    page = teller.as_staff("Eva Moser")

    def has_case() -> bool:
        page.goto(f"{teller.house.url}/staff/cases/")
        return page.get_by_text("Dana Grünwald").count() > 0

    wait_for(has_case, "the case")
    page.locator("tr", has_text="Dana Grünwald").get_by_role("link").first.click()
    expect(page.get_by_text("Ich musste zweimal nachfragen.").first).to_be_visible()
    expect(page.get_by_text("pauses until the customer confirms")).to_be_visible()


def _survey_link(teller: Teller) -> str:
    for mail in teller.mailbox.messages(limit=20, to=dms_file.DANA):
        if found := re.search(r"http://\S+/s/\S+", mail.text()):
            return found[0]
    return ""


def what_it_brought(teller: Teller) -> None:
    page = teller.as_staff("Julia Thaler")
    page.goto(f"{teller.house.url}/staff/flows/")
    page.get_by_role("link", name=re.compile("Service")).first.click()
    for measure in ("Booked", "Came"):
        expect(page.locator(".stat", has_text=measure)).to_contain_text("1")
    page.locator("a.stat", has_text="Booked").or_(page.locator(".stat", has_text="Booked").get_by_role("link")).first.click()
    expect(page.get_by_text("Dana Grünwald")).to_be_visible()
    page.get_by_role("link", name="Dana Grünwald").click()
    timeline = page.locator("#timeline")
    for step in ("Appointment booked", "The car has arrived", "Answered with 3 of 10"):
        expect(timeline).to_contain_text(step)
