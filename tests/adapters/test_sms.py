"""The client of text gateways against our twin and against servers that refuse, hang up, dawdle and lead astray."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forecourt.adapters import outside, sms
from forecourt.adapters.smsgateway import faults, server
from forecourt.adapters.smsgateway.store import Store
from forecourt.engines.messaging.ports import RelayDown, Text, Unanswered
from forecourt.kernel.errors import Rejected, TryLater

DANA, TOKEN = "+393331234567", "very-secret-token"


@contextmanager
def gateway_in(folder: Path, wrong: str = "", *, token: str = TOKEN) -> Iterator[sms.Gateway]:
    with server.running(folder, token=TOKEN, faults=faults.read(wrong)) as port:
        yield sms.gateway(f"http://local:{token}@127.0.0.1:{port}", "Alpen", is_ours=True, seconds=2)


@contextmanager
def saying(*pieces: bytes, pause: float = 0) -> Iterator[int]:
    """A server that takes one request and says this, piece by piece."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line:
                line.recv(65_536)
                for piece in pieces:
                    try:
                        line.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


def test_a_text_is_taken_as_it_is_and_known_again(tmp_path: Path) -> None:
    text = Text(number=DANA, body="123456 è il codice\n\n@alpen.example #123456")
    with gateway_in(tmp_path) as gateway:
        assert gateway.took(text) is False
        sid = gateway.submit(text)
        assert gateway.took(text) is True
        assert gateway.took(Text(number=DANA, body="654321")) is False
        assert gateway.took(Text(number="+393330000000", body=text.body)) is False
    kept = next(Store(tmp_path).newest_first())
    assert (kept.sid, kept.to, kept.sender, kept.body) == (sid, DANA, "Alpen", text.body)


def test_each_no_is_a_decision_and_repeats_nothing_of_the_text(tmp_path: Path) -> None:
    wrong = "21211:+39111*;20429:+39222*;503:+39333*;20003:+39444*;21408:+39555*"
    with gateway_in(tmp_path, wrong) as gateway:
        for number, kind, reason in (
            ("+391110000000", Rejected, "400 21211"), ("+392220000000", TryLater, "429 20429"), ("+393330000000", TryLater, "503 503"),
            ("+394440000000", RelayDown, "401 20003"), ("+395550000000", Rejected, "403 21408"),
        ):  # fmt: skip
            with pytest.raises(kind) as no:
                gateway.submit(Text(number=number, body="123456"))
            assert no.value.reason == reason  # type: ignore[attr-defined]
    assert list(Store(tmp_path).newest_first()) == []


def test_a_wrong_token_blames_no_text_and_shows_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with gateway_in(tmp_path, token="another-secret") as gateway, pytest.raises(RelayDown) as no:
        gateway.submit(Text(number=DANA, body="123456"))
    assert "secret" not in repr(gateway) + repr(no.value) + caplog.text


def test_an_answer_that_never_came_is_no_no(tmp_path: Path) -> None:
    text = Text(number=DANA, body="123456")
    with gateway_in(tmp_path, "drop-after-storing=1") as gateway:
        with pytest.raises(Unanswered):
            gateway.submit(text)
        assert gateway.took(text) is True
    with pytest.raises(Unanswered):
        gateway.submit(text)  # nobody listens any more
    with pytest.raises(TryLater):
        gateway.took(text)


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", b"x" * (1 << 19)],
        [b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 20],
        [b"HTTP/1.1 201 Created\r\nContent-Length: 20\r\n\r\n", *[b"{"] * 20],
    ],
    ids=["endless", "headers one by one", "a body sign by sign"],
)
def test_size_and_time_are_bounded_whatever_it_says(pieces: list[bytes]) -> None:
    with saying(*pieces, pause=0.1) as port:
        began = time.monotonic()
        with pytest.raises(Unanswered):
            sms.gateway(f"http://local:x@127.0.0.1:{port}", "Alpen", is_ours=True, seconds=0.4).submit(Text(number=DANA, body="1"))
        assert time.monotonic() - began < 1.5


def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with saying(moved) as port, pytest.raises(Rejected, match="307"):
        sms.gateway(f"http://local:x@127.0.0.1:{port}", "Alpen", is_ours=True).submit(Text(number=DANA, body="1"))


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1", "https://localhost", "https://10.0.0.8", "https://169.254.169.254", "https://[::1]", "https://[::ffff:10.0.0.8]",
        "https://2130706433", "https://100.64.0.1", "http://gateway.example", "http://127.0.0.1:8003", "ftp://gateway.example",
    ],
)  # fmt: skip
def test_only_https_at_a_public_address_is_asked(address: str) -> None:
    scheme, _, rest = address.partition("://")
    with pytest.raises(Rejected, match=r"private network|https://"):
        sms.gateway(f"{scheme}://AC1:token@{rest}", "Alpen").submit(Text(number=DANA, body="1"))


def test_our_own_gateway_is_asked_on_this_machine_alone() -> None:
    for address in ("http://192.0.2.1/", "http://localhost/", "https://10.0.0.8/"):
        with pytest.raises(Rejected):
            outside.ask("GET", address, seconds=1, is_ours=True)


def test_what_it_tells_is_signed_with_its_token_over_address_and_fields() -> None:
    """The example of the provider's own documentation."""
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234", "From": "+14158675310", "To": "+18005551212"}
    address = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sms.signature("12345", address, fields) == "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert sms.is_signed("12345", address, fields, "GvWf1cFY/Q7PnoempGyD5oXAezc=")
    assert not sms.is_signed("12345", address, fields | {"Digits": "1"}, "GvWf1cFY/Q7PnoempGyD5oXAezc=")
    assert not sms.is_signed("", address, fields, sms.signature("", address, fields))


def test_a_fault_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="FORECOURT_SMS_FAULTS has '999:x'"):
        faults.read("999:x")
