"""Whoever is shown a person leaves a line: every staff page and every operation of the API that tells who a customer is writes one.

Generated from the URL resolver and the OpenAPI document. A page is known to show somebody by what it answers, so a new list that forgets
its line fails here.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from forecourt.records.accounts import tokens
from forecourt.records.people.models import Customer
from forecourt.runtime.models import AuditEntry
from tests.architecture import world
from tests.architecture.test_api_table import Operation, operations
from tests.architecture.test_doors import Route, signed_in, staff_routes
from tests.cast import Alpen

# Staff pages whose line is written by the action that they call.
WRITTEN_BY_THE_ACTION = {"papers_seen"}
# Answers to a GET that are pieces of a page whose opening was written down, and why.
PIECES = {"imports:status": "the progress of a file"}
TELLING = ("Dorfer", "dana@example.org", "K-0001", "BZ 346 AN", "WVWZZZ1KZAW000011")
QUERIES = {"planning:new": "?vehicle={vehicle_id}", "customers:list": "?q=Dorfer"}


@pytest.fixture
def ids(alpen: Alpen) -> world.Ids:
    with alpen.scope():
        Customer.objects.filter(pk=alpen.dana.pk).update(number="K-0001")
        return world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)


def written(alpen: Alpen, ask: Any) -> tuple[str, list[str]]:
    """What was answered, and the lines that the question left; taken back afterwards."""
    with transaction.atomic():
        with alpen.scope():
            before = set(AuditEntry.objects.values_list("pk", flat=True))
        answer = ask()
        with alpen.scope():
            left = AuditEntry.objects.exclude(pk__in=before).order_by("pk").values_list("act", flat=True)
            lines = [act for act in left if act.startswith("read.") or act in WRITTEN_BY_THE_ACTION]
        transaction.set_rollback(True)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return (body.decode("utf-8", "replace") if answer.status_code == 200 else ""), lines


def page_of(client: Client, route: Route, ids: world.Ids) -> Any:
    address = reverse(route.full_name, kwargs={name: ids[name] for name in route.parameters})
    return client.get(address + QUERIES.get(route.full_name, "").format(**ids))


def shows_somebody(body: str) -> bool:
    return any(told in body for told in TELLING)


def test_every_page_that_shows_a_person_leaves_one_line(alpen: Alpen, ids: world.Ids) -> None:
    client = signed_in(alpen, "administrator", powerful=True)
    showing, wrong = set(), []
    for route in staff_routes():
        if route.full_name in PIECES:
            continue
        body, lines = written(alpen, lambda route=route: page_of(client, route, ids))  # type: ignore[misc]
        if shows_somebody(body):
            showing.add(route.full_name)
            if len(lines) != 1:
                wrong.append((route.full_name, lines))
    assert not wrong
    assert showing == {
        "arrivals:day", "cases:case", "cases:list", "consents:page", "customers:customer", "customers:edit", "customers:erase", "customers:list", "due:list",
        "due:why", "flows:rows", "imports:map", "job_cards:card", "job_cards:find", "job_cards:list", "messages:list", "planning:appointment",
        "planning:day", "planning:move_form", "planning:new", "segments:members", "vehicles:edit", "vehicles:order", "vehicles:vehicle",
    }  # fmt: skip


def test_a_page_that_redraws_itself_leaves_no_second_line(alpen: Alpen, ids: world.Ids) -> None:
    client = signed_in(alpen, "administrator")
    for address in ("/staff/due/", f"/staff/job-cards/{ids['job_card_id']}/"):
        _body, lines = written(alpen, lambda address=address: client.get(address, headers={"HX-Request": "true"}))  # type: ignore[misc]
        assert lines == []


def test_files_that_are_taken_leave_a_line(alpen: Alpen, ids: world.Ids) -> None:
    client = signed_in(alpen, "administrator", powerful=True)
    for address, method, line in (
        (f"/staff/imports/{ids['import_id']}/rejected/", client.get, "read.export.rejected_rows"),
        ("/staff/trail/export/", client.post, "read.export.trail"),
    ):
        _body, lines = written(alpen, lambda method=method, address=address: method(address))  # type: ignore[misc]
        assert lines == [line]


def test_every_operation_of_the_api_that_shows_a_person_leaves_one_line(alpen: Alpen, ids: world.Ids) -> None:
    with alpen.scope():
        _token, secret = tokens.create(actor=alpen.system, name="Reader", role="administrator")
    client = Client(headers={"authorization": f"Bearer {secret}"})
    showing, wrong = set(), []
    for operation in operations():
        if operation.method != "get":
            continue
        body, lines = written(alpen, lambda operation=operation: client.get(_address(operation, ids)))  # type: ignore[misc]
        if shows_somebody(body) or str(alpen.dana.pk) in body:
            showing.add(operation.path.removeprefix("/api/v1/"))
            if len(lines) != 1:
                wrong.append((operation.name, lines))
    assert not wrong
    assert showing == {
        "customers", "customers/{customer_id}", "customers/{customer_id}/vehicles", "vehicles", "vehicles/{vehicle_id}", "appointments",
        "appointments/{appointment_id}", "job-cards", "job-cards/{job_card_id}",
    }  # fmt: skip


def test_a_line_of_a_list_names_whom_it_showed_and_by_which_token(alpen: Alpen, ids: world.Ids) -> None:
    with alpen.scope():
        token, secret = tokens.create(actor=alpen.system, name="Reader", role="read-only")
    Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/vehicles?plate=BZ346AN")
    with alpen.scope():
        line = AuditEntry.objects.get(act="read.vehicles")
        assert (line.actor_kind, line.actor_id, line.about, line.values["via"]) == ("api", token.pk, [alpen.dana.pk], "token")


def _address(operation: Operation, ids: world.Ids) -> str:
    return operation.path.format(**ids) + {"/api/v1/slots": f"?site_id={ids['site_id']}&work_kinds=inspection"}.get(operation.path, "")
