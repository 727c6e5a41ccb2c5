"""The local mail server's mails, readable on this machine only and unable to do anything."""

import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from forecourt.adapters.mailserver import server

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning")]


@pytest.fixture(autouse=True)
def two_mails(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.IS_LOCAL = settings.RUNS_MAIL_SERVER = True
    with server.running(tmp_path / "mail") as port, smtplib.SMTP("127.0.0.1", port) as talk:
        for to, subject in (("dana@example.org", "Ihr Räderwechsel"), ("eve@example.org", "La tua <b>revisione</b>")):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"], message["Message-ID"] = "bozen@example.org", to, subject, f"<{to}>"
            message.set_content("Guten Tag")
            message.add_alternative(
                "<html><head><title>x</title></head><body><script>alert(1)</script>Guten Tag</body></html>", subtype="html"
            )
            talk.send_message(message)


def test_the_newest_mails_are_listed_and_found_by_recipient(client: Client) -> None:
    page = client.get("/mailbox").content.decode()
    assert page.index("La tua &lt;b&gt;revisione&lt;/b&gt;") < page.index("Ihr Räderwechsel")

    found = client.get("/mailbox", {"q": "DANA@"}).content.decode()
    assert "Ihr Räderwechsel" in found
    assert "revisione" not in found
    assert "No mail to such a recipient." in client.get("/mailbox", {"q": "nobody"}).content.decode()


def test_a_mail_is_shown_as_letter_text_and_raw(client: Client) -> None:
    page = client.get("/mailbox/1").content.decode()
    assert 'src="/mailbox/1/html"' in page
    assert "Guten Tag" in page
    assert client.get("/mailbox/1/raw").content.startswith(b"From: bozen@example.org")
    assert client.get("/mailbox/1/raw").headers["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/mailbox/9").status_code == 404


def test_the_letter_is_sealed_off(client: Client) -> None:
    letter = client.get("/mailbox/1/html")

    policy = letter.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';")
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert letter.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank"><title>' in letter.content.decode()


@pytest.mark.parametrize("setting", ["IS_LOCAL", "RUNS_MAIL_SERVER"])
@pytest.mark.parametrize("address", ["/mailbox", "/mailbox/1", "/mailbox/1/html", "/mailbox/1/raw"])
def test_there_is_no_mailbox_where_others_could_read_it(client: Client, settings: Any, setting: str, address: str) -> None:
    setattr(settings, setting, False)

    assert client.get(address).status_code == 404
