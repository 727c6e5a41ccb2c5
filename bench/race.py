"""A crowd on one slot: two hundred clients at once, twenty rounds, exactly one of them gets it each time and nobody sees an error.

    python -m bench.race [--clients 200] [--rounds 20] [--face api|page] [--url http://127.0.0.1:8000]

Over HTTP against running pages: those at `--url`, which must use the database of this FORECOURT_DATA or DATABASE_URL, or pages that
are started for it on FORECOURT_PORT. `api` posts to `/api/v1/appointments` with a token, `page` posts the form behind each customer's
invitation. One bay, one technician, a customer with a car per client; each round is another day at ten o'clock. What the clients were
told is compared with what the database holds.
"""

import argparse
import http.client
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from bench import ground
from bench.figures import Figure, Times, tell

CLIENTS, ROUNDS = 200, 20
FACES = ("api", "page")
_ZONE = ZoneInfo("Europe/Rome")
_CSRF = "a" * 32  # the cookie and the form's field must agree; who sets both needs no page before


@dataclass
class Request:
    path: str
    body: bytes
    headers: dict[str, str]


def measure(url: str, clients: int, rounds: int, face: str) -> list[Figure]:
    house = open_dealer(clients)
    crowd_of = api_requests if face == "api" else page_requests
    wrong: list[str] = []
    all_times: list[float] = []
    all_answers: Counter[int] = Counter()
    sum_of_rounds = 0.0
    for number, day in zip(range(rounds), _working_days(), strict=False):
        starts_at = datetime(day.year, day.month, day.day, 10, tzinfo=_ZONE).astimezone(UTC)
        crowd = crowd_of(house, starts_at, url)
        began = time.perf_counter()
        answers, times = _rush(url, crowd)
        sum_of_rounds += time.perf_counter() - began
        winners = sum(answers[status] for status in (201, 302))
        stored = _stored(house, starts_at)
        fine = winners == 1 and stored == 1 and set(answers) <= {201, 302, 409}
        all_times += times
        all_answers += answers
        if not fine:
            wrong.append(f"round {number + 1}: answers {dict(sorted(answers.items()))}, stored {stored}")
    print(f"{clients} clients x {rounds} rounds by {face}: {dict(sorted(all_answers.items()))}")
    per_second = clients * rounds / sum_of_rounds
    return [
        Figure(
            what=f"{clients} clients at once on one slot, {rounds} rounds, by {face}",
            measured=f"{Times.of(all_times)}, {per_second:.0f} answers/s", promise="exactly one each, no 5xx", is_met=not wrong, wrong="; ".join(wrong),
        )
    ]  # fmt: skip


def _rush(url: str, requests: list[Request]) -> tuple[Counter[int], list[float]]:
    """All at once: every client is connected before the first one sends."""
    target, start = urlsplit(url), Barrier(len(requests))

    def go(request: Request) -> tuple[int, float]:
        connection = http.client.HTTPConnection(target.hostname or "127.0.0.1", target.port, timeout=120)
        connection.connect()
        start.wait(timeout=60)
        began = time.perf_counter()
        connection.request("POST", request.path, body=request.body, headers=request.headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, time.perf_counter() - began

    with ThreadPoolExecutor(len(requests)) as crowd:
        found = list(crowd.map(go, requests))
    return Counter(status for status, _ in found), [seconds for _, seconds in found]


def api_requests(dealer: dict[str, Any], starts_at: datetime, url: str) -> list[Request]:
    headers = {"Authorization": f"Bearer {dealer['secret']}", "Content-Type": "application/json"}
    return [
        Request(
            "/api/v1/appointments",
            json.dumps(
                {
                    "customer_id": str(customer), "vehicle_id": str(vehicle), "site_id": str(dealer["site"].pk),
                    "work_kinds": ["oil_service"], "starts_at": starts_at.isoformat(),
                }
            ).encode(),
            headers,
        )
        for customer, vehicle in dealer["customers"]
    ]  # fmt: skip


def page_requests(dealer: dict[str, Any], starts_at: datetime, url: str) -> list[Request]:
    """One more invitation for each customer, and the form that books it."""
    from forecourt.journeys.marketing.models import Flow, Invitation
    from forecourt.runtime import clock, links, scope

    now, port = clock.now(), urlsplit(url).port
    with scope.of(dealer["site"].organisation_id):
        flow, _ = Flow.objects.get_or_create(kind="bench", defaults={"name": "Bench", "work_kinds": ["oil_service"]})
        Invitation.objects.filter(flow=flow, state="sent").update(state="lapsed")
        sent = Invitation.objects.bulk_create(
            [
                Invitation(
                    flow=flow, customer_id=customer, vehicle_id=vehicle, site_id=dealer["site"].pk, work_kinds=["oil_service"],
                    due_on=starts_at.date(), state="sent", planned_at=now, sent_at=now,
                )
                for customer, vehicle in dealer["customers"]
            ]
        )  # fmt: skip
        paths = [
            urlsplit(
                links.url(purpose="booking", organisation_id=each.organisation_id, subject_id=each.pk, holder_id=each.customer_id)
            ).path
            for each in sent
        ]
    headers = {"Cookie": f"forecourt_csrf_{port}={_CSRF}", "Content-Type": "application/x-www-form-urlencoded"}
    form = urlencode({"csrfmiddlewaretoken": _CSRF, "slot": starts_at.isoformat(), "note": ""}).encode()
    return [Request(path, form, headers) for path in paths]


def open_dealer(clients: int) -> dict[str, Any]:
    """One bay, one technician, and as many customers with a car as there are clients."""
    from forecourt.records.accounts import tokens
    from forecourt.records.people.models import Customer
    from forecourt.records.vehicles.models import Holding, Vehicle
    from forecourt.runtime import scope

    site, actor = ground.site("race", zone=_ZONE.key, is_demo=True)
    with scope.of(site.organisation_id):
        ground.bays(site, actor, 1)
        _, secret = tokens.create(actor=actor, name="bench", role="adviser")
        customers = Customer.objects.bulk_create([Customer(number=f"B-{number}", last_name=f"Bench {number}") for number in range(clients)])
        cars = Vehicle.objects.bulk_create([Vehicle(plate=f"BZ {number:04} BB", make="Fiat", model="Panda") for number in range(clients)])
        Holding.objects.bulk_create([Holding(vehicle=car, customer=customer) for customer, car in zip(customers, cars, strict=True)])
    pairs = [(customer.pk, car.pk) for customer, car in zip(customers, cars, strict=True)]
    return {"site": site, "secret": secret, "customers": pairs}


def _stored(dealer: dict[str, Any], starts_at: datetime) -> int:
    from forecourt.journeys.workshop.models import Appointment
    from forecourt.runtime import scope

    with scope.of(dealer["site"].organisation_id):
        return Appointment.objects.filter(site=dealer["site"], starts_at=starts_at).count()


def _working_days() -> Iterator[date]:
    day = datetime.now(_ZONE).date() + timedelta(days=2)
    while True:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


@contextmanager
def _pages(url: str | None) -> Iterator[str]:
    """The pages at this address, or pages of our own for as long as this takes."""
    if url:
        yield url
        return
    from forecourt.config import parts
    from forecourt.config.environment import environment

    here = environment()
    server = parts.pages(here, parts.Sizes()).launch(subprocess.DEVNULL)
    try:
        _wait(here.origin, server.poll)
        yield here.origin
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(origin: str, ended: Callable[[], int | None]) -> None:
    target = urlsplit(origin)
    for _ in range(300):
        if ended() is not None:
            raise SystemExit(f"The pages at {origin} did not start.")
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=5)
        try:
            connection.request("GET", "/api/v1/openapi.json")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise SystemExit(f"The pages at {origin} do not answer.")


def main(clients: int = CLIENTS, rounds: int = ROUNDS, faces: tuple[str, ...] = FACES, url: str | None = None) -> list[Figure]:
    with ground.database(), _pages(url) as origin:
        import django

        django.setup()
        return [figure for face in faces for figure in measure(origin, clients, rounds, face)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--face", choices=FACES, help="both if not given")
    parser.add_argument("--url", help="pages that already run; else they are started on FORECOURT_PORT")
    given = parser.parse_args()
    sys.exit(tell(main(given.clients, given.rounds, (given.face,) if given.face else FACES, given.url)))
