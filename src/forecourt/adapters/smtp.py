"""A mail relay over SMTP: one connection for many mails, commands in one flight where the relay allows (RFC 2920).

Fills `engines.messaging.ports.Relay`. A relay that announces `XTOOK`, as our local server does, can be asked whether it took a
Message-ID; of others we know nothing (`took` answers None). Every handing over ends within the deadline, whatever the relay does, so
that it is over before the message's lease is.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from urllib.parse import unquote, urlsplit

from forecourt.engines.messaging.ports import Answer, Envelope, RelayDown, Unanswered
from forecourt.kernel.errors import Rejected, TryLater

DEADLINE_SECONDS = 25.0
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
_Reply = tuple[int, str]


class SmtpRelay:
    """One session; connects at the first need and again after a lost connection."""

    def __init__(self, url: str, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._url = urlsplit(url)
        self._deadline_seconds = deadline_seconds
        self._connection: smtplib.SMTP | None = None
        self._ends = 0.0

    def submit(self, envelope: Envelope) -> Answer:
        self._ends = time.monotonic() + self._deadline_seconds
        connection = self._connected()
        with self._nothing_taken():
            self._introduce(connection, envelope)
        body = smtplib._quote_periods(envelope.data)  # type: ignore[attr-defined]  # noqa: SLF001 - the library's own dot-stuffing
        try:
            self._hurry(connection)
            connection.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
            self._hurry(connection)
            code, text = _reply(connection)
        except (OSError, smtplib.SMTPException) as fault:
            # Part of the last packet may have arrived, with the dot in it.
            self.close()
            raise Unanswered(str(fault)) from fault
        _judge(code, text)
        return Answer(code, text)

    def took(self, message_id: str) -> bool | None:
        self._ends = time.monotonic() + self._deadline_seconds
        connection = self._connected()
        if not connection.has_extn("xtook"):
            return None
        with self._nothing_taken():
            self._hurry(connection)
            code, text = _decoded(connection.docmd("XTOOK", message_id))
        if code != 250:
            raise TryLater(f"{code} {text}")
        return text.startswith("yes")

    def close(self) -> None:
        """End the session; what was taken stays taken."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.close()

    def bid_farewell(self) -> None:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._hurry(self._connection)
                self._connection.quit()
        self.close()

    def _introduce(self, connection: smtplib.SMTP, envelope: Envelope) -> None:
        """MAIL, RCPT and DATA; returns when the relay waits for the mail."""
        commands = [f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>", "DATA"]
        replies: list[_Reply] = []
        if connection.has_extn("pipelining"):
            self._hurry(connection)
            connection.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))
            replies = [self._next(connection) for _ in commands]
        else:
            for command in commands:
                self._hurry(connection)
                connection.send(f"{command}\r\n".encode("ascii"))
                replies.append(self._next(connection))
                if replies[-1][0] >= 400:
                    break
        wrong = next((reply for reply in replies if reply[0] >= 400), None)
        if wrong is None:
            return
        if len(replies) == len(commands) and replies[-1][0] == 354:
            # It waits for a mail although it knows no recipient; this session cannot be used in any safe way.
            self.close()
        elif self._connection is not None:
            self._hurry(connection)
            connection.docmd("RSET")
        _judge(*wrong)

    def _next(self, connection: smtplib.SMTP) -> _Reply:
        self._hurry(connection)
        code, text = _reply(connection)
        if code == 421:
            self.close()
            raise TryLater(f"{code} {text}")
        return code, text

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            with self._nothing_taken():
                self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        open_session = smtplib.SMTP_SSL if self._url.scheme == "smtps" else smtplib.SMTP
        connection = open_session(host, port or (465 if self._url.scheme == "smtps" else 587), timeout=min(10.0, self._deadline_seconds))
        try:
            # Small packets in quick turns: waiting to fill one costs 40 ms a mail.
            if connection.sock is not None:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.ehlo_or_helo_if_needed()
            if connection.has_extn("starttls") and host not in _LOCAL:
                connection.starttls(context=ssl.create_default_context())
                connection.ehlo()
            if self._url.username:
                connection.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            connection.close()
            raise
        return connection

    def _hurry(self, connection: smtplib.SMTP) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the relay is too slow")
        if connection.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is gone")
        connection.sock.settimeout(left)

    @contextmanager
    def _nothing_taken(self) -> Iterator[None]:
        """A fault in here means that this mail was certainly not taken."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise RelayDown(_words(fault)) from fault


def relay(url: str, deadline_seconds: float = DEADLINE_SECONDS) -> Callable[[], AbstractContextManager[SmtpRelay]]:
    """How to open a session with the relay of this URL: `smtp://user:password@host:587`, `smtps://…`."""

    @contextmanager
    def opened() -> Iterator[SmtpRelay]:
        session = SmtpRelay(url, deadline_seconds)
        try:
            yield session
        finally:
            session.bid_farewell()

    return opened


def _reply(connection: smtplib.SMTP) -> _Reply:
    return _decoded(connection.getreply())


def _decoded(reply: tuple[int, bytes]) -> _Reply:
    code, text = reply
    if code == -1:
        raise smtplib.SMTPServerDisconnected("the relay hung up")
    return code, text.decode("utf-8", "replace").replace("\n", " ")


def _judge(code: int, text: str) -> None:
    if 400 <= code < 500:
        raise TryLater(f"{code} {text}")
    if code >= 500:
        raise Rejected(f"{code} {text}")


def _words(fault: Exception) -> str:
    """What went wrong, without anything that could hold a password."""
    if isinstance(fault, smtplib.SMTPResponseException):
        words = fault.smtp_error.decode("utf-8", "replace") if isinstance(fault.smtp_error, bytes) else str(fault.smtp_error)
        return f"{fault.smtp_code} {words}"
    return f"{type(fault).__name__}: {fault}"
