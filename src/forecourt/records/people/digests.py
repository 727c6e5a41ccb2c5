"""By what an erased person is known again: keyed digests of number, e-mail, telephone and address, never a word of theirs.

The key lies beside the list of erased persons, itself sealed under `SEAL_KEYS`, and each digest runs over the dealer too: the same address
at two dealers gives two digests. A telephone or an address is a household's, so it counts together with the name alone.
"""

import hmac
import os
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.runtime import seals

_DIGEST_BYTES: Final = 16


@dataclass(frozen=True)
class Identifiers:
    """What a source says of who somebody is; empty where it says nothing."""

    references: tuple[tuple[str, str], ...] = ()  # (source, number)
    match_name: str = ""  # kernel.identifiers.normal_name
    email: str = ""
    telephones: tuple[str, ...] = ()
    postcode: str = ""
    street: str = ""


def of_record(customer: Customer) -> Identifiers:
    """What a record says, without the numbers that sources know it by."""
    return Identifiers(
        (), customer.match_name, customer.email, tuple(filter(None, (customer.phone, customer.mobile))), customer.postcode, customer.street
    )


class Digester:
    """Digests of one dealer's customers."""

    def __init__(self, organisation_id: UUID, key: bytes) -> None:
        self._organisation = str(organisation_id)
        self._key = key

    def of(self, who: Identifiers) -> list[str]:
        """In the order of their weight."""
        return [self._digest(*parts) for parts in _telling(who)]

    def _digest(self, *parts: str) -> str:
        return hmac.digest(self._key, "\x1f".join((self._organisation, *parts)).encode(), "sha256")[:_DIGEST_BYTES].hex()


def of_customers(organisation_id: UUID, customer_ids: Collection[UUID]) -> list[str]:
    """All by which these records, which are one person, would be known again; makes the key if there is none yet."""
    digester = Digester(organisation_id, _key_made())
    references = tuple(CustomerReference.objects.filter(customer_id__in=customer_ids).values_list("source", "number"))
    found = digester.of(Identifiers(references))
    for record in Customer.objects.filter(pk__in=customer_ids):
        found += digester.of(of_record(record))
    return sorted(set(found))


def digester(organisation_id: UUID) -> Digester:
    """Refusal("erasures_unreadable") where the key is gone: better no import than one that brings erased persons back."""
    try:
        key = bytes.fromhex(seals.unseal(_place().read_text(encoding="ascii")))
    except (FileNotFoundError, seals.Unsealable) as gone:
        text = _("The list of erased persons cannot be read: its key is missing or was sealed elsewhere (FORECOURT_DATA/erasures/key).")
        raise Refusal("erasures_unreadable", text) from gone
    return Digester(organisation_id, key)


def renew_seal() -> int:
    """Bring the key under the first of `SEAL_KEYS`; how many keys there were, 0 or 1."""
    place = _place()
    if not place.exists():
        return 0
    _write_whole(place, seals.renew(place.read_text(encoding="ascii")), replaces=True)
    return 1


def _telling(who: Identifiers) -> Iterator[tuple[str, ...]]:
    for source, number in who.references:
        yield "number", source, number
    if who.email:
        yield "email", who.email.lower()
    if who.match_name:
        for telephone in who.telephones:
            yield "telephone", telephone, who.match_name
        if who.postcode and who.street:
            yield "address", who.postcode, who.street.lower(), who.match_name


def _key_made() -> bytes:
    place = _place()
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(place, seals.seal(secrets.token_hex(32)), replaces=False)
    return bytes.fromhex(seals.unseal(place.read_text(encoding="ascii")))


def _place() -> Path:
    return Path(settings.DATA) / "erasures" / "key"


def _write_whole(place: Path, text: str, *, replaces: bool) -> None:
    """All or nothing, and of two that make it at once the first one's stays."""
    written = place.with_name(f"key.{secrets.token_hex(4)}")
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, text.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        if replaces:
            written.replace(place)
        else:
            os.link(written, place)
    except FileExistsError:
        pass
    finally:
        written.unlink(missing_ok=True)
