"""The SMTP client against servers that behave, refuse, hang up and dawdle."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forecourt.adapters import smtp
from forecourt.adapters.mailserver import faults, server
from forecourt.adapters.mailserver.mailbox import Mailbox
from forecourt.engines.messaging.ports import Answer, Envelope, RelayDown, Unanswered
from forecourt.kernel.errors import Rejected, TryLater

pytestmark = pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning")


def envelope(number: int = 1, recipient: str = "dana@example.org") -> Envelope:
    message_id = f"<{number}@forecourt>"
    data = f"Message-ID: {message_id}\r\nSubject: Hi\r\n\r\n.one\r\n..two\r\n".encode()
    return Envelope(message_id=message_id, sender="return+x@example.org", recipient=recipient, data=data)


@contextmanager
def relay_to(folder: Path, wrong: str = "", seconds: float = 3) -> Iterator[smtp.SmtpRelay]:
    with server.running(folder, faults.read(wrong)) as port, smtp.relay(f"smtp://127.0.0.1:{port}", seconds)() as relay:
        yield relay


def test_many_mails_go_over_one_connection_and_arrive_as_they_were(tmp_path: Path) -> None:
    with relay_to(tmp_path) as relay:
        answers = [relay.submit(envelope(number)) for number in range(1, 4)]
        connection = relay._connection
        relay.submit(envelope(4))
        assert relay._connection is connection

    assert [(answer.code, answer.text) for answer in answers] == [(250, f"2.0.0 Taken as {number}") for number in range(1, 4)]
    assert [mail.raw for mail in Mailbox(tmp_path).messages()][-1] == envelope(1).data


def test_a_relay_that_can_be_asked_says_what_it_took(tmp_path: Path) -> None:
    with relay_to(tmp_path) as relay:
        assert relay.took("<1@forecourt>") is False
        relay.submit(envelope(1))
        assert relay.took("<1@forecourt>") is True


def test_a_refused_recipient_does_not_end_the_session(tmp_path: Path) -> None:
    with relay_to(tmp_path, "550:*@gone.example;450:*@busy.example") as relay:
        with pytest.raises(Rejected, match=r"550 5\.1\.1 No such mailbox"):
            relay.submit(envelope(1, "who@gone.example"))
        with pytest.raises(TryLater, match=r"450 4\.2\.1"):
            relay.submit(envelope(2, "who@busy.example"))
        relay.submit(envelope(3))

    assert [delivery.message_id for delivery in Mailbox(tmp_path).envelopes()] == ["3@forecourt"]


def test_a_lost_last_word_is_not_taken_for_a_refusal(tmp_path: Path) -> None:
    with relay_to(tmp_path, "drop-after-storing=1") as relay, pytest.raises(Unanswered):
        relay.submit(envelope())

    with relay_to(tmp_path, "slow-after-storing=2", seconds=0.5) as relay, pytest.raises(Unanswered):
        relay.submit(envelope(2))


def test_nobody_there_is_a_relay_that_is_down() -> None:
    with smtp.relay("smtp://127.0.0.1:1", 1)() as relay, pytest.raises(RelayDown, match="ConnectionRefusedError"):
        relay.submit(envelope())


@contextmanager
def scripted(replies: dict[str, str], features: str = "") -> Iterator[tuple[int, list[str]]]:
    """An old-fashioned server: answers each command by its first word; gives the port and what it heard."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line, line.makefile("rwb") as talk:
                talk.write(b"220 old ESMTP\r\n")
                talk.flush()
                for raw in talk:
                    heard.append(raw.decode().split()[0].upper())
                    usual = f"250-old\r\n250 {features or 'HELP'}" if heard[-1] == "EHLO" else "250 ok"
                    answer = replies.get(heard[-1], usual)
                    talk.write(f"{answer}\r\n".encode())
                    talk.flush()
                    if answer.startswith("354") and b".\r\n" in talk:  # reads on until the end of the mail, or of the line
                        talk.write(b"250 stored\r\n")
                        talk.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join(5)


def test_a_relay_without_pipelining_is_spoken_to_step_by_step_and_cannot_be_asked() -> None:
    with scripted({"DATA": "354 go on"}) as (port, heard), smtp.relay(f"smtp://127.0.0.1:{port}", 3)() as relay:
        assert relay.took("<1@forecourt>") is None
        assert relay.submit(envelope()) == Answer(250, "stored")

    assert heard == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


def test_a_relay_that_wants_a_mail_for_no_recipient_gets_none() -> None:
    with scripted({"RCPT": "550 5.1.1 unknown", "DATA": "354 go on"}, features="PIPELINING") as (port, heard):  # noqa: SIM117 - the session ends first
        with smtp.relay(f"smtp://127.0.0.1:{port}", 3)() as relay, pytest.raises(Rejected, match="unknown"):
            relay.submit(envelope())

    assert heard == ["EHLO", "MAIL", "RCPT", "DATA"]
