"""A program of somebody else's, as a twin: a real server behind a certificate of the test's own authority, that answers as it is told.

`receiver` is the fixture; `receiver.url` stands for the public host `hooks.example`, whose name and number a test may put where it wants.
"""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hooks.example"
PUBLIC = "93.184.215.14"
"""A public address that the tests' names stand for; nothing is ever sent there."""


@dataclass
class Heard:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    asked_for: str
    """The name in the TLS greeting (SNI)."""


@dataclass
class Receiver:
    """What it heard, and what it says next: statuses one after the other, then 200."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    drips: bool = False
    names: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/in?for=us"


def authority(folder: Path, *hosts: str) -> tuple[Path, Path]:
    """A certificate for the hosts, and of whom it comes: (authority, certificate with key)."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The tests' own authority")])
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, None)
    leaf = _certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])]), root_name, key.public_key(), root_key, hosts)
    trusted, own = folder / "authority.pem", folder / "own.pem"
    trusted.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + secret)
    return trusted, own


def _certificate(subject: x509.Name, issuer: x509.Name, public: Any, signed_by: Any, hosts: tuple[str, ...] | None) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=hosts is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), critical=False)
    )  # fmt: skip
    if hosts is None:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName([_named(host) for host in hosts]), critical=False)
    return builder.sign(signed_by, hashes.SHA256())


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def _answer(self) -> None:
        told: Receiver = self.server.told
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        told.heard.append(Heard(self.path, headers, body, told.names[-1] if told.names else ""))
        if told.drips:
            with suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b"H" if _ else b"HTTP/1.1 200 ")
                    time.sleep(0.05)
            return
        self.send_response(told.statuses.pop(0) if told.statuses else 200)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(told.body)))
        self.end_headers()
        self.wfile.write(told.body)

    do_POST = do_GET = _answer  # noqa: N815 - as the standard library calls them

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A greeting that was refused."""


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return authority(tmp_path_factory.mktemp("authority"), HOST, "localhost")


@pytest.fixture
def receiver(certificates: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """It listens on this machine, and `hooks.example` stands for a public address that leads here."""
    trusted, own = certificates
    told = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.sni_callback = lambda _socket, name, _context: told.names.append(str(name))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with _Server(("127.0.0.1", 0), _Handler, bind_and_activate=True) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.told = told  # type: ignore[attr-defined]
        told.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        stand_for(monkeypatch, HOST, PUBLIC)
        lead(monkeypatch, PUBLIC)
        yield told
        server.shutdown()


def stand_for(monkeypatch: pytest.MonkeyPatch, host: str, *numbers: str) -> None:
    """Let a name stand for numbers: all of them at once."""
    before = socket.getaddrinfo

    def found(name: Any, port: Any, *more: Any, **others: Any) -> Any:
        if name != host:
            return before(name, port, *more, **others)
        kinds = [(socket.AF_INET6 if ":" in each else socket.AF_INET, each) for each in numbers]
        return [(kind, socket.SOCK_STREAM, 6, "", (each, port)) for kind, each in kinds]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def lead(monkeypatch: pytest.MonkeyPatch, number: str) -> list[tuple[str, int]]:
    """Let a public number lead to this machine; the list holds where connections went."""
    before, went = socket.create_connection, list[tuple[str, int]]()

    def connect(address: tuple[str, int], *more: Any, **others: Any) -> socket.socket:
        went.append(address)
        return before(("127.0.0.1", address[1]) if address[0] == number else address, *more, **others)

    monkeypatch.setattr(socket, "create_connection", connect)
    return went
