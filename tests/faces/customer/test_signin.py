"""Coming in without a password: codes and links, guessed, replayed, forwarded and used elsewhere."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from forecourt.engines.messaging.models import PersonalLetter
from forecourt.records.accounts import secrets
from forecourt.records.accounts.models import Account, Device, Proof
from forecourt.runtime import clock
from tests.cast import Alpen
from tests.faces.customer import persons

DANA = "dana@example.org"

pytestmark = pytest.mark.django_db


def test_the_code_of_the_mail_lets_in_and_opens_an_account_the_first_time() -> None:
    client = persons.browser()
    answer = persons.ask(client, "Dana@Example.org ")
    proof = persons.last_proof()
    assert answer["Location"] == f"{persons.code_page(proof)}?next=%2Fme%2F"
    letter = PersonalLetter.objects.get()
    mail = message_from_bytes(persons.mail_of(letter).data, policy=policy.default)
    assert mail["To"] == DANA
    code = persons.code_in(str(mail["Subject"]))
    assert not Account.objects.filter(email=DANA).exists()
    done = client.post(persons.code_page(proof), {"code": f"{code[:3]} {code[3:]}"})
    assert (done.status_code, done["Location"]) == (302, "/me/")
    assert persons.is_in(client)
    device = Device.objects.get()
    assert (device.account.email, device.name, device.way) == (DANA, "Chrome, Android", "code")


def test_neither_the_outbox_nor_the_proof_keeps_the_code_or_the_link() -> None:
    persons.ask(persons.browser(), DANA)
    proof, letter = Proof.objects.get(), PersonalLetter.objects.get()
    kept = "".join(str(value) for row in (proof, letter) for name, value in vars(row).items() if name != "_state")
    assert secrets.code_of(proof.pk) not in kept.replace(str(proof.pk), "")
    assert secrets.link_of(proof.pk) not in kept


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(alpen: Alpen) -> None:
    Account.objects.create_user(DANA)
    known, unknown = persons.ask(persons.browser(), DANA), persons.ask(persons.browser(), "nobody@example.org")
    assert known.status_code == unknown.status_code == 302
    assert [len(known["Location"]), sorted(known.cookies)] == [len(unknown["Location"]), sorted(unknown.cookies)]
    assert PersonalLetter.objects.count() == 2


def test_asking_costs_the_same_number_of_queries_for_known_and_unknown(django_assert_num_queries: Any) -> None:
    Account.objects.create_user(DANA)
    persons.ask(persons.browser(), "first@example.org")
    for address in (DANA, "nobody@example.org"):
        with django_assert_num_queries(NUMBER):
            persons.ask(persons.browser(), address)


NUMBER = 13


def test_after_five_wrong_codes_the_right_one_is_worth_nothing() -> None:
    client = persons.browser()
    persons.ask(client, DANA)
    proof = persons.last_proof()
    right = secrets.code_of(proof.pk)
    wrong = "000000" if right != "000000" else "111111"
    answers = [client.post(persons.code_page(proof), {"code": wrong}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 410]
    assert client.post(persons.code_page(proof), {"code": right}).status_code == 410
    assert not Device.objects.exists()
    # Whoever guessed has shut nobody out: the owner asks anew, in their own browser.
    owner = persons.browser()
    persons.ask(owner, DANA)
    assert owner.post(persons.code_page(persons.last_proof()), {"code": secrets.code_of(persons.last_proof().pk)}).status_code == 302


def test_a_code_works_once() -> None:
    client = persons.browser()
    persons.ask(client, DANA)
    proof = persons.last_proof()
    code = {"code": secrets.code_of(proof.pk)}
    assert client.post(persons.code_page(proof), code).status_code == 302
    client.post(reverse("me_sign_out"))
    assert client.post(persons.code_page(proof), code).status_code == 410
    assert client.post(persons.link_page(proof)).status_code == 410
    assert not persons.is_in(client)


def test_a_code_and_a_link_are_over_after_ten_minutes() -> None:
    client = persons.browser()
    persons.ask(client, DANA)
    proof = persons.last_proof()
    Proof.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert client.post(persons.code_page(proof), {"code": secrets.code_of(proof.pk)}).status_code == 410
    assert client.get(persons.link_page(proof)).status_code == 410
    assert client.post(persons.link_page(proof)).status_code == 410


def test_a_link_that_is_only_looked_at_changes_nothing_and_its_button_lets_in_once() -> None:
    client = persons.browser()
    persons.ask(client, DANA)
    proof = persons.last_proof()
    for _ in range(3):  # a mail scanner follows every link
        assert client.get(persons.link_page(proof)).status_code == 200
    assert not Device.objects.exists()
    assert client.post(persons.link_page(proof)).status_code == 302
    assert persons.is_in(client)
    assert client.post(persons.link_page(proof)).status_code == 410


def test_a_forwarded_link_or_code_lets_nobody_in_from_another_browser() -> None:
    persons.ask(persons.browser(), DANA)
    proof = persons.last_proof()
    other = persons.browser()
    persons.ask(other, "eve@example.org")
    for receiver in (persons.browser(), other):
        assert receiver.get(persons.link_page(proof)).status_code == 403
        assert receiver.post(persons.link_page(proof)).status_code in {403, 410}
        assert receiver.post(persons.code_page(proof), {"code": secrets.code_of(proof.pk)}).status_code == 403
        assert not persons.is_in(receiver)
    assert Proof.objects.get(pk=proof.pk).tries == 0


def test_asking_too_often_is_refused_with_the_time_to_wait_and_nothing_is_sent() -> None:
    client = persons.browser()
    answers = [persons.ask(client, DANA) for _ in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 900
    assert PersonalLetter.objects.count() == 5


def test_a_stranger_who_asks_all_day_does_not_lock_the_owner_out() -> None:
    owner, _ = persons.signed_in(DANA)
    owner.post(reverse("me_sign_out"))
    secret = owner.cookies[settings.DEVICE_COOKIE_NAME].value
    statuses = []
    for number in range(40):
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number}")
        statuses.append(persons.ask(stranger, DANA).status_code)
    assert statuses[:30] == [302] * 30
    assert 429 in statuses[30:]
    assert secret == ""  # signing out took it from the browser
    known, _ = persons.signed_in(DANA)
    assert persons.ask(known, DANA, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_signing_in_as_somebody_else_in_the_same_browser_ends_the_former() -> None:
    phone, _ = persons.signed_in(DANA)
    former = phone.cookies[settings.DEVICE_COOKIE_NAME].value
    persons.ask(phone, "paul@example.org")
    proof = persons.last_proof()
    phone.post(persons.code_page(proof), {"code": secrets.code_of(proof.pk)})
    assert b"paul@example.org" in phone.get("/me/").content
    thief = persons.browser()
    thief.cookies[settings.DEVICE_COOKIE_NAME] = former
    assert not persons.is_in(thief)


def test_signing_out_leaves_nothing_in_the_browser() -> None:
    phone, _ = persons.signed_in(DANA)
    page = phone.get("/me/")
    assert page["Cache-Control"] == "private, no-store"
    done = phone.post(reverse("me_sign_out"))
    assert done["Clear-Site-Data"] == '"cache"'
    assert {name for name, cookie in phone.cookies.items() if cookie.value} <= {settings.CSRF_COOKIE_NAME}
    assert phone.get("/me/").status_code == 302


def test_only_a_post_signs_out_and_forms_carry_a_csrf_token() -> None:
    phone, _ = persons.signed_in(DANA)
    assert phone.get(reverse("me_sign_out")).status_code == 405
    phone.handler.enforce_csrf_checks = True
    for name in ("me_sign_in", "me_sign_out", "me_profile", "me_address", "me_devices_end", "me_add_code", "me_add_papers"):
        assert phone.post(reverse(name)).status_code == 403, name
    assert persons.is_in(phone)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"])
def test_after_signing_in_nobody_is_sent_out_of_the_house(target: str) -> None:
    client = persons.browser()
    persons.ask(client, DANA)
    proof = persons.last_proof()
    done = client.post(persons.code_page(proof), {"code": secrets.code_of(proof.pk), "next": target})
    assert done["Location"] == "/me/"


def test_a_customers_device_opens_no_page_of_staff_even_with_the_same_address(alpen: Alpen) -> None:
    client, _ = persons.signed_in(alpen.staff["Alice Adler"].account.email)
    assert persons.is_in(client)
    assert client.get("/staff/").status_code == 302


def test_a_device_that_is_idle_for_two_months_signs_in_anew() -> None:
    phone, account = persons.signed_in(DANA)
    Device.objects.filter(account=account).update(last_seen_at=clock.now() - timedelta(days=61))
    assert not persons.is_in(phone)
