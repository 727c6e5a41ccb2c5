"""Coming in by a code on the phone: only to a number that an account has proven, and to one account at a time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from forecourt.adapters import sms
from forecourt.adapters.smsgateway import faults, server
from forecourt.adapters.smsgateway.store import Store, Taken
from forecourt.engines.messaging import account_letters, account_texts, registry
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.faces.customer.signin import texts
from forecourt.faces.customer.signin.views import ask
from forecourt.kernel.errors import Refusal, Rejected
from forecourt.records.accounts import phones, proofs, secrets
from forecourt.records.accounts.models import Account, Device, Phone, Proof
from forecourt.runtime import clock
from tests.cast import Alpen
from tests.faces.customer import persons

DANA, DIETER, NUMBER = "dana@example.org", "dieter@example.org", "+393331234567"

pytestmark = pytest.mark.django_db


def with_phone(email: str, number: str = NUMBER) -> Account:
    _, account = persons.signed_in(email)
    Phone.objects.create(account=account, number=number, proven_at=clock.now(), used_at=clock.now())
    return account


def said() -> str:
    """What the last text says as it leaves; empty if it leaves not at all."""
    letter = PersonalLetter.objects.filter(channel="sms").latest("queued_at")
    carried: list[str] = []

    class Carrier:
        def submit(self, text: Any) -> str:
            carried.append(text.body)
            return "SM1"

        def took(self, text: Any) -> bool:
            return False

    before = registry.texts()
    registry.tie_texts(Carrier())
    try:
        account_texts.hand_over(letter, house=account_letters.house().name)
    except Rejected:
        return ""
    finally:
        registry.tie_texts(before)
    return carried[0]


def enter(client: Client, code: str) -> Any:
    return client.post(persons.code_page(persons.last_proof()), {"code": code})


def test_the_code_of_the_text_lets_in_whoever_has_proven_the_number(alpen: Alpen) -> None:
    account = with_phone(DANA)
    phone = persons.browser()
    assert persons.ask(phone, " 333 / 123 45-67 ").status_code == 302
    page = phone.get(persons.code_page(persons.last_proof())).content.decode()
    assert "+39\u00a0333\u00a0123\u00a04567" in page
    code = persons.code_in(said())
    assert said().splitlines()[-1] == f"@127.0.0.1 #{code}"
    assert enter(phone, code)["Location"] == "/me/"
    assert persons.is_in(phone)
    device = Device.objects.latest("began_at")
    assert (device.account, device.way) == (account, "sms")
    told = PersonalLetter.objects.get(channel="email")
    assert (told.address, told.template, told.facts) == (DANA, "account_phone_used", {"ends": "567"})
    assert enter(phone, code).status_code == 410


WRITTEN = (
    ("+49 1511 2345678", "", "+4915112345678"), ("0049 1511 2345678", "", "+4915112345678"), ("(333) 123.4567", "", NUMBER),
    ("01511 2345678", "de-DE,de;q=0.9", "+4915112345678"), ("0664 1234567", "de-AT", "+436641234567"), ("0712 345 678", "ro-RO", "+40712345678"),
)  # fmt: skip


def test_numbers_are_read_as_they_are_written_in_their_countries(alpen: Alpen) -> None:
    for typed, preferred, number in WRITTEN:
        client = persons.browser()
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = preferred
        assert persons.ask(client, typed).status_code == 302, typed
        assert persons.last_proof().address == number


def test_what_is_no_mobile_number_is_told_and_sends_nothing() -> None:
    for typed in ("+39 0471 000000", "+39 899 123456", "12345678", "+", "dana", "++++++++", "+3933312345678901234"):
        answer = persons.ask(persons.browser(), typed)
        assert answer.status_code == 422, typed
        assert "This is no mobile number." in answer.content.decode()
    assert not PersonalLetter.objects.exists()


def test_a_number_that_only_a_dealer_has_or_that_was_removed_gets_nothing(alpen: Alpen) -> None:
    with alpen.scope():
        assert alpen.dana.mobile == NUMBER
    phone = persons.browser()
    persons.ask(phone, NUMBER)
    assert said() == ""
    # Not even the right code would let in.
    assert enter(phone, secrets.code_of(persons.last_proof().pk)).status_code == 410
    assert not Device.objects.exists()
    account = with_phone(DANA)
    assert said() != ""
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert said() == ""


def test_the_answer_is_the_same_whether_or_not_an_account_has_the_number(django_assert_num_queries: Any) -> None:
    with_phone(DANA)
    persons.ask(persons.browser(), "+393330000009")
    answers = []
    for number in (NUMBER, "+393330000001"):
        with django_assert_num_queries(QUERIES):
            answers.append(persons.ask(persons.browser(), number))
    known, unknown = answers
    assert known.status_code == unknown.status_code == 302
    assert [len(known["Location"]), sorted(known.cookies)] == [len(unknown["Location"]), sorted(unknown.cookies)]
    rows = [[getattr(row, name) for name in ("channel", "template", "state")] for row in PersonalLetter.objects.all()]
    assert rows == [["sms", "account_text_sign_in", "queued"]] * 3


QUERIES = 14


def test_neither_the_outbox_nor_the_proof_keeps_the_code() -> None:
    persons.ask(persons.browser(), NUMBER)
    proof, letter = Proof.objects.get(), PersonalLetter.objects.get()
    kept = "".join(str(value) for row in (proof, letter) for name, value in vars(row).items() if name != "_state")
    assert secrets.code_of(proof.pk) not in kept.replace(str(proof.pk), "")


def test_a_text_has_no_link_that_would_work() -> None:
    with_phone(DANA)
    client = persons.browser()
    persons.ask(client, NUMBER)
    proof = persons.last_proof()
    assert "http" not in said()
    assert client.post(persons.link_page(proof)).status_code == 410
    assert Proof.objects.get(pk=proof.pk).used_at is None


def test_asking_too_often_is_refused_and_a_stranger_locks_the_owner_out_of_neither_way() -> None:
    owner, account = persons.signed_in(DANA)
    Phone.objects.create(account=account, number=NUMBER, proven_at=clock.now(), used_at=clock.now())
    answers = [persons.ask(persons.browser(), NUMBER) for _ in range(4)]
    assert [each.status_code for each in answers] == [302] * 3 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 900
    statuses = [persons.ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), NUMBER).status_code for number in range(12)]
    assert statuses[:7] == [302] * 7
    assert 429 in statuses[7:]
    owner.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert persons.ask(owner, NUMBER).status_code == 302  # a browser that was signed in before
    assert persons.ask(persons.browser(), DANA).status_code == 302  # mail has an allowance of its own


def test_after_five_wrong_codes_the_right_one_is_worth_nothing() -> None:
    with_phone(DANA)
    client = persons.browser()
    persons.ask(client, NUMBER)
    right = secrets.code_of(persons.last_proof().pk)
    wrong = "000000" if right != "000000" else "111111"
    assert [enter(client, wrong).status_code for _ in range(5)] == [422, 422, 422, 422, 410]
    assert enter(client, right).status_code == 410


def test_a_code_is_worth_nothing_in_another_browser_neither_on_its_page_nor_below() -> None:
    with_phone(DANA)
    persons.ask(persons.browser(), NUMBER)
    proof, other = persons.last_proof(), persons.browser()
    code = secrets.code_of(proof.pk)
    persons.ask(other, "+393330000001")  # it has a mark of its own
    for client in (other, persons.browser()):
        assert client.get(persons.code_page(proof)).status_code == 403
        assert client.post(persons.code_page(proof), {"code": code}).status_code == 403
    for mark in (other.cookies[settings.ASKER_COOKIE_NAME].value, ""):
        with pytest.raises(Refusal) as no:
            proofs.by_code(proof_id=proof.pk, code=code, browser=mark)
        assert no.value.code == "code_over"
    assert Proof.objects.values_list("tries", "used_at").get(pk=proof.pk) == (0, None)  # nor does a stranger use its tries up


# -- the number of an account --


def add(client: Client, number: str = NUMBER) -> Proof:
    assert client.post(reverse("me_phone"), {"phone": number}).status_code == 302
    return persons.last_proof()


def prove(client: Client, number: str = NUMBER) -> Any:
    return client.post(reverse("me_phone_confirm"), {"code": secrets.code_of(add(client, number).pk)})


def letters() -> list[tuple[str, str]]:
    return list(PersonalLetter.objects.filter(channel="email").order_by("queued_at").values_list("address", "template"))


def profile(client: Client) -> str:
    return str(client.get(reverse("me_profile")).content.decode())


def test_a_number_is_added_with_a_code_changed_and_removed_and_the_mail_address_is_told(alpen: Alpen) -> None:
    client, account = persons.signed_in(DANA)
    proof = add(client, "333 1234567")
    assert "Enter the code that we sent to <strong>+39\u00a0333\u00a0123\u00a04567</strong>." in profile(client)
    assert phones.of(account) is None
    wrong = "000000" if secrets.code_of(proof.pk) != "000000" else "111111"
    assert client.post(reverse("me_phone_confirm"), {"code": wrong}).status_code == 422
    assert client.post(reverse("me_phone_confirm"), {"code": persons.code_in(said())})["Location"] == "/me/profile/#phone"
    assert Phone.objects.get().number == NUMBER
    by_text, _ = persons.signed_in(DANA, way="sms")
    assert prove(client, "+4915112345678").status_code == 302
    assert Phone.objects.get().number == "+4915112345678"
    assert not persons.is_in(by_text)  # the earlier number had let it in
    client.post(reverse("me_phone_remove"))
    assert not Phone.objects.exists()
    assert persons.is_in(client)
    assert letters() == [(DANA, "account_phone_added")] * 2 + [(DANA, "account_phone_removed")]


def test_a_code_for_a_number_works_only_in_the_account_and_browser_that_asked() -> None:
    client, _ = persons.signed_in(DANA)
    code = {"code": secrets.code_of(add(client).pk)}
    elsewhere, stranger = persons.signed_in(DANA)[0], persons.signed_in("eve@example.org")[0]
    for other in (elsewhere, stranger):
        add(other, "+393330000001")
        assert other.post(reverse("me_phone_confirm"), code).status_code == 422
    assert not Phone.objects.exists()


def test_a_code_to_prove_a_number_signs_nobody_in() -> None:
    with_phone(DIETER)
    client, _ = persons.signed_in(DANA)
    proof = add(client)
    assert client.post(persons.code_page(proof), {"code": secrets.code_of(proof.pk)}).status_code == 403
    assert Proof.objects.values_list("tries", "used_at").get() == (0, None)
    assert not Device.objects.filter(account__email=DIETER, way="sms").exists()


def test_a_code_to_change_the_mail_address_proves_no_number() -> None:
    client, account = persons.signed_in(DANA)
    add(client)
    ask(
        kind="change",
        address="other@example.org",
        mark=client.cookies[settings.ASKER_COOKIE_NAME].value,
        account=account,
        template=texts.CONFIRM,
    )
    newer = {"code": secrets.code_of(persons.last_proof().pk)}
    assert client.post(reverse("me_phone_confirm"), newer).status_code == 422
    assert not Phone.objects.exists()


def test_a_removed_number_signs_out_wherever_it_let_in_but_where_it_was_removed() -> None:
    account = with_phone(DANA)
    elsewhere, here = persons.signed_in(DANA, way="sms")[0], persons.signed_in(DANA, way="sms")[0]
    by_mail, _ = persons.signed_in(DANA)
    here.post(reverse("me_phone_remove"))
    assert phones.of(account) is None
    assert [persons.is_in(each) for each in (elsewhere, here, by_mail)] == [False, True, True]


def test_many_accounts_cannot_make_one_strange_number_ring_without_end() -> None:
    statuses = []
    for number in range(11):
        client, _ = persons.signed_in(f"swindler{number}@example.org")
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        statuses.append(client.post(reverse("me_phone"), {"phone": "+393330000009"}).status_code)
    assert statuses == [302] * 10 + [429]


def test_a_number_of_another_account_is_taken_over_only_on_purpose_and_its_owner_is_told() -> None:
    """A household that shares one phone: one number opens one account."""
    with_phone(DIETER)
    his_by_text, _ = persons.signed_in(DIETER, way="sms")
    his_by_mail, _ = persons.signed_in(DIETER)
    hers, account = persons.signed_in(DANA)
    assert "Another account" not in profile(hers)
    assert prove(hers).status_code == 302
    page = profile(hers)
    assert "Another account signs in with this number" in page
    assert DIETER not in page
    assert (Phone.objects.get().account.email, letters()) == (DIETER, [])
    assert hers.post(reverse("me_phone_take")).status_code == 302
    assert Phone.objects.get().account == account
    assert letters() == [(DIETER, "account_phone_taken"), (DANA, "account_phone_added")]
    assert [persons.is_in(his_by_text), persons.is_in(his_by_mail)] == [False, True]
    assert "Another account" not in profile(hers)
    assert hers.post(reverse("me_phone_take")).status_code == 409  # once


def test_a_number_that_was_not_proven_or_too_long_ago_is_not_taken_over() -> None:
    with_phone(DIETER)
    hers, _ = persons.signed_in(DANA)
    add(hers)
    assert hers.post(reverse("me_phone_take")).status_code == 409
    hers.post(reverse("me_phone_confirm"), {"code": secrets.code_of(persons.last_proof().pk)})
    other, _ = persons.signed_in(DANA)
    add(other, "+393330000001")  # another browser of hers, and another person in her browser
    Proof.objects.filter(address="+393330000001").delete()
    next_one, _ = persons.signed_in("eve@example.org")
    next_one.cookies[settings.ASKER_COOKIE_NAME] = hers.cookies[settings.ASKER_COOKIE_NAME].value
    for each in (other, next_one):
        assert each.post(reverse("me_phone_take")).status_code == 409
        assert "Another account" not in profile(each)
    Proof.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert hers.post(reverse("me_phone_take")).status_code == 409
    assert Phone.objects.get().account.email == DIETER


def test_a_number_that_let_nobody_in_for_a_year_is_forgotten() -> None:
    account = with_phone(DANA)
    persons.ask(persons.browser(), NUMBER)
    Phone.objects.update(used_at=clock.now() - phones.LASTS)
    assert said() == ""
    assert phones.of(account) is None
    hers, _ = persons.signed_in(DIETER)
    assert prove(hers).status_code == 302
    assert Phone.objects.get().account.email == DIETER
    Phone.objects.update(used_at=clock.now() - phones.LASTS)
    assert phones.forget_unused() == 1


def test_signing_in_with_the_number_keeps_it() -> None:
    with_phone(DANA)
    Phone.objects.update(used_at=clock.now() - timedelta(days=300))
    client = persons.browser()
    persons.ask(client, NUMBER)
    enter(client, secrets.code_of(persons.last_proof().pk))
    assert Phone.objects.get().used_at > clock.now() - timedelta(minutes=1)


def test_an_account_has_few_texts_to_new_numbers_and_they_take_none_from_signing_in() -> None:
    client, _ = persons.signed_in(DANA)
    answers = [client.post(reverse("me_phone"), {"phone": f"+39333000000{number}"}) for number in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]
    assert persons.ask(persons.browser(), "+393330000001").status_code == 302


def test_a_house_without_a_gateway_offers_mail_alone(settings: Any) -> None:
    settings.HAS_TEXTS = False
    client, _ = persons.signed_in(DANA)
    assert "Mobile number" not in profile(client)
    assert client.post(reverse("me_phone"), {"phone": NUMBER}).status_code == 404
    answer = persons.ask(persons.browser(), NUMBER)
    assert (answer.status_code, "This is not an e-mail address." in answer.content.decode()) == (422, True)
    assert 'type="email"' in persons.browser().get(reverse("me_sign_in")).content.decode()


# -- through a gateway --


def carried(folder: Path, wrong: str, letter: PersonalLetter, *, times: int) -> list[Taken]:
    with server.running(folder, token="token", faults=faults.read(wrong)) as port:
        before = registry.texts()
        registry.tie_texts(sms.gateway(f"http://local:token@127.0.0.1:{port}", "Alpen", is_ours=True, seconds=2))
        try:
            for _ in range(times):
                account_letters.send(letter.pk)
        finally:
            registry.tie_texts(before)
    return list(Store(folder).newest_first())


def test_a_text_whose_answer_was_lost_goes_once(tmp_path: Path) -> None:
    with_phone(DANA)
    persons.ask(persons.browser(), NUMBER)
    letter = PersonalLetter.objects.get()
    texts = carried(tmp_path, "drop-after-storing=1", letter, times=1)
    assert PersonalLetter.objects.get().state == "queued"
    assert len(texts) == 1
    texts = carried(tmp_path, "", letter, times=2)
    assert [len(texts), texts[0].to, texts[0].body] == [1, NUMBER, said()]
    assert PersonalLetter.objects.get().state == "sent"


def test_a_text_to_nobody_never_reaches_the_gateway_and_a_refused_one_ends(tmp_path: Path) -> None:
    persons.ask(persons.browser(), NUMBER)
    letter = PersonalLetter.objects.get()
    assert carried(tmp_path, "", letter, times=1) == []
    assert PersonalLetter.objects.values_list("state", "reason").get() == ("failed", "it is for nobody")
    with_phone(DANA)
    PersonalLetter.objects.update(state="queued")
    assert carried(tmp_path, "21614:*", letter, times=1) == []
    assert PersonalLetter.objects.values_list("state", "reason").get() == ("failed", "400 21614")


def told(letter: PersonalLetter, signed_with: str, **fields: str) -> int:
    path = reverse("texts:told", kwargs={"letter_id": letter.pk})
    signature = sms.signature(signed_with, settings.PUBLIC_URL + path, fields)
    client = Client(enforce_csrf_checks=True, headers={"x-twilio-signature": signature})
    return client.post(path, fields).status_code


def test_what_became_of_a_text_is_believed_from_the_gateway_alone() -> None:
    persons.ask(persons.browser(), NUMBER)
    PersonalLetter.objects.update(state="sent")
    letter = PersonalLetter.objects.get()
    lost = {"MessageStatus": "undelivered", "ErrorCode": "30003"}
    assert told(letter, "", **lost) == 403
    assert told(letter, "another", **lost) == 403
    assert PersonalLetter.objects.get().state == "sent"
    assert told(letter, settings.TEXTS_TOKEN, **lost) == 204
    assert PersonalLetter.objects.values_list("state", "reason").get() == ("undelivered", "30003")
    assert told(letter, settings.TEXTS_TOKEN, MessageStatus="delivered") == 204  # replayed or out of order: nothing more happens
    assert PersonalLetter.objects.get().state == "undelivered"
    assert Client().get(reverse("texts:told", kwargs={"letter_id": letter.pk})).status_code == 405
