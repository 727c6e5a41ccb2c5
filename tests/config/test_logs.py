"""What is secret stays out of what our processes write: logs of pages and workers with their errors, PostgreSQL's log, arguments of jobs.

Each secret goes through its real page, action or job, once as it should and once where something inside breaks with all that it was given in the
error's text.
"""

import base64
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from forecourt.adapters import openid, outside, sms
from forecourt.config import logs, wsgi
from forecourt.engines.exchange import inlets, signing
from forecourt.engines.messaging.ports import Text
from forecourt.records.accounts import customer_links, dealer_codes, devices, drivers, factors, proofs, resets, secrets, tokens
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import identity
from forecourt.runtime import links
from tests.cast import Alpen
from tests.faces.customer import persons

PASSWORD, WRONG = "lamp otter granite seven", "lamp otter granite eight"
HOUSE_SECRET, TEXTS_TOKEN = "hunter2-of-the-house", "otter4-of-the-gateway"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the real handler writes from here on, of every level."""
    root = logging.getLogger()
    [handler] = [each for each in root.handlers if isinstance(each.formatter, logs.Discreet)]
    assert isinstance(handler, logging.StreamHandler)
    level, stream = root.level, io.StringIO()
    before = handler.setStream(stream)
    root.setLevel("DEBUG")
    try:
        yield stream
    finally:
        root.setLevel(level)
        handler.setStream(before)


def broken(*given: Any, **named: Any) -> Any:
    """Something of the house's that fails, quoting whatever it was given, with a cause that quotes it too."""
    told = ", ".join(repr(vars(each) if hasattr(each, "__dict__") else each) for each in (*given, *named.values()))
    try:
        raise LookupError(told)
    except LookupError as error:
        raise ValueError(f"cannot do with {told}") from error


@app.task(name="tests.carry_text", queue="tests")
def carry_text(*, proof_id: str) -> None:
    """What a worker does that hands a code over and breaks; needs no row."""
    code = secrets.code_of(UUID(proof_id))
    gateway = sms.gateway(f"https://AC1:{TEXTS_TOKEN}@gateway.example", "Alpen")
    gateway.submit(Text(number="+393331234567", body=f"{code} is your code\n\n@127.0.0.1 #{code}"))


@app.task(name="tests.ask_house", queue="tests")
def ask_house() -> None:
    place = openid.Provider("https://house.example", "", "https://house.example/token", "", takes_basic=True)
    openid.answer(place, openid.question(), code="3141592", client_id="forecourt", secret=HOUSE_SECRET, back="")


def in_a_worker(task: Any, **values: str) -> None:
    with app.replace_connector(InMemoryConnector()) as own:
        task.defer(**values)
        own.run_worker(queues=["tests"], wait=False, install_signal_handlers=False)


@dataclass
class House:
    """Who holds what, and the secrets as they come to be known."""

    alpen: Alpen
    admin: Client
    person: Client
    stranger: Client
    secrets: dict[str, str]
    inlet_id: UUID
    signed: dict[str, str]


@pytest.fixture
def house(alpen: Alpen) -> House:
    member = alpen.staff["Anna Amort"]
    member.account.set_password(PASSWORD)
    member.account.save()
    admin, stranger = Client(raise_request_exception=False), persons.browser()
    for password in (WRONG, PASSWORD):
        admin.post(reverse("account_login"), {"login": member.account.email, "password": password})
    person, account = persons.signed_in("dana@example.org")
    persons.ask(stranger, "dieter@example.org")
    proof = persons.last_proof()
    about = {"organisation_id": alpen.id, "subject_id": alpen.golf.pk, "holder_id": alpen.dana.pk}
    with alpen.scope():
        owner = customer_links.begin(account=account, customer_id=alpen.dana.pk, way="address")
        invitation = drivers.invite(owner=owner, vehicle_id=alpen.golf.pk, address="eve@example.org", may_book=True, may_approve=False)
        kept = {
            "password": PASSWORD, "wrong password": WRONG, "session": admin.session.session_key or "",
            "device": person.cookies[settings.DEVICE_COOKIE_NAME].value, "mark": stranger.cookies[settings.ASKER_COOKIE_NAME].value,
            "code": secrets.code_of(proof.pk), "link": secrets.link_of(proof.pk), "wrong code": "271828",
            "driver": secrets.link_of(invitation.pk), "reset": resets.secret_of(member.account),
            "dealer code": dealer_codes.give(actor=alpen.system, customer_id=alpen.dana.pk),
            "token": tokens.create(actor=alpen.system, name="t", role="manager")[1],
            "booking": links.make(purpose="booking", **about), "unsubscribe": links.make(purpose="unsubscribe", **about),
            "house": HOUSE_SECRET, "gateway": TEXTS_TOKEN, "app": factors.new_secret(),
        }  # fmt: skip
        inlet, kept["inlet"] = inlets.make(actor=alpen.system, name="DMS", source="dms")
    signed = signing.headers([kept["inlet"]], message_id="msg_1", timestamp=signing.now(), body=b"a;b")
    kept["signature"] = signed["webhook-signature"]
    return House(alpen, admin, person, stranger, kept, inlet.pk, signed)


Visit = tuple[Any, str, Callable[[House], Any]]
VISITS: tuple[Visit, ...] = (
    (Account, "check_password", lambda at: [
        Client(raise_request_exception=False).post(reverse("account_login"), {"login": at.alpen.staff["Anna Amort"].account.email, "password": each})
        for each in (at.secrets["password"], at.secrets["wrong password"])
    ]),
    (SessionStore, "load", lambda at: at.admin.get("/staff/board/")),
    (devices, "of", lambda at: at.person.get("/me/")),
    (proofs, "by_code", lambda at: [
        at.stranger.post(persons.code_page(persons.last_proof()), {"code": at.secrets[each]}) for each in ("wrong code", "code")
    ]),
    (proofs, "of_link", lambda at: at.stranger.get(reverse("me_link", args=[at.secrets["link"]]))),
    (drivers, "of_secret", lambda at: at.person.get(reverse("me_invitation", args=[at.secrets["driver"]]))),
    (dealer_codes, "redeem", lambda at: at.person.post(reverse("me_add_code"), {"code": at.secrets["dealer code"]})),
    (resets, "by_secret", lambda at: at.stranger.get(
        reverse("staff_choose_password", args=[at.alpen.staff["Anna Amort"].account_id, at.secrets["reset"]])
    )),
    (links, "read", lambda at: at.stranger.get(reverse("customer_booking", args=[at.secrets["booking"]]))),
    (links, "read", lambda at: at.stranger.post(f"/unsubscribe/{at.secrets['unsubscribe']}")),
    (tokens, "find", lambda at: Client(raise_request_exception=False).get(
        "/api/v1/customers", headers={"authorization": f"Bearer {at.secrets['token']}"}
    )),
    (identity, "arrange", lambda at: at.admin.post(reverse("people:provider"), {
        "name": "House", "issuer": "https://house.example", "client_id": "forecourt", "secret": at.secrets["house"],
    })),
    (signing, "Signature", lambda at: Client(raise_request_exception=False).post(
        reverse("inlets:receive", args=[at.inlet_id]), b"a;b", content_type="text/csv", headers=at.signed
    )),
)  # fmt: skip


def leaked(kept: dict[str, str], text: str) -> set[str]:
    """Names of the secrets that stand there, as they are or as addresses and headers write them."""
    forms = {
        name: {value, quote(value, safe=""), *(base64.b64encode(f"{user}:{value}".encode()).decode() for user in ("AC1", "forecourt"))}
        for name, value in kept.items()
    }  # fmt: skip
    return {name for name, written in forms.items() if any(each in text for each in written)}


def test_no_secret_is_in_any_log_nor_in_a_job_whatever_breaks(
    house: House, written: io.StringIO, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], postgres_cluster: Any
) -> None:
    log = postgres_cluster.place.notes / "server.log"
    begins = log.stat().st_size
    for room, name, visit in VISITS:
        with monkeypatch.context() as patch:
            patch.setattr(room, name, broken)
            visit(house)
        visit(house)
    with monkeypatch.context() as patch:
        patch.setattr(outside, "ask", broken)
        in_a_worker(carry_text, proof_id=str(persons.last_proof().pk))
        in_a_worker(ask_house)
    with suppress(IntegrityError, DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::text, 1 / (SELECT 0)", [json.dumps(house.secrets)])
    told = written.getvalue()
    assert told.count("in broken\n") >= 2 * len(VISITS)
    assert {each for each in ("ValueError", "which led to:", "carry_text[", "ask_house[") if each not in told} == set()
    said = capfd.readouterr()
    with log.open("rb") as file:
        file.seek(begins)
        assert leaked(house.secrets, told + said.out + said.err + file.read().decode()) == set()
    with house.alpen.scope():
        assert leaked(house.secrets, kept_for_later()) == set()


def kept_for_later() -> str:
    """Jobs with their arguments, events and the audit trail."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("procrastinate_jobs", "runtime_event", "runtime_auditentry"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            found = [row for (row,) in cursor.fetchall()]
            assert found, table
            rows += found
    return "\n".join(rows)


def test_ids_places_and_names_of_constraints_stay_readable(written: io.StringIO) -> None:
    known = "0197a5b0-2c3d-7e4f-8a9b-0c1d2e3f4a5b"
    try:
        raise IntegrityError(
            'duplicate key violates constraint "one_phone_per_account"\nDETAIL:  Key (number)=(+393331234567) already exists.'
        )
    except IntegrityError:
        logging.getLogger("forecourt.test").exception("letter %s to dana@example.org, +393331234567", known)
    first, *_, last = written.getvalue().splitlines()
    assert first.endswith(f"ERROR forecourt.test: letter {known} to […], […]")
    assert last == 'django.db.utils.IntegrityError: duplicate key violates constraint "one_phone_per_account"'
    assert f'File "{__file__}"' in written.getvalue()


def test_a_page_that_fails_is_told_with_its_place_and_an_absent_one_is_not(
    db: None, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    logging.getLogger().setLevel("WARNING")
    client = Client(raise_request_exception=False)
    assert client.get("/b/no-such-link/").status_code == 404
    assert written.getvalue() == ""
    monkeypatch.setattr(links, "read", broken)
    assert client.get("/b/no-such-link/").status_code == 500
    assert "Internal Server Error: /b/[…]/" in written.getvalue()
    assert "customer/door.py" in written.getvalue()


def test_where_even_the_page_for_errors_fails_nothing_is_left_to_the_server(monkeypatch: pytest.MonkeyPatch, written: io.StringIO) -> None:
    monkeypatch.setattr(wsgi, "_pages", broken)
    said: list[str] = []
    answer = wsgi.application({"HTTP_COOKIE": "me=otter-of-dana"}, lambda status, _headers: said.append(status))
    assert (said, b"".join(answer)) == (["500 Internal Server Error"], b"This did not work. Please try again in a moment.")
    assert "otter" not in written.getvalue()
    assert "in broken\n" in written.getvalue()
