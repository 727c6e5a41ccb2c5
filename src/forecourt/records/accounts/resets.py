"""A new password for who forgot theirs: what the link in the mail holds, and what changes with it.

The link is good for an hour and once: it is signed over the old password, the last sign-in, the address and the account's epoch, so that any of
them ends it. Nothing of it is kept.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction

from forecourt.records.accounts import registration, signins
from forecourt.records.accounts.models import Account
from forecourt.runtime import clock

GOOD_FOR: Final = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class _Secrets(PasswordResetTokenGenerator):
    key_salt = "forecourt.records.accounts.resets"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, Account)
        return f"{super()._make_hash_value(user, timestamp)}:{user.session_epoch}"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


_secrets: Final = _Secrets()


def secret_of(account: Account) -> str:
    """What the link holds; who knows it may set a password."""
    return _secrets.make_token(account)


def by_secret(account_id: UUID, secret: str) -> Account | None:
    """Whose password it sets; None if it is over, was used or never was."""
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    return account if account is not None and _secrets.check_token(account, secret) else None


@transaction.atomic
def set_anew(*, account_id: UUID, secret: str, password: str) -> Account | None:
    """The new password, if the link is still good; then every session of the account ends."""
    Account.objects.select_for_update().filter(pk=account_id).first()  # of two at once, the second finds the link used
    account = by_secret(account_id, secret)
    if account is not None:
        registration.set_password(account=account, password=password)
        signins.end_all(account)
    return account
