"""Addresses of things that belong to a signed-in customer.

They look like those of signed links but carry no secret: `me-<link of the account>-<thing>` opens only for the account whose link it is,
so an address that stays in a browser's history after signing out opens nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from forecourt.kernel.errors import NotFound

_PREFIX = "me-"


@dataclass(frozen=True)
class Named:
    link_id: UUID
    subject_id: UUID


def is_own(token: str) -> bool:
    return token.startswith(_PREFIX)


def token(link_id: UUID, subject_id: UUID) -> str:
    return f"{_PREFIX}{link_id.hex}-{subject_id.hex}"


def read(text: str) -> Named:
    link, _, subject = text.removeprefix(_PREFIX).partition("-")
    try:
        return Named(UUID(hex=link), UUID(hex=subject))
    except ValueError as error:
        raise NotFound from error
