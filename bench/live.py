"""How long a change takes to a real browser while 200 further subscribers follow the same board, beside the limit: a bare NOTIFY to SSE.

    python -m bench.live [--moves 30] [--subscribers 200]

A house with all its processes; Chromium shows tomorrow's board, the others are raw connections to the live process. Each move is the POST
that the board itself sends. Its clock starts before the POST is sent and ends in the browser, in the frame that first shows the card's new
version. The limit is the way alone: a row of the same size written and announced by plain SQL, until the first raw subscriber has it.
"""

import argparse
import asyncio
import http.client
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from bench.figures import Figure, Times, tell
from tests.journeys.house import House, stand

LIMIT_MS = 300
MOVES, SUBSCRIBERS = 30, 200
WARMING = 3
_PATIENCE_SECONDS = 20.0
_TOKEN, _URL = (re.compile(rf'data-live-{name}="([^"]+)"') for name in ("token", "url"))
# Runs in the page: when, by the machine's clock, was each version of a card first on the screen.
_WATCH = """() => {
  window.shown = {};
  const look = () => {
    for (const card of document.querySelectorAll(".board-card[data-version]")) {
      const name = `${card.dataset.appointment} ${card.dataset.version}`;
      if (!(name in window.shown)) {
        window.shown[name] = null;
        requestAnimationFrame(() => { window.shown[name] = performance.timeOrigin + performance.now(); });
      }
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
# Six appointments far enough from each other to be moved by a quarter of an hour, on two bays with their technicians.
_BOOK = """
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from forecourt.config.postgres import application_url
from forecourt.journeys.workshop import appointments
from forecourt.records.dealership.models import Bay, Organisation, Site
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import system
organisation = Organisation.objects.get(slug="autohaus-alpen")
with scope.of(organisation.pk):
    site = Site.objects.get(slug="bozen")
    day = clock.today(site.zone) + timedelta(days=1)
    holdings = iter(Holding.objects.filter(until_on=None).order_by("vehicle__plate_key"))
    made = []
    for bay in Bay.objects.filter(site=site).order_by("position")[:2]:
        for hour in (8, 11, 14):
            holding = next(holdings)
            starts_at = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(site.zone))
            booked = appointments.book(
                actor=system(organisation.pk), customer_id=holding.customer_id, vehicle_id=holding.vehicle_id, site_id=site.pk,
                work_kinds=["oil_service"], starts_at=starts_at, source="bench", bay_id=bay.pk,
            )
            made.append([str(booked.pk), str(bay.pk), f"{starts_at:%Y-%m-%dT%H}", booked.version])
print(json.dumps({"day": day.isoformat(), "cards": made, "database": application_url(), "organisation": str(organisation.pk)}))
"""


@dataclass
class Crowd:
    """Raw subscribers in a thread of their own; `came[mark]` are the instants at which each of them had a fragment with this mark."""

    came: dict[bytes, list[float]] = field(default_factory=dict)
    connected: int = 0
    lost: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def note(self, event: bytes) -> None:
        for mark in set(re.findall(rb'data-bench="\d+"|data-appointment="[^"]+" data-version="\d+"', event)):
            self.came.setdefault(mark, []).append(time.time())

    def wait_for(self, mark: bytes, number: int) -> int:
        """How many have it once all have it, or patience ends."""
        ends = time.monotonic() + _PATIENCE_SECONDS
        while len(self.came.get(mark, ())) < number and time.monotonic() < ends:
            time.sleep(0.005)
        return len(self.came.get(mark, ()))


@contextmanager
def following(url: str, token: str, number: int) -> Iterator[Crowd]:
    """So many raw connections that follow until this ends."""
    crowd = Crowd()
    thread = threading.Thread(target=lambda: asyncio.run(_follow_all(crowd, url, token, number)), daemon=True)
    thread.start()
    try:
        ends = time.monotonic() + 60
        while crowd.connected < number and time.monotonic() < ends:
            time.sleep(0.05)
        yield crowd
    finally:
        crowd.over.set()
        thread.join(timeout=10)


async def _follow_all(crowd: Crowd, url: str, token: str, number: int) -> None:
    tasks = [asyncio.create_task(_follow(crowd, url, token)) for _ in range(number)]
    await asyncio.to_thread(crowd.over.wait)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _follow(crowd: Crowd, url: str, token: str) -> None:
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port, limit=1 << 22)
    writer.write(f"GET {target.path}?{urlencode({'token': token})} HTTP/1.1\r\nHost: {target.netloc}\r\n\r\n".encode())
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.splitlines()[0], head
        await reader.readuntil(b": welcome\n\n")
        crowd.connected += 1
        while True:
            crowd.note(await reader.readuntil(b"\n\n"))
    except (OSError, asyncio.IncompleteReadError):
        crowd.lost += 1
    finally:
        writer.close()


@dataclass
class Desk:
    """An adviser's session outside the browser: sends the POST that the board sends."""

    house: House
    cookies: dict[str, str]

    def __post_init__(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)
        self._line.connect()

    def move(self, card: str, bay: str, starts_at: str, version: int) -> tuple[float, float, int]:
        """When it was sent and how long the answer took; the card's new version."""
        csrf = next(value for name, value in self.cookies.items() if name.startswith("forecourt_csrf"))
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "X-CSRFToken": csrf, "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded", "Origin": self.house.url,
        }  # fmt: skip
        body = urlencode({"resource": bay, "starts_at": starts_at, "version": version})
        began = time.time()
        self._line.request("POST", f"/staff/board/{card}/move/", body=body, headers=headers)
        answer = self._line.getresponse()
        html = answer.read().decode()
        took = time.time() - began
        assert answer.status == 200, (answer.status, html[:500])
        found = re.search(rf'data-appointment="{card}" data-version="(\d+)"', html)
        assert found, html[:500]
        return began, took, int(found.group(1))


def measure(house: House, page: Any, moves: int, subscribers: int) -> list[Figure]:
    told = json.loads(house.python(_BOOK).splitlines()[-1])
    address = f"{house.url}/staff/board/?day={told['day']}"
    page.goto(address)
    page.wait_for_selector(f"#card-{told['cards'][0][0]}")
    page.evaluate(_WATCH)
    html = page.content()
    token, url = (found.group(1) for found in (_TOKEN.search(html), _URL.search(html)) if found)
    desk = Desk(house, {cookie["name"]: cookie["value"] for cookie in page.context.cookies()})
    wrong = []
    with following(url, token, subscribers) as crowd:
        if crowd.connected != subscribers:
            wrong.append(f"{crowd.connected} of {subscribers} connected")
        seen, answered, spread = _move_all(page, desk, crowd, told["cards"], moves, wrong, subscribers)
        bare_first, bare_all = _bare(told, crowd, moves, subscribers)
        if crowd.lost:
            wrong.append(f"{crowd.lost} subscribers were cut off")
    first, everybody = Times.of(bare_first), Times.of(bare_all)
    browser, others = Times.of(seen), Times.of(spread)
    print(f"the move's answer {Times.of(answered)}; slowest change on the screen {max(seen) * 1000:.0f} ms")
    return [
        Figure(
            what=f"a move reaches Chromium while {subscribers} others follow, {moves} moves", measured=str(browser),
            limit=f"{first} (bare NOTIFY to SSE)", ratio=browser.p50 / first.p50, promise=f"p95 < {LIMIT_MS} ms",
            is_met=browser.p95 < LIMIT_MS, wrong="; ".join(wrong),
        ),
        Figure(
            what=f"the same move reaches the last of {subscribers} subscribers", measured=str(others),
            limit=f"{everybody} (bare, to the last)", ratio=others.p50 / everybody.p50, promise="all receive it", is_met=not wrong,
        ),
    ]  # fmt: skip


def _move_all(
    page: Any, desk: Desk, crowd: Crowd, cards: list[list[Any]], moves: int, wrong: list[str], subscribers: int
) -> tuple[list[float], list[float], list[float]]:
    """Seconds until Chromium showed it, until the answer, until the last subscriber had it; the first moves only warm up."""
    seen, answered, spread = [], [], []
    for number in range(moves + WARMING):
        card = cards[number % len(cards)]
        quarter = ("15", "00")[(number // len(cards)) % 2]
        began, took, card[3] = desk.move(card[0], card[1], f"{card[2]}:{quarter}", card[3])
        shown = page.wait_for_function(f"() => window.shown['{card[0]} {card[3]}']", timeout=_PATIENCE_SECONDS * 1000).json_value()
        mark = f'data-appointment="{card[0]}" data-version="{card[3]}"'.encode()
        had = crowd.wait_for(mark, subscribers)
        if had != subscribers:
            wrong.append(f"move {number}: {had} of {subscribers} had the fragment")
        if number >= WARMING:
            seen.append(shown / 1000 - began)
            answered.append(took)
            spread.append(max(crowd.came.get(mark, [began])) - began)
        time.sleep(0.15)
    return seen, answered, spread


def _bare(told: dict[str, Any], crowd: Crowd, times: int, subscribers: int) -> tuple[list[float], list[float]]:
    """The same number of rows of the same size, written and announced by SQL alone: until the first subscriber and until the last."""
    import psycopg

    from forecourt.runtime.database import SCOPE_SETTING

    first, last = [], []
    with psycopg.connect(told["database"], autocommit=True) as database:
        database.execute("SELECT set_config(%s, %s, false)", [SCOPE_SETTING, told["organisation"]])
        newest = "SELECT topic, variants FROM runtime_livefragment WHERE topic LIKE %s ORDER BY id DESC LIMIT 1"
        row = database.execute(newest, [f"board:%:{told['day']}"]).fetchone()
        assert row is not None
        topic, variants = row
        for number in range(times):
            mark = f'data-bench="{number}"'
            marked = {name: f"<i {mark} id='bench'>{'x' * len(html)}</i>" for name, html in variants.items()}
            began = time.time()
            with database.transaction():
                written = database.execute(
                    "INSERT INTO runtime_livefragment (organisation_id, topic, variants) VALUES (%s, %s, %s) RETURNING id",
                    [UUID(told["organisation"]), topic, json.dumps(marked)],
                ).fetchone()
                assert written is not None
                database.execute("SELECT pg_notify('forecourt_live', %s)", [str(written[0])])
            assert crowd.wait_for(mark.encode(), subscribers) == subscribers
            came = crowd.came[mark.encode()]
            first.append(min(came) - began)
            last.append(max(came) - began)
            time.sleep(0.05)
    return first, last


def main(moves: int = MOVES, subscribers: int = SUBSCRIBERS) -> list[Figure]:
    from tools.pictures import browser

    with stand(customers=100) as house, browser() as chromium:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        page = context.new_page()
        page.goto(f"{house.url}/demo/")
        page.get_by_role("button", name="Lena Hofer").click()
        page.wait_for_url("**/staff/**")
        return measure(house, page, moves, subscribers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=MOVES)
    parser.add_argument("--subscribers", type=int, default=SUBSCRIBERS)
    given = parser.parse_args()
    sys.exit(tell(main(given.moves, given.subscribers)))
