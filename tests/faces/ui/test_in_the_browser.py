"""The gallery in a real browser: the board by mouse, finger and keyboard, live fragments, and nothing for axe to find."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect

from forecourt.faces.ui import icons

pytestmark = [
    pytest.mark.urls("tests.faces.ui.addresses"),
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
]


class Server:
    """Serves the design system alone: it asks no database, so no tables need be emptied between its tests."""

    def __init__(self, url: str) -> None:
        self.url = url


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield Server(f"http://127.0.0.1:{thread.port}")
    thread.terminate()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def gallery(tab: Page, served: Server) -> Iterator[Page]:
    """The board; complaints of the browser (script errors, what the content policy refused) fail the test."""
    page = tab
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{served.url}/ui/?page=board")
    page.wait_for_selector("html.has-script")
    yield page
    assert [text for text in complaints if "409 (Conflict)" not in text and "net::ERR_FAILED" not in text] == []


def minutes(page: Page, card: str) -> int:
    return int(page.locator(f"#{card}").evaluate("card => Number(card.style.getPropertyValue('--from'))"))


def lane(page: Page, card: str) -> str:
    return str(page.locator(f"#{card}").evaluate("card => card.closest('.board-lane').dataset.resource"))


def drag(page: Page, card: str, *, right_by_minutes: int, lanes_down: int) -> None:
    box = page.locator(f"#{card}").bounding_box()
    track = page.locator("#track-bay-1").bounding_box()
    assert box is not None
    assert track is not None
    x, y = box["x"] + 20, box["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 2)
    page.mouse.move(x + right_by_minutes * track["width"] / 660, y + lanes_down * box["height"] * 66 / 58, steps=4)


def test_a_card_is_dragged_to_another_bay_and_snaps_to_the_quarter(gallery: Page) -> None:
    drag(gallery, "card-1", right_by_minutes=63, lanes_down=2)
    expect(gallery.locator(".board-ghost-time")).to_have_text("08:45–10:15")
    with gallery.expect_request("**/ui/cards/card-1/") as sent:
        gallery.mouse.up()
    body = sent.value.post_data or ""
    values = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', body))
    assert values == {"resource": "bay-3", "starts_at": "2026-11-21T08:45", "version": "1"}
    expect(gallery.locator("#card-1")).to_have_attribute("data-version", "2")
    assert (lane(gallery, "card-1"), minutes(gallery, "card-1")) == ("bay-3", 105)
    assert "#card-1" not in gallery.url


def test_a_refused_move_goes_back_and_says_why(gallery: Page) -> None:
    drag(gallery, "card-22", right_by_minutes=0, lanes_down=1)
    gallery.mouse.up()
    expect(gallery.locator("#board-message")).to_contain_text("The paint booth is closed")
    assert (lane(gallery, "card-22"), minutes(gallery, "card-22")) == ("body", 45)


def test_a_move_that_reaches_no_server_goes_back(gallery: Page) -> None:
    gallery.route("**/ui/cards/**", lambda route: route.abort())
    drag(gallery, "card-1", right_by_minutes=60, lanes_down=0)
    gallery.mouse.up()
    expect(gallery.locator("#board-message")).to_contain_text("the server could not be reached")
    assert (lane(gallery, "card-1"), minutes(gallery, "card-1")) == ("bay-1", 45)


def test_escape_ends_a_drag_without_asking_the_server(gallery: Page) -> None:
    asked: list[str] = []
    gallery.on("request", lambda request: asked.append(request.url))
    drag(gallery, "card-1", right_by_minutes=60, lanes_down=1)
    gallery.keyboard.press("Escape")
    gallery.mouse.up()
    assert (lane(gallery, "card-1"), asked) == ("bay-1", [])
    expect(gallery.locator(".board-ghost")).to_have_count(0)


def test_the_board_works_by_keyboard_alone_and_tells_the_ear(gallery: Page) -> None:
    gallery.locator("#card-1").focus()
    gallery.keyboard.press("Enter")
    expect(gallery.locator("#board-ear")).to_contain_text("Picked up BZ 196 CK: Bay 1, 07:45")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        gallery.keyboard.press(key)
    expect(gallery.locator("#board-ear")).to_have_text("Bay 3, 08:00: there is something already")
    gallery.keyboard.press("Enter")
    expect(gallery.locator("#card-1")).to_have_attribute("data-version", "2")
    expect(gallery.locator("#board-ear")).to_have_text("Moved: Bay 3, 08:00")
    expect(gallery.locator("#card-1")).to_be_focused()


def test_a_fragment_waits_while_a_card_is_in_the_air(gallery: Page) -> None:
    gallery.evaluate(
        """() => {
          window.sources = [];
          window.EventSource = class extends EventTarget { constructor(url) { super(); this.url = url; window.sources.push(this); } close() {} };
        }"""
    )
    fragment = gallery.locator("#card-2").evaluate("card => card.outerHTML").replace("Brake pads front", "Brake discs")
    drag(gallery, "card-1", right_by_minutes=60, lanes_down=1)
    start_following(gallery)
    send(gallery, "7", fragment)
    gallery.wait_for_timeout(50)
    expect(gallery.locator("#card-2")).to_contain_text("Brake pads front")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("#card-2")).to_contain_text("Brake discs")
    gallery.mouse.up()


def start_following(page: Page) -> None:
    """The gallery has no live process, so the script is loaded once more with a place to follow."""
    page.evaluate(
        """async () => {
          document.body.dataset.liveUrl = '/live'; document.body.dataset.liveToken = 't';
          const script = document.querySelector('script[src$="app.js"]');
          await import(script.src + '?again');
        }"""
    )


def send(page: Page, number: str, html: str) -> None:
    page.evaluate(
        "([id, data]) => window.sources[0].dispatchEvent(new MessageEvent('message', {data, lastEventId: id}))",
        [number, html],
    )


def test_fragments_are_put_where_they_say_and_never_twice(gallery: Page) -> None:
    gallery.evaluate(
        """() => {
          window.sources = [];
          window.EventSource = class extends EventTarget { constructor(url) { super(); this.url = url; window.sources.push(this); } close() {} };
        }"""
    )
    start_following(gallery)
    assert gallery.evaluate("window.sources[0].url.search") == "?token=t"
    card = gallery.locator("#card-30").evaluate("card => card.outerHTML")
    send(gallery, "1", card.replace('id="card-30"', 'id="card-99" data-into="#track-bay-1"').replace("BZ 946 EN", "BZ 999 ZZ"))
    expect(gallery.locator("#track-bay-1 #card-99")).to_contain_text("BZ 999 ZZ")
    send(gallery, "2", card.replace('id="card-30"', 'id="card-99" data-into="#track-bay-2"').replace("BZ 946 EN", "BZ 999 ZZ"))
    expect(gallery.locator("#track-bay-2 #card-99")).to_have_count(1)
    expect(gallery.locator("#card-99")).to_have_count(1)
    send(gallery, "3", '<a id="card-99" data-swap="delete"></a>')
    expect(gallery.locator("#card-99")).to_have_count(0)
    send(gallery, "1", card.replace('id="card-30"', 'id="card-99" data-into="#track-bay-1"'))
    gallery.wait_for_timeout(50)
    expect(gallery.locator("#card-99")).to_have_count(0)


def test_a_lost_connection_is_told(gallery: Page) -> None:
    gallery.evaluate(
        """() => {
          window.sources = [];
          window.EventSource = class extends EventTarget {
            static CLOSED = 2; readyState = 0;
            constructor(url) { super(); window.sources.push(this); } close() {}
          };
        }"""
    )
    start_following(gallery)
    gallery.evaluate("window.sources[0].dispatchEvent(new Event('error'))")
    expect(gallery.locator("#stale-banner")).to_contain_text("Live updates paused", timeout=4000)
    gallery.evaluate("window.sources[0].dispatchEvent(new Event('open'))")
    expect(gallery.locator("#stale-banner")).to_be_hidden()


@pytest.mark.parametrize("is_written", [True, False])
def test_a_page_whose_rights_are_over_is_fetched_anew_unless_somebody_is_writing(gallery: Page, is_written: bool) -> None:
    gallery.evaluate(
        """() => {
          window.sources = [];
          window.EventSource = class extends EventTarget { constructor(url) { super(); window.sources.push(this); } close() {} };
        }"""
    )
    start_following(gallery)
    if is_written:
        gallery.evaluate("document.querySelector('#new input[name=plate]').value = 'BZ 1'")
        gallery.evaluate("window.sources[0].dispatchEvent(new Event('ended'))")
        expect(gallery.locator("#stale-banner")).to_be_visible()
    with gallery.expect_navigation():
        gallery.evaluate(
            "() => is_written ? document.querySelector('[data-live-retry]').click() : window.sources[0].dispatchEvent(new Event('ended'))".replace(
                "is_written", str(is_written).lower()
            )
        )
    expect(gallery.locator("#stale-banner")).to_be_hidden()


def test_slash_finds_and_question_mark_helps(gallery: Page) -> None:
    gallery.keyboard.press("/")
    expect(gallery.locator("#search")).to_be_focused()
    gallery.locator("#search").blur()
    gallery.keyboard.press("?")
    expect(gallery.locator("#keyboard-help")).to_be_visible()
    gallery.keyboard.press("Escape")
    expect(gallery.locator("#keyboard-help")).to_be_hidden()


def test_the_theme_changes_at_once_and_stays(gallery: Page) -> None:
    gallery.locator(".sidebar-person").click()
    gallery.get_by_role("button", name="Dark").click()
    assert gallery.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == "rgb(14, 15, 18)"
    gallery.reload()
    expect(gallery.locator("html")).to_have_attribute("data-theme", "dark")


def test_damage_is_marked_by_tap_and_by_list(tab: Page, served: Server) -> None:
    page = tab
    page.goto(f"{served.url}/ui/?page=capture")
    page.wait_for_selector("[data-damage][data-watched]")
    page.get_by_role("button", name="Add damage").click()
    page.get_by_label("Place").select_option("roof")
    page.get_by_label("Kind").select_option("dent")
    box = page.locator(".damage-plan").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    marks = json.loads(page.locator("input[name=damage]").input_value())
    assert marks == [{"place": "roof", "kind": "dent", "x": 50, "y": 56}, {"place": "left_front_door", "kind": "scratch", "x": 20, "y": 50}]


def test_a_signature_becomes_a_picture_and_can_be_cleared(tab: Page, served: Server) -> None:
    page = tab
    page.goto(f"{served.url}/ui/?page=capture")
    page.wait_for_selector("[data-signature][data-watched]")
    canvas = page.locator("[data-signature] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 60, steps=5)
    page.mouse.up()
    assert page.locator("input[name=signature]").input_value().startswith("data:image/png;base64,")
    page.get_by_role("button", name="Clear").click()
    assert page.locator("input[name=signature]").input_value() == ""


def test_photos_are_collected_shown_and_removed(tab: Page, served: Server) -> None:
    page = tab
    page.goto(f"{served.url}/ui/?page=capture")
    page.wait_for_selector("[data-upload][data-watched]")
    picker = page.locator("input[type=file]")
    for name in ("front.png", "rear.png"):
        picker.set_input_files({"name": name, "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"})
        expect(page.locator(".upload-item", has_text=name)).to_have_count(1)
    assert picker.evaluate("input => [...input.files].map(file => file.name)") == ["front.png", "rear.png"]
    page.get_by_role("button", name="Remove front.png").click()
    assert picker.evaluate("input => [...input.files].map(file => file.name)") == ["rear.png"]


@pytest.mark.parametrize("name", ["staff", "board", "customer", "capture", "bare"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, served: Server, name: str, scheme: Any, width: int
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{served.url}/ui/?page={name}")
    page.wait_for_selector("html.has-script")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
