"""What somebody writes outlives the end of their session, is shown to nobody else, and is not left by a slip of the hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from forecourt.engines.audience import rules
from forecourt.engines.audience.models import Segment
from forecourt.faces.ui import icons
from forecourt.records.accounts.models import Account
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen
from tests.engines.intake.files import sent
from tests.faces.staff.signin.browsing import served

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
]

NEW = "/staff/segments/new/"
KEPT = "You are signed out. Nothing was changed; what you wrote is kept."
BACK = "What you wrote is here again. It is not saved yet."


@dataclass
class Tab:
    """A tab of a browser that somebody of the dealer's marketing came in with."""

    context: BrowserContext
    page: Page
    url: str

    def come_in(self, account: Account) -> None:
        """A new session, as another tab would begin it: forms of older pages are invalid from then on."""
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.context.clear_cookies()
        self.context.add_cookies([{"name": name, "value": each.value, "url": self.url} for name, each in client.cookies.items()])
        self.context.add_cookies([{"name": configured.LANGUAGE_COOKIE_NAME, "value": "en", "url": self.url}])

    def write_a_segment(self) -> None:
        self.page.goto(NEW)
        self.page.locator("[name='name']").fill("Those near by")
        self.page.locator("[name='r.0.field']").select_option("make")
        self.page.locator("[name='r.0.value']").fill("Fiat")
        expect(self.page.locator("#live-count strong")).to_have_text("0 cars")

    def go_on_after_the_sign_in(self, account: Account) -> None:
        """Where the sign-in that is open leads to."""
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()
        wanted = self.page.evaluate("new URLSearchParams(location.search).get('next')")
        self.come_in(account)
        self.page.goto(wanted)

    def kept(self) -> str | None:
        kept: str | None = self.page.evaluate("sessionStorage.getItem('forecourt-draft')")
        return kept


@pytest.fixture
def marketing(alpen: Alpen) -> Account:
    signed_in(alpen, "marketing", powerful=True)
    return Account.objects.get(email="marketing@doors.example")


@pytest.fixture
def administrator(alpen: Alpen) -> Account:
    signed_in(alpen, "administrator", powerful=True)
    return Account.objects.get(email="administrator@doors.example")


@pytest.fixture
def tab(alpen: Alpen, marketing: Account, browser: Browser, settings: Any, tmp_path: Path) -> Iterator[Tab]:
    settings.ALLOWED_HOSTS, settings.DATA = ["localhost"], tmp_path
    with served() as url:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", base_url=url)
        context.set_default_timeout(10_000)
        found = Tab(context, context.new_page(), url)
        found.come_in(marketing)
        yield found
        context.close()


def test_a_session_that_ends_while_somebody_builds_leaves_the_page_and_gives_it_back_after_the_sign_in(
    alpen: Alpen, marketing: Account, tab: Tab
) -> None:
    tab.write_a_segment()
    page = tab.page
    Session.objects.all().delete()
    page.locator("[name='r.0.value']").fill("Audi")
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_label("Password")).to_have_count(0)
    page.locator("[name='r.0.value']").fill("Opel")
    page.get_by_role("link", name="Sign in again").click()
    tab.go_on_after_the_sign_in(marketing)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("[name='name']")).to_have_value("Those near by")
    expect(page.locator("[name='r.0.value']")).to_have_value("Opel")
    with alpen.scope():
        assert Segment.objects.count() == 0
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Those near by")).to_be_visible()
    assert tab.kept() is None
    with alpen.scope():
        assert [each.rule["all"][0]["value"] for each in Segment.objects.all()] == ["Opel"]


def test_what_is_kept_are_the_forms_own_fields_without_its_secret(tab: Tab) -> None:
    tab.write_a_segment()
    Session.objects.all().delete()
    tab.page.get_by_role("button", name="Save").click()
    expect(tab.page.get_by_role("heading", name="Sign in")).to_be_visible()
    names = tab.page.evaluate("JSON.parse(sessionStorage.getItem('forecourt-draft')).fields.map(([name]) => name)")
    assert sorted(names) == ["description", "name", "r.0.field", "r.0.how", "r.0.value", "r.join", "shared", "version"]
    assert tab.page.evaluate("Object.keys(sessionStorage)") == ["forecourt-draft"]
    assert tab.page.evaluate("Object.keys(localStorage).filter((key) => key.includes('draft'))") == []


def test_what_was_written_is_shown_to_nobody_else_and_is_gone_then(tab: Tab, marketing: Account, administrator: Account) -> None:
    tab.write_a_segment()
    Session.objects.all().delete()
    tab.page.get_by_role("button", name="Save").click()
    tab.go_on_after_the_sign_in(administrator)
    expect(tab.page.locator("[name='name']")).to_have_value("")
    assert tab.kept() is None
    tab.come_in(marketing)
    tab.page.goto(NEW)
    expect(tab.page.locator("[name='name']")).to_have_value("")


def test_who_signs_out_leaves_nothing_behind(tab: Tab, marketing: Account) -> None:
    tab.write_a_segment()
    Session.objects.all().delete()
    tab.page.locator("[name='r.0.value']").fill("Audi")
    expect(tab.page.get_by_text(KEPT)).to_be_visible()
    assert tab.kept() is not None
    tab.page.on("dialog", lambda asked: asked.accept())
    tab.page.locator(".sidebar-person").click()
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.locator("#segment")).to_have_count(0)
    assert tab.kept() is None
    tab.come_in(marketing)
    tab.page.goto(NEW)
    expect(tab.page.locator("[name='name']")).to_have_value("")


def test_the_way_back_to_a_page_that_the_browser_kept_shows_nothing_that_was_written_there(tab: Tab) -> None:
    tab.write_a_segment()
    # The browser of the tests keeps no page; this is what one that does tells a page that it brings back.
    with tab.page.expect_navigation():
        tab.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(tab.page.locator("[name='name']")).to_have_value("")


def test_a_form_made_invalid_by_a_sign_in_elsewhere_comes_back_as_it_was_written(tab: Tab, marketing: Account) -> None:
    tab.write_a_segment()
    tab.come_in(marketing)
    tab.page.get_by_role("button", name="Save").click()
    tab.page.get_by_role("link", name="Back to what you wrote").click()
    expect(tab.page.locator("[name='r.0.value']")).to_have_value("Fiat")
    expect(tab.page.get_by_text(BACK)).to_be_visible()
    tab.page.locator("#toasts").get_by_role("button", name="Close").click()
    tab.come_in(marketing)
    tab.page.locator("[name='r.0.value']").fill("Opel")
    expect(tab.page.get_by_text(BACK)).to_be_visible()
    expect(tab.page.locator("[name='r.0.value']")).to_have_value("Opel")


def test_columns_of_a_file_and_rules_are_given_back_too(alpen: Alpen, marketing: Account, tab: Tab) -> None:
    with alpen.scope():
        rules.install()
        came = sent(alpen.system, b"Nr;Name;Post\n5;Marta;m@example.org\n")
    page = tab.page
    page.goto(reverse("imports:map", args=[came.pk]))
    Session.objects.all().delete()
    page.locator("#column-1").select_option("customer.first_name")
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    tab.go_on_after_the_sign_in(marketing)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("#column-1")).to_have_value("customer.first_name")

    page.on("dialog", lambda asked: asked.accept())
    page.goto(reverse("rules:kind", args=["inspection"]))
    page.locator("[name='never.unless_words'] + .words-box input").fill("washing")
    page.locator("[name='never.unless_words'] + .words-box input").press("Enter")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").click()
    tab.go_on_after_the_sign_in(marketing)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.get_by_role("button", name="Take out: washing")).to_be_visible()


def test_a_piece_of_a_page_on_which_nothing_is_kept_does_not_say_so(alpen: Alpen, tab: Tab) -> None:
    tab.page.goto(reverse("rules:list"))
    Session.objects.all().delete()
    tab.page.evaluate("htmx.ajax('GET', location.pathname, {target: '#content'})")
    expect(tab.page.get_by_text("You are signed out. Nothing was changed.", exact=True)).to_be_visible()
    expect(tab.page.get_by_label("Password")).to_have_count(0)


def test_who_leaves_what_is_not_saved_is_asked_and_who_cancels_or_wrote_nothing_is_not(tab: Tab) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    tab.page.on("dialog", stay)
    tab.page.goto(NEW)
    tab.page.get_by_role("heading", name="New segment").click()
    tab.page.get_by_role("link", name="Due list").first.click()
    tab.page.wait_for_url("**/due/")
    assert asked == []
    tab.write_a_segment()
    tab.page.get_by_role("link", name="Due list").first.click()
    tab.page.wait_for_timeout(300)
    assert (asked, tab.page.url) == (["beforeunload"], tab.url + NEW)
    tab.page.get_by_role("link", name="Cancel").click()
    tab.page.wait_for_url("**/staff/segments/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(("route", "width"), [("imports:list", 1280), ("imports:show", 1280), ("imports:map", 390)])
def test_the_long_name_of_a_file_breaks_and_makes_neither_page_nor_table_too_wide(alpen: Alpen, tab: Tab, route: str, width: int) -> None:
    with alpen.scope():
        came = sent(alpen.system, b"Nr;Name\n5;Marta\n", name="Kundenstamm_Werkstatthistorie_komplett_" * 3 + "2026.csv")
    tab.page.set_viewport_size({"width": width, "height": 844})
    tab.page.goto(reverse(route, args=[came.pk] if route != "imports:list" else []))
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
    if route == "imports:list":
        expect(tab.page.get_by_role("columnheader", name="Received")).to_be_in_viewport(ratio=1)
