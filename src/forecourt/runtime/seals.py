"""Seals what must be kept but not read: dealers' credentials and second factors lie in the database under a key that does not.

`SEAL_KEYS` comes from the environment or from a file in the data folder. The first key seals, all of them open, so that a new key can
be put in front and `forecourt reseal` brings everything under it before the old one goes.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unsealable(Exception):
    """None of our keys opens this: it was sealed elsewhere, or its key is gone."""


def seal(text: str) -> str:
    """What may be kept in place of the text."""
    return _keys(tuple(settings.SEAL_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text of a seal; raises Unsealable."""
    try:
        return _keys(tuple(settings.SEAL_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable from error


def renew(sealed: str) -> str:
    """The same secret under the first key; raises Unsealable."""
    try:
        return _keys(tuple(settings.SEAL_KEYS)).rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable from error


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
