"""The local mail server, asked over real SMTP."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from forecourt.adapters.mailserver import faults, server
from forecourt.adapters.mailserver.mailbox import Mailbox

pytestmark = pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning")


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with server.running(tmp_path) as port:
        yield port


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path)


def mail(message_id: str = "<1@forecourt>", to: str = "dana@example.org") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = message_id
    message["From"] = "workshop@example.com"
    message["To"] = to
    message["Subject"] = "Ihr Termin für die Inspektion"
    message.set_content("Guten Tag\n.\nPunkt am Anfang")
    message.add_alternative("<p>Guten Tag</p>", subtype="html")
    return message


def test_a_delivery_is_on_disk_with_its_envelope_when_the_server_says_yes(port: int, mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", port) as talk:
        talk.send_message(mail(), from_addr="bounce@example.com", to_addrs=["dana@example.org", "eve@example.org"])
        found = mailbox.messages()

    assert [(kept.delivery.sequence, kept.delivery.message_id, kept.delivery.sender) for kept in found] == [
        (1, "1@forecourt", "bounce@example.com")
    ]
    assert found[0].delivery.recipients == ("dana@example.org", "eve@example.org")
    assert found[0].subject == "Ihr Termin für die Inspektion"
    assert found[0].text().splitlines() == ["Guten Tag", ".", "Punkt am Anfang"]
    assert found[0].html().strip() == "<p>Guten Tag</p>"
    assert b"\r\n" in found[0].raw


def test_the_same_mail_twice_is_two_deliveries_and_the_server_can_be_asked(port: int, mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", port) as talk:
        assert "xtook" in _features(talk)
        assert "pipelining" in _features(talk)
        assert talk.docmd("XTOOK", "<1@forecourt>") == (250, b"no")
        talk.send_message(mail())
        assert talk.docmd("XTOOK", "<1@forecourt>") == (250, b"yes 1")
        talk.send_message(mail())
        assert talk.docmd("XTOOK", "<1@forecourt>") == (250, b"yes 2")
        assert talk.docmd("XTOOK", "<2@forecourt>") == (250, b"no")

    assert mailbox.deliveries("<1@forecourt>") == 2
    assert [delivery.sequence for delivery in mailbox.envelopes()] == [1, 2]


def test_numbers_go_on_after_a_restart_and_the_past_is_still_known(tmp_path: Path, mailbox: Mailbox) -> None:
    for message_id in ("<1@forecourt>", "<2@forecourt>"):
        with server.running(tmp_path) as port, smtplib.SMTP("127.0.0.1", port) as talk:
            talk.send_message(mail(message_id))
    with server.running(tmp_path) as port, smtplib.SMTP("127.0.0.1", port) as talk:
        assert talk.docmd("XTOOK", "<1@forecourt>") == (250, b"yes 1")

    assert [delivery.sequence for delivery in mailbox.envelopes()] == [1, 2]


def test_commands_may_come_all_at_once(port: int, mailbox: Mailbox) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
        line.sendall(b"EHLO test\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<dana@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n")
        line.sendall(b"Message-ID: <p@forecourt>\r\n\r\nHello\r\n.\r\nQUIT\r\n")
        last = answers.read().splitlines()[-2:]

    assert last == [b"250 2.0.0 Taken as 1", b"221 Bye"]
    assert mailbox.deliveries("p@forecourt") == 1


def test_the_mailbox_shows_the_newest_first_and_can_be_narrowed_to_one_address(port: int, mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", port) as talk:
        for number, to in enumerate(["dana@example.org", "eve@example.org", "Dana@example.org"], 1):
            talk.send_message(mail(f"<{number}@forecourt>", to))

    assert [kept.delivery.sequence for kept in mailbox.messages(limit=2)] == [3, 2]
    assert [kept.delivery.sequence for kept in mailbox.messages(to="dana@example.org")] == [3, 1]
    assert mailbox.message(2) is not None
    assert mailbox.message(4) is None


def test_more_than_25_megabytes_are_refused_and_nothing_is_kept(port: int, mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", port) as talk, pytest.raises(smtplib.SMTPSenderRefused):
        talk.sendmail("a@example.com", ["dana@example.org"], b"Subject: big\r\n\r\n" + b"x" * 70 * 400_000)

    assert mailbox.messages() == []


def test_a_fault_can_refuse_addresses(tmp_path: Path, mailbox: Mailbox) -> None:
    bad_day = faults.read("550:*@gone.example; 451:busy@*")
    with server.running(tmp_path, bad_day) as port, smtplib.SMTP("127.0.0.1", port) as talk:
        refused = talk.sendmail("a@b.c", ["x@gone.example", "busy@example.org", "dana@example.org"], b"Message-ID: <f@x>\r\n\r\nHi")

    assert {address: answer[0] for address, answer in refused.items()} == {"x@gone.example": 550, "busy@example.org": 451}
    assert mailbox.messages()[0].delivery.recipients == ("dana@example.org",)


def test_a_fault_can_hang_up_after_storing_and_the_server_still_knows(tmp_path: Path) -> None:
    with server.running(tmp_path, faults.read("drop-after-storing=1")) as port:
        with pytest.raises(smtplib.SMTPServerDisconnected), smtplib.SMTP("127.0.0.1", port) as talk:
            talk.send_message(mail())
        with smtplib.SMTP("127.0.0.1", port) as talk:
            talk.ehlo()
            assert talk.docmd("XTOOK", "<1@forecourt>") == (250, b"yes 1")


def test_a_misspelt_fault_is_an_error() -> None:
    with pytest.raises(ValueError, match="drop-after-store"):
        faults.read("drop-after-store=1")


def _features(talk: smtplib.SMTP) -> set[str]:
    talk.ehlo()
    return set(talk.esmtp_features)
