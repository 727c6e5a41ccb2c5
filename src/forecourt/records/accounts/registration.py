"""Opening logins. Who works where with a login is said by dealership; signing in belongs to the faces."""

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
