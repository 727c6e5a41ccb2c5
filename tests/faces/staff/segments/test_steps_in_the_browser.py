"""Whoever builds a segment goes back to what its rule was before the last change, and forth again, by button and by key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from forecourt.engines.audience.models import Segment
from forecourt.faces.ui import icons
from forecourt.records.accounts.models import Account
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen
from tests.faces.staff.signin.browsing import served

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
]


@pytest.fixture
def page(alpen: Alpen, browser: Browser, settings: Any, tmp_path: Path) -> Iterator[Page]:
    """A new segment, before somebody of the dealer's marketing."""
    settings.ALLOWED_HOSTS, settings.DATA = ["localhost"], tmp_path
    signed_in(alpen, "marketing", powerful=True)
    client = Client()
    client.force_login(Account.objects.get(email="marketing@doors.example"), backend="allauth.account.auth_backends.AuthenticationBackend")
    with served() as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", base_url=url)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": name, "value": each.value, "url": url} for name, each in client.cookies.items()])
        context.add_cookies([{"name": configured.LANGUAGE_COOKIE_NAME, "value": "en", "url": url}])
        found = context.new_page()
        found.goto("/staff/segments/new/")
        yield found
        context.close()


def rule(page: Page) -> list[tuple[str, str]]:
    """What the fields of the criteria hold, but for how they are compared."""
    fields = page.locator("#builder [name$='.field'], #builder [name$='.value'], #builder [name$='.join']")
    return [(each.get_attribute("name") or "", each.input_value()) for each in fields.all()]


def told(page: Page, *fields: tuple[str, str]) -> None:
    """Waits until the criteria hold this."""
    page.wait_for_function(
        """(wanted) => JSON.stringify([...document.querySelectorAll("#builder [name$='.field'], #builder [name$='.value'], #builder [name$='.join']")]
             .map((field) => [field.name, field.value])) === JSON.stringify(wanted)""",
        arg=[list(each) for each in fields],
    )


NOTHING = (("r.join", "all"), ("r.0.field", ""))
MAKE = (("r.join", "all"), ("r.0.field", "make"), ("r.0.value", ""))
FIAT = (("r.join", "all"), ("r.0.field", "make"), ("r.0.value", "Fiat"))
TWO = (*FIAT, ("r.1.field", ""))
ANY = (("r.join", "any"), *TWO[1:])


def build(page: Page) -> None:
    page.locator("[name='name']").fill("Italians")
    page.locator("[name='r.0.field']").select_option("make")
    told(page, *MAKE)
    page.locator("[name='r.0.value']").fill("Fiat")
    page.get_by_role("button", name="Criterion", exact=True).click()
    told(page, *TWO)
    page.locator("[name='r.join']").select_option("any")


def test_each_change_is_taken_back_and_made_again_and_what_was_written_elsewhere_stays(alpen: Alpen, page: Page) -> None:
    back, forth = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    expect(back).to_be_disabled()
    build(page)
    for earlier in (TWO, FIAT, MAKE, NOTHING):
        expect(forth if earlier is TWO else back).to_have_attribute("aria-disabled", "true" if earlier is TWO else "false")
        back.click()
        told(page, *earlier)
    expect(back).to_be_disabled()
    expect(back).to_be_focused()
    for later in (MAKE, FIAT, TWO, ANY):
        forth.click()
        told(page, *later)
    expect(forth).to_be_disabled()
    expect(page.locator("[name='name']")).to_have_value("Italians")
    back.click()
    back.click()
    told(page, *FIAT)
    expect(page.locator("#live-count strong")).to_have_text("0 cars")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Italians")).to_be_visible()
    with alpen.scope():
        assert [each.rule for each in Segment.objects.all()] == [{"all": [{"field": "make", "op": "eq", "value": "Fiat"}]}]


def test_keys_do_the_same_but_in_a_field_that_is_being_typed_in(page: Page) -> None:
    build(page)
    page.locator("[name='r.join']").press("Control+z")
    told(page, *TWO)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    told(page, *MAKE)
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+Shift+z")
    told(page, *TWO)
    page.locator("[name='name']").press("End")
    page.keyboard.type("!")
    page.keyboard.press("Control+z")
    told(page, *TWO)
    expect(page.locator("[name='name']")).to_have_value("Italians")
    value = page.locator("[name='r.0.value']")
    value.press("End")
    page.keyboard.type("x")
    page.keyboard.press("Control+z")
    expect(value).to_have_value("Fiat")
    page.keyboard.press("Control+z")
    told(page, *FIAT)
    expect(value).to_be_focused()


def test_a_change_after_going_back_is_a_new_way_and_ticked_boxes_are_steps(page: Page) -> None:
    build(page)
    back, forth = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    back.click()
    told(page, *TWO)
    page.locator("[name='r.1.field']").select_option("fuel")
    page.locator("[name='r.1.how']").select_option("in")
    boxes = page.locator("input[type=checkbox][name='r.1.value']")
    boxes.first.check()
    boxes.nth(1).check()
    expect(forth).to_be_disabled()
    back.click()
    expect(boxes.nth(1)).not_to_be_checked()
    expect(boxes.first).to_be_checked()
    forth.click()
    expect(boxes.nth(1)).to_be_checked()
    for _step in ("the second box", "the first", "one of several", "fuel"):
        back.click()
    told(page, *TWO)


def test_enter_in_a_field_draws_the_rule_and_keeps_the_steps(page: Page) -> None:
    page.locator("[name='r.0.field']").select_option("make")
    told(page, *MAKE)
    page.locator("[name='r.0.value']").fill("Fiat")
    page.locator("[name='r.0.value']").press("Enter")
    expect(page.locator("#live-count strong")).to_have_text("0 cars")
    page.get_by_role("button", name="Undo").click()
    told(page, *MAKE)


def test_without_an_answer_the_rule_stays_and_so_do_the_steps(page: Page) -> None:
    build(page)
    Session.objects.all().delete()
    back = page.get_by_role("button", name="Undo")
    back.click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    told(page, *ANY)
    expect(back).to_be_enabled()
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
