"""Every operation of the API × role × {own, foreign, absent, anonymous, ended token}, walked from its own OpenAPI document.

A token is for all sites of its organisation, so there is no sister site that it could not see.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from forecourt.records.accounts import tokens
from forecourt.runtime import access
from tests.architecture import witness, world
from tests.cast import Alpen, Dealer, Rosso

DOCUMENT = "/api/v1/openapi.json"
NOTHING_TO_FIND = {404}
UNDERSTOOD = {200, 201, 202, 409}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    right: str

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def names_a_thing(self) -> bool:
        return "{" in self.path or self.name in BODIES

    def ask(self, ids: world.Ids, secret: str = "") -> int:
        """The status, with whatever the request wrote taken back."""
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        url = self.path.format(**ids) + QUERIES.get(self.path, "").format(**ids)
        client = Client(raise_request_exception=False, headers=headers)
        return witness.seen(lambda: int((client.get(url) if self.method == "get" else client.post(url, **_sent(self, ids))).status_code))


# What an operation needs in order to be understood; one that is not named here needs nothing.
QUERIES = {"/api/v1/slots": "?site_id={site_id}&work_kinds=inspection"}
BODIES = {
    "POST /api/v1/appointments": {
        "customer_id": "{customer_id}", "vehicle_id": "{vehicle_id}", "site_id": "{site_id}", "work_kinds": ["inspection"],
        "starts_at": "2099-03-02T08:00:00Z",
    },
    "POST /api/v1/appointments/{appointment_id}/move": {"starts_at": "2099-03-02T08:00:00Z", "version": 1},
    "POST /api/v1/appointments/{appointment_id}/cancel": {},
}  # fmt: skip
UPLOADS = {"POST /api/v1/imports": {"source": "table", "site_id": "{site_id}"}}
BY_FILTER = {"GET /api/v1/slots"}  # names a thing in its query


def _sent(operation: Operation, ids: world.Ids) -> dict[str, Any]:
    if operation.name in UPLOADS:
        values = {name: value.format(**ids) for name, value in UPLOADS[operation.name].items()}
        return {"data": values | {"file": SimpleUploadedFile("orders.csv", b"Order;Plate\n1;BZ 346 AN\n")}}
    body = json.dumps(BODIES.get(operation.name, {}))
    for name, value in ids.items():
        body = body.replace(f"{{{name}}}", str(value))
    return {"data": body, "content_type": "application/json"}


def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get(DOCUMENT).json()
    return found


def operations() -> Iterator[Operation]:
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            yield Operation(method, path, told.get("x-right", ""))


@pytest.fixture
def houses(alpen: Alpen, rosso: Rosso) -> dict[str, world.Ids]:
    with alpen.scope():
        own = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
    with rosso.scope():
        foreign = world.at(rosso.torino, rosso.eve, rosso.punto, 9001)
    return {"own": own, "foreign": foreign, "absent": dict.fromkeys(own, world.NOBODY)}


def token(dealer: Dealer, role: str) -> tuple[Any, str]:
    with dealer.scope():
        return tokens.create(actor=dealer.system, name="table", role=role)


@pytest.mark.django_db
def test_every_operation_names_a_declared_right() -> None:
    found = list(operations())
    assert len(found) >= 14
    assert [each.name for each in found if each.right not in access.rights()] == []


@pytest.mark.django_db
def test_the_document_names_no_machine_and_asks_for_a_bearer_token_everywhere() -> None:
    told = document()
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "/"}]
    assert told["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}
    assert [path for path in told["paths"] if not path.startswith("/api/v1/")] == []
    secured = [operation["security"] for methods in told["paths"].values() for operation in methods.values()]
    assert secured == [[{"Token": []}]] * len(secured)


def test_without_a_living_token_every_operation_answers_401(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    ended, secret = token(alpen, "administrator")
    with alpen.scope():
        tokens.end(actor=alpen.system, token=ended)
    wrong = [
        (each.name, kind, status)
        for each in operations()
        for kind, given in (("anonymous", ""), ("ended", secret), ("made up", "fc_none"), ("not a token", "Basic x"))
        if (status := each.ask(houses["own"], given)) != 401
    ]
    assert not wrong


def test_a_session_is_no_token(alpen: Alpen) -> None:
    client = Client()
    client.force_login(alpen.staff["Anna Amort"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/customers").status_code == 401


@pytest.mark.parametrize("role", access.ROLES)
def test_a_token_does_exactly_what_its_role_may(role: str, alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    _, secret = token(alpen, role)
    rights = access.rights_of(role)
    wrong = [
        (each.name, status, "may" if each.right in rights else "may not")
        for each in operations()
        if (status := each.ask(houses["own"], secret)) not in (UNDERSTOOD if each.right in rights else {403})
    ]
    assert not wrong


def test_a_token_without_the_right_is_not_told_whether_a_thing_exists_nor_whether_it_was_understood(alpen: Alpen) -> None:
    _, secret = token(alpen, "marketing")
    client = Client(headers={"authorization": f"Bearer {secret}"})
    assert client.post("/api/v1/appointments", data="no JSON", content_type="application/json").status_code == 403
    assert client.get(f"/api/v1/job-cards/{world.NOBODY}").status_code == 403


def test_what_is_foreign_or_absent_answers_404_even_to_an_administrator(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    _, secret = token(alpen, "administrator")
    named = [each for each in operations() if each.names_a_thing or each.name in {*BY_FILTER, *UPLOADS}]
    assert len(named) >= 10
    wrong = [
        (each.name, kind, status)
        for each in named
        for kind in ("foreign", "absent")
        if (status := each.ask(houses[kind], secret)) not in NOTHING_TO_FIND
    ]
    assert not wrong


def test_lists_hold_nothing_foreign(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    _, secret = token(alpen, "administrator")
    client = Client(headers={"authorization": f"Bearer {secret}"})
    foreign = {str(each) for each in houses["foreign"].values()} - {"due", "note", "inspection", "1"}
    for each in operations():
        if each.method == "get" and "{" not in each.path and each.path not in QUERIES:
            listed = client.get(each.path).content.decode()
            assert not [value for value in foreign if value in listed], each.name
