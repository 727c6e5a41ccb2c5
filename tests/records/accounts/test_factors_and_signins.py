"""Second factors and sessions of an account: sealed, used once, ended at once."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError

from forecourt.records.accounts import factors, passwords, registration, signins
from forecourt.records.accounts.models import Account
from forecourt.runtime import seals

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return registration.register(email="alice@accounts.example", name="Alice Adler")


def code_now(secret: str, steps: int = 0) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps)))


def test_a_code_of_the_app_works_once_and_its_secret_is_sealed(account: Account) -> None:
    secret = factors.new_secret()
    factors.add_app(account, secret)
    kept = Authenticator.objects.get(user_id=account.pk)
    assert secret not in str(kept.data)
    code = code_now(secret)
    assert factors.use_code(account, code) == kept
    assert factors.use_code(account, code) is None
    assert factors.use_code(account, code_now(secret, -1)) is None  # older than one that was used
    assert factors.use_code(account, code_now(secret, 5)) is None


def test_recovery_codes_work_once_each_and_end_with_new_ones(account: Account) -> None:
    factors.add_app(account, factors.new_secret())
    codes = factors.new_recovery_codes(account)
    assert len(set(codes)) == 10
    assert factors.use_code(account, codes[3]) is not None
    assert factors.use_code(account, codes[3]) is None
    assert factors.recovery_codes_left(account) == 9
    factors.new_recovery_codes(account)
    assert factors.use_code(account, codes[4]) is None


def test_recovery_codes_go_with_the_last_factor(account: Account) -> None:
    factors.add_app(account, factors.new_secret())
    codes = factors.new_recovery_codes(account)
    assert factors.remove(account, Authenticator.objects.get(user_id=account.pk, type="totp").pk) is True
    assert factors.use_code(account, codes[0]) is None
    assert not factors.has_second(account)


def test_a_new_key_opens_what_the_old_one_sealed_until_it_is_renewed(account: Account, settings: object) -> None:
    secret = factors.new_secret()
    factors.add_app(account, secret)
    old = tuple(settings.SEAL_KEYS)  # type: ignore[attr-defined]
    new = "b" * 43 + "="
    settings.SEAL_KEYS = (new, *old)  # type: ignore[attr-defined]
    assert factors.renew_seals() == 1
    settings.SEAL_KEYS = (new,)  # type: ignore[attr-defined]
    assert factors.use_code(account, code_now(secret)) is not None
    settings.SEAL_KEYS = old  # type: ignore[attr-defined]
    with pytest.raises(seals.Unsealable):
        factors.use_code(account, code_now(secret))


@pytest.mark.parametrize("password", ["short", "password123456", "Forecourt12", "qwertzuiop12"])
def test_a_password_that_is_easy_to_guess_is_refused(password: str, account: Account) -> None:
    with pytest.raises(ValidationError, match="too easy to guess"):
        passwords.HardToGuess().validate(password, account)


def test_a_password_of_unrelated_words_is_taken(account: Account) -> None:
    passwords.HardToGuess().validate("lamp otter granite seven", account)


def session_of(account: Account, how: str = "password") -> str:
    store = SessionStore()
    store.create()
    signins.begin(account=account, session_key=store.session_key or "", how=how, address="192.0.2.1", program="Firefox on Linux")
    return store.session_key or ""


def test_devices_are_listed_and_ended_one_by_one_or_all_but_this(account: Account) -> None:
    keys = [session_of(account) for _ in range(3)]
    assert {each.session_key for each in signins.of(account)} == set(keys)
    first = signins.of(account).get(session_key=keys[0])
    assert signins.end(account=account, signin_id=first.pk) is True
    assert signins.end(account=account, signin_id=first.pk) is False
    assert not SessionStore().exists(keys[0])
    before = Account.objects.get(pk=account.pk).get_session_auth_hash()
    assert signins.end_all(account, but=keys[1]) == 1
    assert [each.session_key for each in signins.of(account)] == [keys[1]]
    assert Account.objects.get(pk=account.pk).get_session_auth_hash() != before


def test_nobody_ends_the_device_of_another(account: Account) -> None:
    other = registration.register(email="bob@accounts.example", name="Bob")
    key = session_of(other)
    assert signins.end(account=account, signin_id=signins.of(other).get().pk) is False
    assert SessionStore().exists(key)
