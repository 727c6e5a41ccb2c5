"""Tokens by which programs sign in. The secret is shown once, when it is made; we keep its digest."""

import hashlib
import secrets
from uuid import UUID

from django.db import transaction

from forecourt.records.accounts.models import ApiToken
from forecourt.runtime import access, audit, clock, scope
from forecourt.runtime.actors import Actor

PREFIX = "fc_"


@transaction.atomic
def create(*, actor: Actor, name: str, role: str) -> tuple[ApiToken, str]:
    """Make a token with the rights of a role; returns it and its secret. Raises ValueError on an unknown role."""
    access.require(actor, "accounts.manage_tokens")
    if role not in access.ROLES:
        raise ValueError(f"There is no role {role!r}; take one of {', '.join(access.ROLES)}.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name, role=role, digest=digest(secret), made_by=actor.id if actor.kind == "staff" else None, created_at=clock.now()
    )
    audit.record(by=actor, act="token_created", object_kind="token", object_id=token.pk, role=role)
    return token, secret


@transaction.atomic
def end(*, actor: Actor, token: ApiToken) -> None:
    """From now on the token opens nothing."""
    access.require(actor, "accounts.manage_tokens", token)
    ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=clock.now())
    audit.record(by=actor, act="token_ended", object_kind="token", object_id=token.pk)


@transaction.atomic
def end_those_of(*, actor: Actor, staff_member_id: UUID) -> int:
    """End every token that a member of staff made; called when they leave, so whoever lets them go needs no right over tokens."""
    rows = ApiToken.objects.filter(made_by=staff_member_id, ended_at=None)
    ended = [token.pk for token in rows.select_for_update()]
    ApiToken.objects.filter(pk__in=ended).update(ended_at=clock.now())
    for token_id in ended:
        audit.record(by=actor, act="token_ended", object_kind="token", object_id=token_id)
    return len(ended)


def find(secret: str) -> ApiToken | None:
    """The living token of a secret, whichever dealer's."""
    with scope.everywhere("a token says whose it is"):
        return ApiToken.objects.filter(digest=digest(secret), ended_at=None).first()


def digest(secret: str) -> str:
    """SHA-256 is enough: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
