"""What proves that it is the person: passkeys, codes of an authenticator app, recovery codes.

django-allauth keeps them and checks passkeys; this room adds that secrets are sealed under a key outside the database, and that a code
works once, whichever process it reaches.
"""

import time
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.records.accounts.models import Account
from forecourt.runtime import seals

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_STEP_SECONDS = 30
_STEPS_APART = 1  # a clock may be half a minute wrong


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """How allauth keeps secrets, and what it calls a new passkey."""

    def encrypt(self, text: str) -> str:
        return seals.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seals.unseal(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's own signature
        return _("Passkey")


def of(account: Account) -> Any:
    """All factors of an account, the oldest first."""
    return Authenticator.objects.filter(user_id=account.pk).order_by("created_at")


def has_second(account: Account) -> bool:
    """Whether more than a password is asked of this account."""
    return bool(Authenticator.objects.filter(user_id=account.pk, type__in=SECOND).exists())


@transaction.atomic
def use_code(account: Account, code: str) -> Authenticator | None:
    """The factor that a code of the authenticator app or a recovery code belongs to; the code is used up by it."""
    rows = Authenticator.objects.select_for_update().filter(user_id=account.pk).exclude(type=Authenticator.Type.WEBAUTHN)
    for factor in rows.order_by("-type"):  # the app's code first: it is the usual one
        is_right = _use_app_code(factor, code) if factor.type == Authenticator.Type.TOTP else factor.wrap().validate_code(code)
        if is_right:
            factor.record_usage()
            return factor
    return None


def _use_app_code(factor: Authenticator, code: str) -> bool:
    secret = seals.unseal(factor.data["secret"])
    now = int(time.time()) // _STEP_SECONDS
    for step in range(now - _STEPS_APART, now + _STEPS_APART + 1):
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            if step <= factor.data.get("last_step", 0):
                return False
            factor.data["last_step"] = step
            factor.save(update_fields=["data"])
            return True
    return False


def new_secret() -> str:
    return str(totp.generate_totp_secret())


def is_code_of(secret: str, code: str) -> bool:
    """Whether the app has taken the secret over: its code fits, now or half a minute apart."""
    now = int(time.time()) // _STEP_SECONDS
    steps = range(now - _STEPS_APART, now + _STEPS_APART + 1)
    return any(compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))) for step in steps)


@transaction.atomic
def add_app(account: Account, secret: str) -> None:
    """The authenticator app that holds this secret, in place of an earlier one."""
    Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).delete()
    totp.TOTP.activate(account, secret)


@transaction.atomic
def add_passkey(account: Account, *, name: str, credential: dict[str, Any]) -> Authenticator:
    """A passkey whose answer has been checked."""
    passkey: Authenticator = WebAuthn.add(account, name[:60] or _("Passkey"), credential).instance
    return passkey


@transaction.atomic
def new_recovery_codes(account: Account) -> list[str]:
    """Ten codes, each good once; earlier ones end. They are shown now and never again."""
    Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(account).generate_codes()
    return codes


def recovery_codes_left(account: Account) -> int:
    kept = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(kept.wrap().get_unused_codes()) if kept else 0


@transaction.atomic
def remove(account: Account, factor_id: int) -> bool:
    """Take a factor away; recovery codes go with the last one. Whether there was such a factor."""
    rows = Authenticator.objects.filter(user_id=account.pk)
    removed, _details = rows.filter(pk=factor_id).exclude(type=Authenticator.Type.RECOVERY_CODES).delete()
    if not rows.filter(type__in=SECOND).exists():
        rows.delete()
    return bool(removed)


@transaction.atomic
def renew_seals() -> int:
    """Bring every sealed secret under the first key; how many there were."""
    count = 0
    for factor in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
        name = "secret" if factor.type == Authenticator.Type.TOTP else "seed"
        factor.data[name] = seals.renew(factor.data[name])
        factor.save(update_fields=["data"])
        count += 1
    return count


def app_url(account: Account, secret: str) -> str:
    """What the QR code for an authenticator app holds."""
    return str(Sealed().build_totp_url(account, secret))
