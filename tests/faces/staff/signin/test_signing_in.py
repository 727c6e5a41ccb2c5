"""Signing in by password, second factor and invitation; what a stranger learns and cannot do."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import Client
from django.urls import reverse

from forecourt.engines.messaging.models import Message
from forecourt.faces.staff.people.letters import invitation_letter, still_open, write
from forecourt.records.accounts import factors, signins
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import deputies, invitations, organisations
from forecourt.records.dealership.events import StaffInvited
from forecourt.records.dealership.models import Invitation, StaffMember
from forecourt.runtime import clock, links
from tests.cast import Alpen

PASSWORD = "lamp otter granite seven"


@pytest.fixture
def alice(alpen: Alpen) -> Account:
    account = alpen.staff["Alice Adler"].account
    account.set_password(PASSWORD)
    account.save()
    return account


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password}, **more)


def code_of(secret: str, steps: int = 0) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps)))


# -- password and second factor --


def test_a_password_alone_does_where_no_second_factor_is_asked_for(alice: Account) -> None:
    client = Client()
    assert sign_in(client, alice.email)["Location"] == "/staff/"
    assert client.get("/staff/board/").status_code == 200
    assert [each.how for each in signins.of(alice)] == ["password"]


def test_who_has_an_app_is_asked_for_its_code_and_a_code_works_once(alice: Account) -> None:
    secret = factors.new_secret()
    factors.add_app(alice, secret)
    client = Client()
    assert sign_in(client, alice.email)["Location"] == reverse("mfa_authenticate")
    assert client.get("/staff/board/")["Location"].startswith("/signin/")
    assert "not right" in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    code = code_of(secret)
    assert client.post(reverse("mfa_authenticate"), {"code": code})["Location"] == "/staff/"
    assert client.get("/staff/board/").status_code == 200
    again = Client()
    sign_in(again, alice.email)
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert again.get("/staff/board/")["Location"].startswith("/signin/")
    assert [each.how for each in signins.of(alice)] == ["second_factor"]


def test_where_a_second_factor_is_required_only_the_page_to_set_it_up_is_open(alpen: Alpen, alice: Account) -> None:
    with alpen.scope():
        organisations.ask_for_second_factor(actor=alpen.actor("Anna Amort"), wanted=True)
    client = Client()
    sign_in(client, alice.email)
    assert client.get("/staff/board/")["Location"] == reverse("own:security")
    assert client.post(reverse("staff_live"))["Location"] == reverse("own:security")
    assert "asks for more than a password" in client.get(reverse("own:security")).content.decode()
    client.get(reverse("own:app"))
    secret = client.session["app_secret"]
    assert client.post(reverse("own:app"), {"code": "123"}).status_code == 422
    answer = client.post(reverse("own:app"), {"code": code_of(secret)})
    assert len(answer.context["codes"]) == 10
    assert client.get("/staff/board/").status_code == 200


def test_a_recovery_code_brings_one_in_once(alice: Account) -> None:
    factors.add_app(alice, factors.new_secret())
    code = factors.new_recovery_codes(alice)[0]
    for status in (302, 200):
        client = Client()
        sign_in(client, alice.email)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == status


# -- strangers --


def test_a_wrong_password_and_an_unknown_address_are_told_alike(alice: Account) -> None:
    def told(email: str) -> str:
        page = sign_in(Client(), email, "wrong password").content.decode()
        return re.sub(r'(value|nonce|content|hx-headers:inherited)=("[^"]*"|\'[^\']*\')', "", page.replace(email, ""))

    assert told(alice.email) == told("nobody@alpen.example")


def test_guessing_is_stopped_with_429_and_the_time_to_wait(alice: Account) -> None:
    for _ in range(5):
        assert sign_in(Client(), alice.email, "wrong").status_code == 200
    stopped = sign_in(Client(), alice.email, PASSWORD)
    assert stopped.status_code == 429
    assert 1 <= int(stopped["Retry-After"]) <= 60
    for _ in range(5):
        sign_in(Client(), "nobody@alpen.example", "wrong")
    assert sign_in(Client(), "nobody@alpen.example", "wrong").status_code == 429  # no tell-tale


def test_a_stranger_locks_nobody_out(alice: Account) -> None:
    own = Client()
    sign_in(own, alice.email)
    device = own.cookies[f"{settings.SESSION_COOKIE_NAME}_device"].value
    for _ in range(6):
        last = sign_in(Client(), alice.email, "wrong")
    assert last.status_code == 429
    assert sign_in(Client(), alice.email, REMOTE_ADDR="198.51.100.7").status_code == 302  # from elsewhere
    back = Client()
    back.cookies[f"{settings.SESSION_COOKIE_NAME}_device"] = device
    assert sign_in(back, alice.email).status_code == 302  # beside the stranger, on a known device


def test_a_forged_proxy_header_counts_for_nothing(alice: Account) -> None:
    for number in range(5):
        sign_in(Client(), alice.email, "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert sign_in(Client(), alice.email, "wrong", headers={"X-Forwarded-For": "203.0.113.99"}).status_code == 429


def test_a_device_cookie_of_somebody_else_is_no_known_device(alpen: Alpen, alice: Account) -> None:
    bob = alpen.staff["Bob Brenner"].account
    bob.set_password(PASSWORD)
    bob.save()
    his = Client()
    sign_in(his, bob.email)
    his.post(reverse("account_logout"))
    for _ in range(5):
        sign_in(his, alice.email, "wrong")
    assert sign_in(his, alice.email, "wrong").status_code == 429


# -- invitation --


@pytest.fixture
def invitation(alpen: Alpen) -> Invitation:
    with alpen.scope():
        return invitations.invite(
            actor=alpen.actor("Anna Amort"), email="nora@new.example", name="Nora Neu", role="adviser", site_ids=(alpen.bozen.pk,)
        )


def join_url(alpen: Alpen, invitation: Invitation) -> str:
    token = links.make(purpose="staff_invitation", organisation_id=alpen.id, subject_id=invitation.pk, holder_id=invitation.link_id, days=7)
    return reverse("staff_join", args=[token])


def test_the_invited_choose_a_password_and_are_in(alpen: Alpen, invitation: Invitation) -> None:
    client, url = Client(), join_url(alpen, invitation)
    page = client.get(url).content.decode()
    assert "Nora Neu" in page
    assert "Bozen" in page
    assert "Meran" not in page
    weak = client.post(url, {"password": "autohaus123"})
    assert weak.status_code == 422
    assert "too easy to guess" in weak.content.decode()
    assert client.post(url, {"password": PASSWORD})["Location"] == "/staff/"
    assert client.get("/staff/board/").status_code == 200
    assert Client().get(url).status_code == 404
    assert Client().post(url, {"password": PASSWORD}).status_code == 404


def test_following_the_link_changes_nothing(alpen: Alpen, invitation: Invitation) -> None:
    for _ in range(2):
        Client().get(join_url(alpen, invitation))
    assert not Account.objects.filter(email="nora@new.example").exists()


def test_who_has_an_account_signs_in_with_it_and_accepts(alpen: Alpen, invitation: Invitation) -> None:
    Account.objects.create_user("nora@new.example", PASSWORD, name="Nora")
    url, client = join_url(alpen, invitation), Client()
    assert "Come in with this password" not in client.get(url).content.decode()
    assert client.post(url, {"password": "another long secret phrase"}).status_code == 200
    assert sign_in(client, "nora@new.example").status_code == 302
    assert client.post(url)["Location"] == "/staff/"
    with alpen.scope():
        assert StaffMember.objects.get(account__email="nora@new.example").role == "adviser"


def test_the_mail_carries_the_link_and_is_not_sent_once_it_is_withdrawn(alpen: Alpen, invitation: Invitation) -> None:
    with alpen.scope():
        write(StaffInvited(invitation_id=invitation.pk, role="adviser"))
        message = Message.objects.get(cause_kind="staff_invitation")
        assert (message.address, message.customer_id) == ("nora@new.example", None)
        assert still_open(message) is None
        content = invitation_letter(message)
        assert join_url(alpen, invitation).rpartition("/join/")[2][:40] in content.text
        invitations.withdraw(actor=alpen.actor("Anna Amort"), invitation_id=invitation.pk)
        verdict = still_open(message)
        assert verdict is not None
        assert verdict.allowed is False


# -- confirming, devices, places --


def stale(client: Client) -> None:
    session = client.session
    session["signed_in_confirmed_at"] = time.time() - 601
    session.save()


def test_powerful_acts_ask_again_after_ten_minutes(alpen: Alpen) -> None:
    anna = alpen.staff["Anna Amort"].account
    anna.set_password(PASSWORD)
    anna.save()
    client = Client()
    sign_in(client, anna.email)
    stale(client)
    adjust = {"role": "adviser", "right": "workshop.book", "allowed": "no"}
    asked = client.post(reverse("people:adjust"), adjust, headers={"referer": f"http://testserver{reverse('people:rights')}"})
    assert asked["Location"] == f"{reverse('own:confirm')}?next={reverse('people:rights')}"
    alpen.organisation.refresh_from_db()
    assert alpen.organisation.adjusted_rights == {}
    assert client.post(reverse("own:confirm"), {"password": "wrong", "next": "/staff/people/rights/"}).status_code == 422
    assert client.post(reverse("own:confirm"), {"password": PASSWORD, "next": "//evil.example"})["Location"] == "/staff/"
    client.post(reverse("people:adjust"), adjust)
    alpen.organisation.refresh_from_db()
    assert alpen.organisation.adjusted_rights == {"adviser": {"workshop.book": False}}


def test_who_has_a_second_factor_does_not_confirm_by_password(alice: Account) -> None:
    secret = factors.new_secret()
    factors.add_app(alice, secret)
    client = Client()
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    stale(client)
    assert client.post(reverse("own:confirm"), {"password": PASSWORD}).status_code == 422
    assert client.post(reverse("own:confirm"), {"code": code_of(secret)})["Location"] == "/staff/"


def test_a_device_is_signed_out_from_another(alice: Account) -> None:
    phone, desk = Client(), Client()
    sign_in(phone, alice.email)
    sign_in(desk, alice.email)
    other = signins.of(alice).get(session_key=phone.session.session_key)
    desk.post(reverse("own:end_device"), {"device": str(other.pk)})
    assert phone.get("/staff/board/")["Location"].startswith("/signin/")
    assert desk.get("/staff/board/").status_code == 200
    desk.post(reverse("own:end_all_devices"))
    assert desk.get("/staff/board/").status_code == 200


def test_a_new_password_signs_out_everywhere_else(alice: Account) -> None:
    phone, desk = Client(), Client()
    sign_in(phone, alice.email)
    sign_in(desk, alice.email)
    assert desk.post(reverse("own:password"), {"password": "another quite unlikely phrase"}).status_code == 302
    assert desk.get("/staff/board/").status_code == 200
    assert phone.get("/staff/board/")["Location"].startswith("/signin/")


def test_a_deputy_takes_the_place_and_loses_it_when_its_time_is_over(alpen: Alpen, alice: Account, set_clock: Any) -> None:
    from datetime import timedelta

    now = clock.now()
    with alpen.scope():
        deputies.name(
            actor=alpen.actor("Anna Amort"), staff_member_id=alpen.staff["Max Mair"].pk, stand_in_id=alpen.staff["Alice Adler"].pk,
            starts_at=now, ends_at=now + timedelta(hours=2),
        )  # fmt: skip
    client = Client()
    sign_in(client, alice.email)
    assert client.get(reverse("people:list")).status_code == 403
    client.post(reverse("own:act_for"), {"colleague": str(alpen.staff["Max Mair"].pk)})
    page = client.get(reverse("people:list"))
    assert page.status_code == 200
    assert "You act for Max Mair" in page.content.decode()
    set_clock(now + timedelta(hours=3))
    assert client.get(reverse("people:list")).status_code == 403
    assert client.get("/staff/board/").status_code == 200
