"""A forgotten password: the same answer for everybody, a link that works once, all sessions ended, the second factor asked for as ever."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.adapters.mailserver.mailbox import Mailbox
from forecourt.engines.messaging import account_letters
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.records.accounts import factors, signins
from forecourt.records.accounts.models import Account
from forecourt.runtime import clock
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen
from tests.engines.messaging.conftest import mail_server, mailbox  # noqa: F401 - fixtures

OLD, NEW = "lamp otter granite seven", "violet anchor pepper nine"


@pytest.fixture
def alice(alpen: Alpen) -> Account:
    account = alpen.staff["Alice Adler"].account
    account.set_password(OLD)
    account.save()
    return account


@pytest.fixture
def post(mail_server: Any, mailbox: Mailbox) -> Callable[[], list[str]]:  # noqa: F811 - the fixtures
    """Let what waits leave over real SMTP, and read the texts that arrived, the newest last."""

    def leave() -> list[str]:
        with mail_server():
            for letter in PersonalLetter.objects.filter(state="queued").order_by("queued_at"):
                account_letters.send(letter.pk)
        return [mail.text() for mail in reversed(mailbox.messages())]

    return leave


def ask(email: str, client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("staff_forgotten"), {"email": email})


def link_in(text: str) -> str:
    found = re.search(r"/signin/forgotten/[0-9a-f-]{36}/\S+?/", text)
    assert found
    return found[0]


def test_a_new_password_ends_every_session_and_signs_nobody_in(alice: Account, post: Callable[[], list[str]], alpen: Alpen) -> None:
    elsewhere, here = Client(), Client()
    elsewhere.post(reverse("account_login"), {"login": alice.email, "password": OLD})
    assert elsewhere.get("/staff/board/").status_code == 200
    assert ask(alice.email, here)["Location"] == reverse("staff_forgotten_sent")
    [text] = post()
    link = link_in(text)
    assert here.get(link).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(OLD)  # following the link changes nothing
    assert here.post(link, {"password": NEW})["Location"] == reverse("staff_password_changed")
    assert elsewhere.get("/staff/board/").status_code == 302
    assert here.get("/staff/board/").status_code == 302
    assert signins.of(alice).count() == 0
    assert here.post(reverse("account_login"), {"login": alice.email, "password": OLD}).status_code != 302
    assert here.post(reverse("account_login"), {"login": alice.email, "password": NEW})["Location"] == "/staff/"
    assert "You were signed out everywhere" in post()[-1]
    with alpen.scope():
        assert AuditEntry.objects.get(act="password_set_anew").object_id == alpen.staff["Alice Adler"].pk


def test_the_second_factor_is_asked_for_as_ever(alice: Account, post: Callable[[], list[str]]) -> None:
    factors.add_app(alice, factors.new_secret())
    client = Client()
    ask(alice.email, client)
    client.post(link_in(post()[0]), {"password": NEW})
    answer = client.post(reverse("account_login"), {"login": alice.email, "password": NEW})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get("/staff/board/").status_code == 302


@pytest.mark.parametrize("email", ["nobody@example.org", "dana@example.org"])
def test_who_does_not_work_here_reads_the_same_and_gets_no_mail(alice: Account, post: Callable[[], list[str]], email: str) -> None:
    Account.objects.create_user("dana@example.org", name="Dana")
    known, unknown = Client(), Client()
    first, second = ask(alice.email, known), ask(email, unknown)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    secrets = re.compile(r"[A-Za-z0-9+/_-]{22,}")  # the nonce and the tokens of the page
    pages = [secrets.sub("", client.get(first["Location"]).content.decode()) for client in (known, unknown)]
    assert pages[0] == pages[1]
    assert PersonalLetter.objects.count() == 2  # the page does the same work for both; who gets one is decided when it leaves
    assert len(post()) == 1


def test_who_left_gets_no_mail(alice: Account, alpen: Alpen, post: Callable[[], list[str]]) -> None:
    with alpen.scope():
        type(alpen.staff["Alice Adler"]).objects.filter(pk=alpen.staff["Alice Adler"].pk).update(is_active=False)
    ask(alice.email)
    assert post() == []


def test_who_has_a_passkey_and_no_password_is_told_so_without_a_link(alice: Account, post: Callable[[], list[str]]) -> None:
    alice.set_unusable_password()
    alice.save()
    ask(alice.email)
    [text] = post()
    assert "You have none" in text
    assert "/signin/forgotten/" not in text


def test_a_link_works_once(alice: Account, post: Callable[[], list[str]]) -> None:
    ask(alice.email)
    link = link_in(post()[0])
    assert Client().post(link, {"password": NEW}).status_code == 302
    assert Client().post(link, {"password": OLD}).status_code == 404
    alice.refresh_from_db()
    assert alice.check_password(NEW)


@pytest.mark.parametrize("what", ["an hour", "a sign-in", "another address", "signed out everywhere", "let go"])
def test_a_link_ends_with(alice: Account, post: Callable[[], list[str]], set_clock: Callable[..., None], what: str) -> None:
    ask(alice.email)
    link = link_in(post()[0])
    if what == "an hour":
        set_clock(clock.now() + timedelta(minutes=61))
    elif what == "a sign-in":
        Client().post(reverse("account_login"), {"login": alice.email, "password": OLD})
    elif what == "another address":
        Account.objects.filter(pk=alice.pk).update(email="alice@elsewhere.example")
    elif what == "signed out everywhere":
        signins.end_all(alice)
    else:
        Account.objects.filter(pk=alice.pk).update(is_active=False)
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": NEW}).status_code == 404


def test_a_link_is_nobody_elses_and_cannot_be_guessed(alice: Account, alpen: Alpen, post: Callable[[], list[str]]) -> None:
    ask(alice.email)
    link = link_in(post()[0])
    other = link.replace(str(alice.pk), str(alpen.staff["Anna Amort"].account_id))
    assert Client().get(other).status_code == 404
    assert Client().get(link[:-2] + "x/").status_code == 404


def test_a_password_that_is_easy_to_guess_is_refused_and_the_link_stays(alice: Account, post: Callable[[], list[str]]) -> None:
    ask(alice.email)
    link = link_in(post()[0])
    assert Client().post(link, {"password": "password1"}).status_code == 422
    assert Client().post(link, {"password": NEW}).status_code == 302


def test_asking_too_often_waits_and_no_stranger_keeps_the_owner_from_asking(alice: Account, post: Callable[[], list[str]]) -> None:
    for email in (alice.email, "nobody@example.org"):
        answers = [Client().post(reverse("staff_forgotten"), {"email": email}, REMOTE_ADDR="192.0.2.9") for _try in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) > 0
    assert Client().post(reverse("staff_forgotten"), {"email": alice.email}, REMOTE_ADDR="192.0.2.10").status_code == 302
    assert PersonalLetter.objects.filter(address=alice.email).count() == 5  # a mailbox is not flooded; the links sent already still open
    assert Client().get(link_in(post()[0])).status_code == 200
