"""Passkeys of customers: made once signed in, used instead of a code.

They are apart from the factors of staff, so that what opens a person's cars never opens a dealer's books. The checks are those of the
library `fido2`; here is who owns which key, that each challenge is answered once, and that a copied key is noticed.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.accounts.models import Account, Passkey
from forecourt.runtime import clock, limits

MOST: Final = 10
CHALLENGE_SECONDS: Final = 300

State = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where the browser is: passkeys belong to a host name and are used only from its origin."""

    host: str
    origin: str


def of(account: Account) -> QuerySet[Passkey]:
    return Passkey.objects.filter(account=account).order_by("made_at")


def begin_making(*, account: Account, place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make one, and what we must know when it comes back."""
    person = PublicKeyCredentialUserEntity(id=account.pk.bytes, name=account.email, display_name=account.name or account.email)
    options, state = _server(place).register_begin(
        person, [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=_bytes(key.credential_id)) for key in of(account)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return dict(options), dict(state)


@transaction.atomic
def make(*, account: Account, place: Place, state: State, answer: Any, name: str) -> Passkey:
    """Keep a new passkey. Refusal("passkey_wrong", "too_many_passkeys")."""
    Account.objects.select_for_update().get(pk=account.pk)
    if of(account).count() >= MOST:
        raise Refusal("too_many_passkeys", _("You have ten passkeys already. Remove one first."))
    _answer_once(state)
    try:
        made = _server(place).register_complete(state, RegistrationResponse.from_dict(answer))
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise _wrong() from fault
    credential = made.credential_data
    if credential is None or Passkey.objects.filter(credential_id=_text(credential.credential_id)).exists():
        raise _wrong()
    return Passkey.objects.create(
        account=account, credential_id=_text(credential.credential_id), credential=bytes(credential), uses=made.counter, name=name[:80],
        made_at=clock.now(),
    )  # fmt: skip


def begin_signing_in(*, place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to sign in with whichever passkey it has: nobody is named, so nothing shows who has one."""
    options, state = _server(place).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), dict(state)


@transaction.atomic
def sign_in(*, place: Place, state: State, answer: Any) -> Account:
    """Whose passkey it was. Refusal("passkey_wrong")."""
    _answer_once(state)
    try:
        response = AuthenticationResponse.from_dict(answer)
        key = Passkey.objects.select_for_update(of=("self",)).select_related("account").get(credential_id=_text(response.raw_id))
        _server(place).authenticate_complete(state, [AttestedCredentialData(bytes(key.credential))], response)
    except (ValueError, TypeError, KeyError, AttributeError, Passkey.DoesNotExist) as fault:
        raise _wrong() from fault
    uses = response.response.authenticator_data.counter
    handle = response.response.user_handle
    # A counter that does not move on means that there are two of this key; most keys today count nothing and say 0.
    if ((uses or key.uses) and uses <= key.uses) or (handle and handle != key.account_id.bytes) or not key.account.is_active:
        raise _wrong()
    key.uses, key.last_used_at = uses, clock.now()
    key.save(update_fields=["uses", "last_used_at"])
    return key.account


@transaction.atomic
def remove(*, account: Account, passkey_id: UUID) -> None:
    """It signs in nowhere any more. NotFound for another account's."""
    if not of(account).filter(pk=passkey_id).delete()[0]:
        raise NotFound


def _answer_once(state: State) -> None:
    if not state.get("challenge"):
        raise _wrong()
    try:
        limits.spend("passkey.challenge", state["challenge"], most=1, seconds=2 * CHALLENGE_SECONDS)
    except limits.TooMany as replayed:
        raise _wrong() from replayed


def _server(place: Place) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=place.host, name="Forecourt"), verify_origin=lambda origin: origin == place.origin)


def _text(credential_id: bytes) -> str:
    return base64.urlsafe_b64encode(credential_id).decode().rstrip("=")


def _bytes(credential_id: str) -> bytes:
    return base64.urlsafe_b64decode(credential_id + "=" * (-len(credential_id) % 4))


def _wrong() -> Refusal:
    return Refusal("passkey_wrong", _("This passkey was not accepted. Please try again, or ask for a code."))
