"""Coming in at phone width in a real Chromium: code, passkey, several people on one phone, two tabs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from forecourt.engines.messaging.models import PersonalLetter
from forecourt.faces.ui import icons
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop.models import Appointment, Media
from forecourt.records.accounts import customer_links, registration, secrets
from forecourt.records.accounts.models import Device, Passkey
from forecourt.runtime import clock, links
from tests.cast import Alpen
from tests.faces.customer import persons

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
]
DANA, DIETER = "dana@example.org", "dieter@example.org"


@pytest.fixture
def url(settings: Any, transactional_db: None) -> Iterator[str]:
    """The pages, in threads of their own that see what the test has committed."""
    settings.ALLOWED_HOSTS = ["localhost"]
    thread = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="en")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def joined(alpen: Alpen) -> None:
    for name, email in (("dana", DANA), ("dieter", DIETER)):
        with alpen.scope():
            account = registration.register(email=email, name="")
            customer_links.begin(account=account, customer_id=alpen.customers[name].pk, way="dealer_code")


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/me/sign-in/")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Six digits").fill(secrets.code_of(persons.last_proof().pk))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/me/")


def test_a_customer_signs_in_with_the_code_and_a_household_shares_the_phone(alpen: Alpen, url: str, phone: BrowserContext) -> None:
    joined(alpen)
    page = phone.new_page()
    sign_in(page, url, DANA)
    expect(page.get_by_text("BZ 346 AN")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert PersonalLetter.objects.get().address == DANA
    # Another tab of the same phone, on one car.
    second = phone.new_page()
    second.goto(f"{url}/me/")
    second.get_by_role("link", name="Golf").click()
    expect(second.get_by_role("heading", name="Volkswagen Golf")).to_be_visible()
    # She signs out in the first tab: the second one shows nothing of her, and going back does not either.
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out on this device.")).to_be_visible()
    second.wait_for_url("**/me/sign-in/**")
    page.go_back()
    page.wait_for_url("**/me/sign-in/**")
    expect(page.get_by_text("BZ 346 AN")).to_have_count(0)
    # He signs in on the same phone and sees his car only, in both tabs.
    sign_in(page, url, DIETER)
    expect(page.get_by_text("BZ 220 EM")).to_be_visible()
    second.goto(f"{url}/me/")
    expect(second.get_by_text("BZ 220 EM")).to_be_visible()
    for tab in (page, second):
        expect(tab.get_by_text("BZ 346 AN")).to_have_count(0)


def test_a_passkey_is_made_and_then_signs_in_without_a_code(alpen: Alpen, url: str, phone: BrowserContext) -> None:
    joined(alpen)
    page = phone.new_page()
    console = phone.new_cdp_session(page)
    console.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    console.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator | {"automaticPresenceSimulation": True}})
    sign_in(page, url, DANA)
    page.goto(f"{url}/me/profile/")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.locator("#passkeys li")).to_have_count(1)
    assert Passkey.objects.get().account.email == DANA
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/me/")
    expect(page.get_by_text("BZ 346 AN")).to_be_visible()
    assert list(Device.objects.filter(ended_at=None).values_list("way", flat=True)) == ["passkey"]
    # Removed, it lets nobody in.
    page.goto(f"{url}/me/profile/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#passkeys").get_by_role("button", name="Remove").click()
    if page.locator("dialog[open]").count():
        page.locator("dialog[open]").get_by_role("button").last.click()
    expect(page.locator("#passkeys li")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted")).to_be_visible()


def test_a_wrong_file_costs_nothing_that_was_chosen_and_another_language_may_be_chosen(
    alpen: Alpen, url: str, phone: BrowserContext, tmp_path: Path, settings: Any
) -> None:
    settings.DATA = tmp_path
    page = phone.new_page()
    page.goto(url + booking_page(alpen))
    page.locator("header summary").click()
    page.get_by_role("button", name="English").click()
    for name, colour in (("dent", "navy"), ("wheel", "gray")):
        Image.new("RGB", (64, 48), colour).save(tmp_path / f"{name}.jpg")
    (tmp_path / "list.jpg").write_text("not a picture")
    chosen = page.locator("input[name=slot]").nth(1)
    wanted = chosen.get_attribute("value")
    page.locator("label.choice-card").nth(1).click()
    page.get_by_label("A note to the workshop").fill("The brakes squeak")
    files = page.locator("input[type=file]")
    files.set_input_files([tmp_path / "dent.jpg", tmp_path / "list.jpg", *[tmp_path / "wheel.jpg"] * 9])
    expect(page.get_by_text("No more than 10 can be added here.")).to_be_visible()
    book = page.get_by_role("button", name="Book this time")
    book.click()
    expect(page.get_by_text("list.jpg: This is neither a photo nor a video")).to_be_visible()
    expect(page.locator(".upload-item")).to_have_count(10)
    assert page.locator("input[name=slot]:checked").get_attribute("value") == wanted
    page.get_by_role("button", name="Remove list.jpg").click()
    page.evaluate("const book = document.querySelector('#booking [type=submit]'); book.click(); book.click()")
    page.wait_for_url("**/a/**", wait_until="commit")
    with alpen.scope():
        assert (Appointment.objects.get().note, Media.objects.count()) == ("The brakes squeak", 2)


def booking_page(alpen: Alpen) -> str:
    with alpen.scope():
        flow = Flow.objects.create(kind="service_due", name="Service due", work_kinds=["inspection"])
        invitation = Invitation.objects.create(
            flow=flow, customer=alpen.dana, vehicle=alpen.golf, site_id=alpen.bozen.pk, work_kinds=["inspection"],
            due_on=clock.now().date(), planned_at=clock.now(), state="sent",
        )  # fmt: skip
    link = {"organisation_id": alpen.id, "subject_id": invitation.pk, "holder_id": alpen.dana.pk}
    return reverse("customer_booking", kwargs={"token": links.make(purpose="booking", **link)})
