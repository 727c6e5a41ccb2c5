"""Signatures as Standard Webhooks has them, with the vector of its own documentation."""

import pytest

from forecourt.engines.exchange import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_documentations_own_example_is_signed_alike() -> None:
    told = signing.headers([SECRET], message_id=ID, timestamp=AT, body=BODY)
    assert told == {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": SIGNED}


def checked(header: str, *, keys: tuple[str, ...] = (SECRET,), body: bytes = BODY, message_id: str = ID, at: str = str(AT)) -> bool:
    signature = signing.Signature(keys, message_id=message_id, timestamp=at)
    for place in range(0, len(body), 7):
        signature.update(body[place : place + 7])
    return signature.holds(header)


def test_id_time_and_body_are_all_signed() -> None:
    assert checked(SIGNED)
    assert not checked(SIGNED, body=BODY + b" ")
    assert not checked(SIGNED, message_id="msg_other")
    assert not checked(SIGNED, at=str(AT + 1))
    assert not checked(SIGNED, keys=(signing.new_secret(),))
    assert not any(checked(each) for each in ("", "v1,", "v1a," + SIGNED[3:], SIGNED[3:], SIGNED.lower(), "v1,ä"))


def test_one_of_several_signatures_is_enough_and_while_secrets_change_both_sign() -> None:
    other = signing.new_secret()
    both = signing.headers([other, SECRET], message_id=ID, timestamp=AT, body=BODY)["webhook-signature"]
    assert both.split(" ")[1] == SIGNED
    assert checked(both)
    assert checked(both, keys=(other,))
    assert checked(SIGNED, keys=(other, SECRET))
    assert not checked(" ".join(["v1,AAAA"] * 10 + [SIGNED]))  # more than ten are not looked at


def test_a_secret_is_long_and_never_the_same() -> None:
    made = {signing.new_secret() for _ in range(5)}
    assert len(made) == 5
    assert {len(each) for each in made} == {len("whsec_") + 44}


@pytest.mark.parametrize(("age", "holds"), [(0, True), (299, True), (-299, True), (302, False), (-302, False)])
def test_a_message_is_good_for_five_minutes(age: int, holds: bool) -> None:
    assert signing.is_fresh(str(signing.now() - age)) is holds


@pytest.mark.parametrize("given", ["", "-1", "1e9", "٣", " 1614265330", "9" * 20])
def test_what_is_no_time_is_not_fresh(given: str) -> None:
    assert not signing.is_fresh(given)
