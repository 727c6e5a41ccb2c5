"""Signed links that need no password and open one thing only.

A link names its purpose, its organisation, its subject and who holds it, and ends on a day. Faces register the page of each
purpose, so that whoever sends a link knows no URL. Following a link changes nothing; only a POST on its page does.
"""

import base64
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from forecourt.kernel.errors import NotFound
from forecourt.runtime import clock, scope

_HEAD = struct.Struct(">16s16s16sI")


@dataclass(frozen=True)
class Link:
    purpose: str
    organisation_id: UUID
    subject_id: UUID
    holder_id: UUID  # the customer it was made for, under the record that stands for them today


Holders = Callable[[UUID, UUID], UUID]

_pages: dict[str, str] = {}
_holders: list[Holders] = []


def page(purpose: str, view_name: str) -> None:
    """A face says which page serves a purpose; the page's URL takes `token`."""
    _pages[purpose] = view_name


def follow_holders(who_is: Holders) -> None:
    """Say who an organisation's holder is today: a link outlives the merge of its holder's record into another."""
    _holders[:] = [who_is]


def make(*, purpose: str, organisation_id: UUID, subject_id: UUID, holder_id: UUID, days: int = 60) -> str:
    """A token for one purpose and subject that works for so many days."""
    ends = int((clock.now() + timedelta(days=days)).timestamp())
    head = _HEAD.pack(organisation_id.bytes, subject_id.bytes, holder_id.bytes, ends)
    body = base64.urlsafe_b64encode(head).rstrip(b"=").decode()
    return _signer(purpose).sign(body).replace(":", ".")


def read(token: str, *, purpose: str) -> Link:
    """The link of a token. Raises NotFound if it is forged, made for another purpose, or over."""
    try:
        body = _signer(purpose).unsign(token.replace(".", ":"))
        organisation, subject, holder, ends = _HEAD.unpack(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (BadSignature, ValueError, struct.error) as error:
        raise NotFound from error
    if clock.now().timestamp() > ends:
        raise NotFound
    organisation_id, holder_id = UUID(bytes=organisation), UUID(bytes=holder)
    for who_is in _holders:
        holder_id = who_is(organisation_id, holder_id)
    return Link(purpose, organisation_id, UUID(bytes=subject), holder_id)


@contextmanager
def opened(token: str, *, purpose: str) -> Iterator[Link]:
    """The link of a token, with the scope of its organisation open. Raises NotFound as `read` does."""
    link = read(token, purpose=purpose)
    with scope.of(link.organisation_id):
        yield link


def url(*, purpose: str, organisation_id: UUID, subject_id: UUID, holder_id: UUID, days: int = 60) -> str:
    """The absolute address of a purpose's page for this subject."""
    token = make(purpose=purpose, organisation_id=organisation_id, subject_id=subject_id, holder_id=holder_id, days=days)
    return f"{settings.PUBLIC_URL}{reverse(_pages[purpose], kwargs={'token': token})}"


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"forecourt.link.{purpose}")
