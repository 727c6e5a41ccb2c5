"""Every screen in a real browser: nothing for axe to find, nothing wider than a phone, nothing cut off, no complaint of the browser.

The list comes from the URL resolver: a new page that is not visited here fails, because nobody would know how it looks to those who do not
see, or see it on a phone. It is opened twice, on a desk (light, English) and on a phone (dark, German, whose words are the longest). axe
costs most of the time, so each screen meets it in one of the two, by its name; FORECOURT_EVERY_LOOK=1 asks it in both.
"""

import inspect
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from forecourt.faces.ui import icons
from forecourt.runtime import access
from tests.architecture.test_doors import Route, routes
from tests.architecture.test_trespass import SUBJECT_OF
from tests.faces.furnished import Furnished, furnished

pytestmark = [
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
    pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning"),
]

# Answers to a GET that are no page of their own, and why.
NO_SCREEN: Final = {
    "front": "sends people on",
    "imports:no_records": "sends people on to the import, whose page a refused answer shows",
    "staff_home": "sends people on to their first screen",
    "ui:move_specimen": "tries the gallery's board out",
    "healthz": "for machines",
    "files:serve": "a stored file",
    "mailbox:html": "the mail itself, shown inside mailbox:mail",
    "mailbox:raw": "plain text",
    "imports:status": "a piece of imports:show",
    "sources:state": "a piece of sources:show",
    "imports:rejected": "a file",
    "rules:reading": "a piece of rules:list",
    "due:state": "a piece of due:list",
    "segments:suggested": "a piece of segments:new",
    "job_cards:invoice_pdf": "a file",
    "customer_invoice": "a file",
    "customer_calendar": "a file",
    "me_code": "opens only in the browser that asked for the code",
    "me_link": "opens only in the browser that asked for the link",
    "me_passkey": "a challenge for the browser",
    "me_passkeys": "a challenge for the browser",
    "own:passkey": "a challenge for the browser",
    "own:confirm_options": "a challenge for the browser",
    "people:tokens": "asks for a right that is given person by person, and nobody of the cast has it",
    "house_sign_in": "sends people on to the dealer's identity provider",
    "staff_join": "opens with a secret that stands only in its mail",
    "staff_choose_password": "opens with a secret that stands only in its mail",
    "staff_join_passkey": "a challenge for the browser",
    "mfa_login_webauthn": "a challenge for the browser",
    "mfa_authenticate": "sends on who has not given a password in this session",
    "house_callback": "where an identity provider sends people back; it sends them on",
    "support:begin": "opens with a link that the operator's command prints",
    "me_invitation": "opens with a secret that stands only in its mail",
}
# Pages that need no right of their own, but somebody who is signed in.
SIGNED_IN: Final = {"account_logout"}
RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# What reaches over the edge of the page or of its own box, unless it can be scrolled to.
CUT_OFF: Final = """() => {
  const scrolls = (one) => { for (let at = one.parentElement; at && at !== document.body; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true; } return false; };
  const found = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) found.push(`the page is ${width - innerWidth} px too wide`);
  for (const one of document.querySelectorAll("a, button, summary, label, h1, h2, h3, p, dd, .badge, .plate, .money, .bottom-link span")) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || one.closest(".only-read, .skip, .board")) continue;
    const box = one.getBoundingClientRect();
    if (!box.width || box.left >= innerWidth || scrolls(one)) continue;
    const name = `${one.tagName.toLowerCase()}.${one.className} "${one.textContent.trim().slice(0, 40)}"`;
    if (box.right > innerWidth + 1) found.push(`${name} reaches ${Math.round(box.right - innerWidth)} px over the edge`);
    else if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth && getComputedStyle(one).display !== "inline")
      found.push(`${name} is ${one.scrollWidth - one.clientWidth} px wider than its box`);
  }
  return found;
}"""
WORKSHOP: Final = ("planning", "arrivals", "job_cards")
Who = Literal["nobody", "account", "administrator", "technician"]


@dataclass(frozen=True)
class Look:
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    language: str


DESK: Final = Look("desk", 1440, 900, "light", "en")
PHONE: Final = Look("phone", 390, 844, "dark", "de")
LOOKS: Final = (DESK, PHONE)


@dataclass(frozen=True)
class Screen:
    name: str
    path: str
    status: int = 200


@pytest.fixture(scope="module")
def house(
    postgres_cluster: Any, django_test_environment: None, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:  # fmt: skip
    with (
        django_db_blocker.unblock(),
        furnished(postgres_cluster, tmp_path_factory.mktemp("screens"), urls="tests.faces.every_address") as house,
    ):
        yield house


def screens(house: Furnished, chosen: Any) -> list[Screen]:
    """The routes that are chosen; a parameter that nobody has told of fails here."""
    return [
        Screen(route.full_name, path_of(house, route))
        for route in routes()
        if route.name and route.space != "api" and route.full_name not in NO_SCREEN and takes_get(route.view) and chosen(route)
    ]


def takes_get(view: Any) -> bool:
    """Read from Django's `require_http_methods`, wherever it stands among the decorators."""
    while view:
        asked = inspect.getclosurevars(view).nonlocals.get("request_method_list") if inspect.isfunction(view) else None
        if asked is not None:
            return "GET" in asked
        view = getattr(view, "__wrapped__", None)
    return True


def path_of(house: Furnished, route: Route) -> str:
    ids = house.ids | (house.own if is_accounts(route) else {})
    if hasattr(route.view, "purpose"):
        ids = ids | {"token": house.link(route.view.purpose, ids[SUBJECT_OF[route.view.purpose]])}
    elif route.full_name == "unsubscribe:unsubscribe":
        ids = ids | {"token": house.link("unsubscribe", ids["reminder_id"])}
    unknown = [name for name in route.parameters if name not in ids]
    assert not unknown, f"{route.full_name}: tell tests/architecture/world.py one {unknown}, or NO_SCREEN here why it is no page"
    return reverse(route.full_name, kwargs={name: ids[name] for name in route.parameters})


def is_staffs(route: Route) -> bool:
    return hasattr(route.view, "right")


def is_accounts(route: Route) -> bool:
    return hasattr(route.view, "account")


def is_anybodys(route: Route) -> bool:
    return not any(hasattr(route.view, kind) for kind in ("right", "purpose", "account")) and route.full_name not in SIGNED_IN


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_screen_of_staff(look: Look, house: Furnished, browser: Browser) -> None:
    card = reverse("job_cards:list")
    more = [
        *screens(house, lambda route: route.full_name in SIGNED_IN),
        *(Screen(f"job card {stage}", f"{card}{each.pk}/") for stage, each in house.cards().items()),
        Screen("an empty day", reverse("planning:day") + "?day=2026-12-31"),
        Screen("a week", reverse("planning:day") + "?view=week"),
        Screen("a source on a server", reverse("sources:new") + "?kind=sftp"),
        *(Screen(f"{name}, nothing found", reverse(name) + "?q=nobody") for name in ("due:list", "customers:list", "job_cards:list")),
    ]
    check(house, browser, look, "administrator", [*screens(house, is_staffs), *more])


def test_every_screen_of_a_technician(house: Furnished, browser: Browser) -> None:
    rights = access.rights_of("technician")
    found = screens(house, lambda route: is_staffs(route) and route.view.right in rights and route.space in WORKSHOP)
    check(house, browser, replace(PHONE, scheme="light", language="it"), "technician", found)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_screen_of_a_customer(look: Look, house: Furnished, browser: Browser) -> None:
    visit = reverse("customer_visit", kwargs={"token": "TOKEN"})
    more = [
        Screen(f"visit {stage}", visit.replace("TOKEN", house.link("visit", each.pk, each.customer_id)))
        for stage, each in house.cards().items()
    ]
    check(house, browser, look, "nobody", [*screens(house, lambda route: hasattr(route.view, "purpose")), *more])


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_screen_of_an_account(look: Look, house: Furnished, browser: Browser) -> None:
    check(house, browser, look, "account", screens(house, is_accounts))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_screen_for_anybody(look: Look, house: Furnished, browser: Browser) -> None:
    found = screens(house, is_anybodys)
    wrong = [Screen(f"wrong {name}", f"/wrong/{name}/", int(name[:3])) for name in ("400", "403-csrf", "409", "429", "500")]
    check(house, browser, look, "nobody", [*found, *wrong, Screen("wrong 404", "/no/such/page/", 404)])


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_page_for_who_may_not(look: Look, house: Furnished, browser: Browser) -> None:
    check(house, browser, look, "technician", [Screen("wrong 403", reverse("imports:new"), 403)])


def test_a_note_leaves_the_bar_at_the_foot_of_a_phone_free(house: Furnished, browser: Browser) -> None:
    context = opened(house, browser, PHONE, "administrator")
    page = context.new_page()
    booking = reverse("customer_booking", kwargs={"token": house.link("booking", house.ids["invitation_id"])})
    for path, bar in ((reverse("job_cards:list"), ".bottom-bar"), (booking, ".action-bar")):
        page.goto(house.url + path)
        page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Der Termin wurde verschoben.'}}))")
        note, foot = page.locator(".toast").bounding_box(), page.locator(bar).bounding_box()
        assert note is not None
        assert foot is not None
        assert note["y"] + note["height"] <= foot["y"], bar
    context.close()


def test_a_segment_is_built_with_the_keyboard_alone(house: Furnished, browser: Browser) -> None:
    context = opened(house, browser, DESK, "administrator")
    page = context.new_page()
    page.goto(house.url + reverse("segments:new"))
    tab_to(page, "name")
    page.keyboard.type("Volkswagen")
    tab_to(page, "r.0.field")
    page.keyboard.type("Make")
    expect(page.locator("[name='r.0.how']")).to_be_focused()  # the piece came back, and the reader goes on in it
    tab_to(page, "r.0.value")
    page.keyboard.type("VW")
    page.wait_for_selector("#live-count strong")
    found = page.locator("#live-count strong").inner_text()
    assert page.locator("[name='r.0.value']").input_value() == "VW"
    tab_to(page, "do", "save")
    page.keyboard.press("Enter")
    expect(page.locator("#member-count strong")).to_have_text(found)
    assert "Make: VW" in page.locator("tbody tr").first.inner_text()
    context.close()


def test_that_a_file_is_the_whole_list_is_chosen_with_the_keyboard_and_stays_chosen_while_the_page_reads_anew(
    house: Furnished, browser: Browser
) -> None:
    context = opened(house, browser, DESK, "administrator")
    page = context.new_page()
    page.goto(house.url + reverse("imports:map", kwargs={"import_id": house.ids["import_id"]}))
    tab_to(page, "complete-vehicle")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Space")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Line of the header").fill("1")
        page.keyboard.press("Tab")
    expect(page.locator("[name='complete-vehicle']")).to_be_checked()
    context.close()


def tab_to(page: Page, name: str, value: str = "") -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(
            "([name, value]) => document.activeElement.name === name && document.activeElement.value.startsWith(value)", [name, value]
        ):
            return
    raise AssertionError(f"no {name} {value} on the way")


def test_what_is_no_screen_is_still_there() -> None:
    assert set(NO_SCREEN) <= {route.full_name for route in routes()}


# -- looking --


def check(house: Furnished, browser: Browser, look: Look, who: Who, found: list[Screen]) -> None:
    context = opened(house, browser, look, who)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    told = []
    for screen in found:
        complaints.clear()
        told += [f"{screen.name} ({look.name}): {fault}" for fault in faults_of(page, house.url, screen)]
        told += [f"{screen.name} ({look.name}): {text}" for text in complaints if f"status of {screen.status}" not in text]
    context.close()
    assert not told, "\n".join(told)


def opened(house: Furnished, browser: Browser, look: Look, who: Who) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, reduced_motion="reduce", has_touch=look.width < 500
    )
    cookies = {settings.LANGUAGE_COOKIE_NAME: look.language}
    if who == "account":
        cookies[settings.DEVICE_COOKIE_NAME] = house.device
    elif who != "nobody":
        cookies[settings.SESSION_COOKIE_NAME] = house.session({"administrator": "Sara Ferrari", "technician": "Martin Huber"}[who])
    context.add_cookies([{"name": name, "value": value, "url": house.url} for name, value in cookies.items()])
    # Nobody sends live fragments here; a page that may not follow says so, and that is tested where it belongs.
    context.route(f"{settings.LIVE_URL}/**", lambda route: route.fulfill(status=204))
    return context


def is_for_axe(screen: Screen, page: Page) -> bool:
    is_on_desk = page.viewport_size == {"width": DESK.width, "height": DESK.height}
    return bool(os.environ.get("FORECOURT_EVERY_LOOK")) or (crc32(screen.name.encode()) % 2 == 0) == is_on_desk


def faults_of(page: Page, url: str, screen: Screen) -> Iterator[str]:
    response = page.goto(url + screen.path)
    assert isinstance(response, Response)
    if response.status != screen.status or response.request.redirected_from:
        yield f"answers {response.status} at {page.url}"
        return
    yield from page.evaluate(CUT_OFF)
    if not is_for_axe(screen, page):
        return
    for one in Axe().run(page, options=RULES).response["violations"]:
        for node in one["nodes"]:
            yield f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '').splitlines()[1:2]}"
