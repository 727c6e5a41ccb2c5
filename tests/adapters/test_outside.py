"""Whatever address somebody names, a request goes to a public place over TLS, to exactly the number that was checked, and ends in time."""

import socket
import time
from typing import Any

import pytest

from forecourt.adapters import outside, webhooks
from forecourt.engines.exchange.ports import Answer, Unreached
from tests.receiver import HOST, PUBLIC, Receiver, lead, stand_for


def why(*asked: Any, **more: Any) -> str:
    with pytest.raises((outside.Closed, outside.Silent)) as problem:
        outside.ask("POST", *asked, **more)
    return problem.value.code


def test_the_number_that_was_checked_is_asked_for_the_name(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    went = lead(monkeypatch, PUBLIC)
    answer = outside.ask("POST", receiver.url, body=b"{}", headers={"webhook-id": "msg_1"})
    assert (answer.status, answer.body) == (200, b"ok")
    [heard] = receiver.heard
    assert (heard.path, heard.body, heard.asked_for) == ("/in?for=us", b"{}", HOST)
    assert heard.headers["host"] == f"{HOST}:{receiver.port}"
    assert heard.headers["webhook-id"] == "msg_1"
    assert went == [(PUBLIC, receiver.port)]


def test_a_name_that_changes_its_answer_after_the_check_opens_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [PUBLIC, "127.0.0.1", "127.0.0.1"]

    def found(host: str, port: int, *_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    went = lead(monkeypatch, "nowhere")
    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket, "create_connection", lambda address, **_: went.append(address) or (_ for _ in ()).throw(OSError))
    assert why(receiver.url) == "no_connection"
    assert went == [(PUBLIC, receiver.port)]
    assert len(answers) == 2
    assert receiver.heard == []


@pytest.mark.parametrize(
    "numbers",
    [
        ("127.0.0.1",), (PUBLIC, "10.0.0.8"), ("169.254.169.254",), ("::1",), ("fd00::1",), ("::ffff:10.0.0.8",), ("64:ff9b::a00:8",),
        ("2002:a00:8::",), ("224.0.0.1",), ("100.64.0.1",), ("0.0.0.0",), ("fe80::1%eth0",), ("255.255.255.255",),
    ],
)  # fmt: skip
def test_a_name_is_refused_if_any_of_its_numbers_is_not_public(
    numbers: tuple[str, ...], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    went = lead(monkeypatch, PUBLIC)
    stand_for(monkeypatch, "inside.example", *numbers)
    assert why(f"https://inside.example:{receiver.port}/") == "private"
    assert went == []


@pytest.mark.parametrize("number", [PUBLIC, "8.8.8.8", "2606:4700::1111"])
def test_public_numbers_are_public(number: str) -> None:
    assert outside.is_public(number)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example/", "not_https"), ("https://user:secret@hooks.example/", "not_https"), ("file:///etc/passwd", "not_https"),
        ("https://", "not_https"), ("https://hooks.example:99999/", "no_address"), ("https://hooks.example/a b", "no_address"),
        ("https://hooks.example/\r\nX: y", "no_address"), ("https://" + "a" * 70 + ".example/", "no_address"),
    ],
)  # fmt: skip
def test_only_plain_https_is_asked(url: str, code: str) -> None:
    assert why(url) == code


def test_a_certificate_of_somebody_else_is_refused(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_for(monkeypatch, "other.example", PUBLIC)
    assert why(f"https://other.example:{receiver.port}/") == "certificate"
    monkeypatch.delenv("SSL_CERT_FILE")
    assert why(receiver.url) == "certificate"
    assert receiver.heard == []


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [307], {"Location": "https://127.0.0.1/secret"}
    assert outside.ask("POST", receiver.url).status == 307
    assert len(receiver.heard) == 1


def test_an_answer_in_drops_ends_with_the_whole_time(receiver: Receiver) -> None:
    receiver.drips = True
    begun = time.monotonic()
    assert why(receiver.url, seconds=0.4) == "too_slow"
    assert time.monotonic() - begun < 1.5


def test_a_long_answer_is_cut_off_and_a_webhooks_is_not_even_read(receiver: Receiver) -> None:
    assert why(receiver.url, at_most=1) == "too_long"
    assert outside.ask("POST", receiver.url, at_most=0).body == b""


def test_what_speaks_no_http_is_told_apart_from_silence(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    assert why(f"https://{HOST}:1/") == "no_connection"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert why(f"https://{HOST}:{port}/") == "no_connection"


def test_a_host_that_the_operator_named_may_be_private(receiver: Receiver, settings: Any) -> None:
    assert why(f"https://localhost:{receiver.port}/") == "private"
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    assert outside.ask("POST", f"https://localhost:{receiver.port}/").status == 200


def test_the_port_of_webhooks_tells_the_wish_to_wait(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.statuses, receiver.headers = [429], {"Retry-After": "120"}
    assert webhooks.Outside().post(receiver.url, b"{}", {}) == Answer(429, 120)
    with pytest.raises(Unreached, match="private"):
        webhooks.Outside().check("https://10.0.0.8/")
    with pytest.raises(Unreached, match="not_https"):
        webhooks.Outside().post("http://hooks.example/", b"", {})
