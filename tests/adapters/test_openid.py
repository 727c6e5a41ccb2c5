"""What a dealer names as identity provider is never a way into the operator's own network."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from forecourt.adapters import openid
from forecourt.kernel.errors import Rejected, TryLater


class _Answers(BaseHTTPRequestHandler):
    status, body = 200, b"{}"
    headers_sent: dict[str, str] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def inside() -> Iterator[str]:
    """Something that answers inside the network."""
    _Answers.status, _Answers.body, _Answers.headers_sent, _Answers.asked = 200, b"{}", {}, []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1", "https://localhost", "https://10.0.0.8", "https://192.168.1.1", "https://172.16.0.1", "https://169.254.169.254",
        "https://[::1]", "https://[fd00::1]", "https://[::ffff:10.0.0.8]", "https://0.0.0.0", "https://2130706433", "https://0x7f000001",
        "https://100.64.0.1",
    ],
)  # fmt: skip
def test_no_address_inside_a_network_is_asked(address: str) -> None:
    with pytest.raises((Rejected, TryLater)):
        openid.discover(address)


@pytest.mark.parametrize(
    "address", ["http://login.example", "ftp://login.example", "file:///etc/passwd", "https://a:b@login.example", "login"]
)
def test_only_plain_https_is_asked(address: str) -> None:
    with pytest.raises(Rejected):
        openid.discover(address)


def test_what_stands_inside_is_not_even_connected_to(inside: str) -> None:
    with pytest.raises(Rejected):
        openid.discover(inside)
    assert _Answers.asked == []


def test_a_redirect_is_not_followed(inside: str, settings: Any) -> None:
    settings.INTERNAL_HOSTS = frozenset({"127.0.0.1"})
    _Answers.status, _Answers.headers_sent = 302, {"Location": f"{inside}/secret"}
    with pytest.raises(Rejected):
        openid.discover(inside)
    assert _Answers.asked == ["/.well-known/openid-configuration"]


def test_an_endless_answer_is_cut_off(inside: str, settings: Any) -> None:
    settings.INTERNAL_HOSTS = frozenset({"127.0.0.1"})
    _Answers.body = json.dumps({"issuer": inside, "more": "x" * (2 << 20)}).encode()
    with pytest.raises(Rejected):
        openid.discover(inside)


def test_a_provider_that_sends_the_browser_inside_is_refused(inside: str, settings: Any) -> None:
    settings.INTERNAL_HOSTS = frozenset({"127.0.0.1"})
    told = {
        "issuer": inside,
        "authorization_endpoint": f"{inside}/auth",
        "token_endpoint": "https://10.0.0.8/token",
        "jwks_uri": f"{inside}/keys",
    }
    _Answers.body = json.dumps(told).encode()
    with pytest.raises(Rejected):
        openid.discover(inside)


def test_a_provider_of_another_name_is_refused(inside: str, settings: Any) -> None:
    settings.INTERNAL_HOSTS = frozenset({"127.0.0.1"})
    _Answers.body = json.dumps({"issuer": "https://login.example"}).encode()
    with pytest.raises(Rejected):
        openid.discover(inside)
