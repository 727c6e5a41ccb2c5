"""Opening logins and setting passwords. Who works where with a login is said by dealership; signing in belongs to the faces."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from forecourt.records.accounts.models import Account


@transaction.atomic
def register(*, email: str, name: str, language: str = "en", password: str | None = None) -> Account:
    """The account of this address, opened if there is none yet. Without a password nobody can sign in by one.

    An account that exists stays as it is: it belongs to the person, not to whoever registers it again.
    """
    known = Account.objects.filter(email__iexact=email).first()
    if known is not None:
        return known
    return Account.objects.create_user(email, password, name=name, language=language)


def is_in_use(email: str) -> bool:
    """Whether somebody has an account of this address that they could sign in with, or have."""
    account = Account.objects.filter(email__iexact=email).first()
    if account is None:
        return False
    return account.last_login is not None or account.has_usable_password() or Authenticator.objects.filter(user_id=account.pk).exists()


@transaction.atomic
def set_password(*, account: Account, password: str) -> None:
    """A new password; every session that knew the old one ends by itself. Empty: nobody can sign in by one."""
    account.set_password(password or None)
    account.save(update_fields=["password"])


def newcomer(*, email: str, name: str, account_id: UUID | None = None) -> Account:
    """The account that this address will have: the unused one there is, or one that is not kept yet."""
    known = Account.objects.filter(email__iexact=email).first()
    return known or Account(email=email, name=name, **({"id": account_id} if account_id and account_id.int else {}))


@transaction.atomic
def open_as(account: Account, *, language: str) -> Account:
    """Keep a newcomer's account, under the id that a passkey was already made for."""
    if account._state.adding:  # noqa: SLF001 - Django's own name for what is public
        account.language = language
        account.set_unusable_password()
        account.save(force_insert=True)
    return account
