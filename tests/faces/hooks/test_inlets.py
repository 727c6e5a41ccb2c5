"""A program pushes a file: signed, once, in time and within bounds it becomes an import; everything else is told nothing and does nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.exchange import inlets, signing
from forecourt.engines.exchange.models import Inlet, Receipt
from forecourt.engines.intake.models import Import
from forecourt.faces.hooks.inlets import views
from forecourt.kernel.errors import Refusal
from forecourt.runtime import files
from tests.architecture import world
from tests.cast import Alpen

FILE = b"Customer No;Last name;First name;E-mail;VIN;Plate\n1;Gruber;Georg;georg@example.org;WVWZZZ1KZAW000099;BZ 999 ZZ\n"
Push = Callable[..., Any]


@pytest.fixture
def door(alpen: Alpen) -> tuple[Inlet, str]:
    with alpen.scope():
        return inlets.make(actor=alpen.system, name="DMS", source="autoline", site_id=alpen.bozen.pk)


def push(
    inlet_id: UUID,
    secret: str,
    body: bytes = FILE,
    *,
    message_id: str = "msg_1",
    at: int | None = None,
    sent: bytes | None = None,
    **more: str,
) -> Any:
    headers = signing.headers([secret], message_id=message_id, timestamp=at if at is not None else signing.now(), body=body) | more
    address = reverse("inlets:receive", args=[inlet_id])
    return Client(enforce_csrf_checks=True).post(address, sent or body, content_type="text/csv", headers=headers)


def test_a_signed_file_becomes_an_import_of_the_doors_source_and_site(alpen: Alpen, door: tuple[Inlet, str]) -> None:
    answer = push(door[0].pk, door[1], **{"webhook-file-name": "customers.csv"})
    assert answer.status_code == 202, answer.content
    with alpen.scope():
        came = Import.objects.get(pk=answer.json()["import_id"])
        assert (came.source, came.site_id, came.file_name, came.state) == ("autoline", alpen.bozen.pk, "customers.csv", "running")
        assert came.received_by_id == door[0].pk
        assert came.stored_file is not None
        assert files.path(came.stored_file).read_bytes() == FILE
        assert Inlet.objects.get().received_at is not None


def test_the_same_message_does_nothing_a_second_time(alpen: Alpen, door: tuple[Inlet, str]) -> None:
    first = push(door[0].pk, door[1]).json()["import_id"]
    again = push(door[0].pk, door[1], at=signing.now() - 60)
    assert (again.status_code, again.json()) == (200, {"import_id": first, "is_new": False})
    assert push(door[0].pk, door[1], message_id="msg_2").status_code == 202
    with alpen.scope():
        assert (Import.objects.count(), Receipt.objects.count()) == (2, 2)


def test_whatever_is_not_signed_so_is_answered_alike_and_does_nothing(alpen: Alpen, door: tuple[Inlet, str]) -> None:
    inlet, secret = door
    with alpen.scope():
        closed, its_secret = inlets.make(actor=alpen.system, name="Old", source="old")
        inlets.close(actor=alpen.system, inlet_id=closed.pk)
    answers = [
        push(world.NOBODY, secret),
        push(closed.pk, its_secret),
        push(inlet.pk, its_secret),
        push(inlet.pk, secret, sent=FILE + b" "),
        push(inlet.pk, secret, **{"webhook-id": "msg_other"}),
        push(inlet.pk, secret, **{"webhook-timestamp": str(signing.now() - 7)}),
        push(inlet.pk, secret, **{"webhook-signature": ""}),
        push(inlet.pk, secret, **{"webhook-id": "m" * 121}),
    ]
    assert {(each.status_code, each.content) for each in answers} == {(401, answers[0].content)}
    assert answers[0].json()["code"] == "not_signed"
    late = push(inlet.pk, secret, at=signing.now() - 301)
    early = push(inlet.pk, secret, at=signing.now() + 302)
    assert [(each.status_code, each.json()["code"]) for each in (late, early)] == [(401, "too_old")] * 2
    with alpen.scope():
        assert (Import.objects.count(), Receipt.objects.count()) == (0, 0)


def test_a_body_that_is_too_long_or_says_no_length_is_refused_unread(
    door: tuple[Inlet, str], monkeypatch: pytest.MonkeyPatch, alpen: Alpen
) -> None:
    read = list[int]()
    monkeypatch.setattr(views, "_part", lambda _request: read.append(1) or b"")
    monkeypatch.setattr(views, "LARGEST", len(FILE) - 1)
    assert push(door[0].pk, door[1]).status_code == 413
    assert push(door[0].pk, door[1], **{"content-length": ""}).status_code == 411
    assert Client().get(reverse("inlets:receive", args=[door[0].pk])).status_code == 405
    assert read == []


def test_a_file_that_cannot_be_read_stays_with_its_reason(alpen: Alpen, door: tuple[Inlet, str]) -> None:
    answer = push(door[0].pk, door[1], b"Colour;Mood\nred;good\n")
    assert answer.status_code == 422
    with alpen.scope():
        assert Import.objects.get(pk=answer.json()["import_id"]).state == "refused"
        assert Receipt.objects.get().import_id == UUID(answer.json()["import_id"])
    again = push(door[0].pk, door[1], b"Colour;Mood\nred;good\n")
    assert (again.status_code, again.json()) == (422, answer.json())


def test_too_often_is_told_with_the_time_to_wait(door: tuple[Inlet, str], alpen: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecourt.runtime import limits

    before = limits.spend
    monkeypatch.setattr(limits, "spend", lambda limit, *source, most, seconds: before(limit, *source, most=2, seconds=seconds))
    for number in range(2):
        assert push(door[0].pk, door[1], message_id=f"msg_{number}").status_code == 202
    answer = push(door[0].pk, door[1], message_id="msg_3")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    with alpen.scope():
        assert Import.objects.count() == 2


def test_while_a_secret_changes_both_open_and_who_came_in_may_nothing_else(alpen: Alpen, door: tuple[Inlet, str]) -> None:
    inlet, first = door
    with alpen.scope():
        second = inlets.rotate(actor=alpen.system, inlet_id=inlet.pk)
        assert [push(inlet.pk, each, message_id=each[:20]).status_code for each in (first, second)] == [202, 202]
        third = inlets.rotate(actor=alpen.system, inlet_id=inlet.pk, at_once=True)
        assert [push(inlet.pk, each, message_id=each[:21]).status_code for each in (first, second, third)] == [401, 401, 202]
        actor = inlets.actor_of(inlet)
    assert (actor.kind, actor.rights, actor.sites) == ("api", {"intake.run_imports", "intake.see_imports"}, {alpen.bozen.pk})


def test_a_file_that_is_refused_without_a_trace_is_refused_again_when_sent_again(
    alpen: Alpen, door: tuple[Inlet, str], monkeypatch: Any
) -> None:
    def refuse(**given: object) -> None:
        raise Refusal("empty", "The file is empty.")

    with monkeypatch.context() as broken:
        broken.setattr(views.uploads, "take", refuse)
        assert [push(door[0].pk, door[1]).status_code for _again in range(2)] == [422, 422]
    assert push(door[0].pk, door[1]).status_code == 202
