"""Where an account is signed in: one row a session, so that a person sees their devices and ends one or all.

Ending all also changes the account's epoch, on which every session depends: a session that nobody listed ends with the others. Live
pages are dropped in the same transaction.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet

from forecourt.records.accounts.models import Account, SignIn
from forecourt.runtime.live import fragments

SEEN_EVERY = timedelta(minutes=5)
_KEPT = timedelta(days=30)


@transaction.atomic
def begin(*, account: Account, session_key: str, how: str, address: str = "", program: str = "") -> SignIn:
    """Note a new session. `how`: password, second_factor, passkey, identity, code, demo."""
    now = _now()
    SignIn.objects.filter(account=account, seen_at__lt=now - _KEPT).delete()
    signin, _made = SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={
            "account": account, "how": how, "address": address[:45], "program": program[:250], "began_at": now, "seen_at": now,
            "ended_at": None,
        },
    )  # fmt: skip
    return signin


@transaction.atomic
def seen(session_key: str) -> None:
    """This session is in use; called every few minutes, not at every page."""
    SignIn.objects.filter(session_key=session_key).update(seen_at=_now())


def of(account: Account) -> QuerySet[SignIn]:
    """The living sessions of an account, the one used last first."""
    alive = Session.objects.filter(expire_date__gt=_now()).values("session_key")
    return SignIn.objects.filter(account=account, ended_at=None, session_key__in=alive).order_by("-seen_at")


@transaction.atomic
def end(*, account: Account, signin_id: UUID) -> bool:
    """End one session of this account; False if it has no such living one."""
    signin = SignIn.objects.select_for_update().filter(account=account, pk=signin_id, ended_at=None).first()
    if signin is None:
        return False
    _end([signin.session_key])
    return True


@transaction.atomic
def end_session(session_key: str) -> None:
    """Whoever signs out."""
    _end([session_key])


@transaction.atomic
def end_all(account: Account, *, but: str = "") -> int:
    """End every session of this account, listed or not; `but` is the key of the one that stays, which has to be told the new epoch."""
    Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)
    keys = list(SignIn.objects.filter(account=account, ended_at=None).exclude(session_key=but).values_list("session_key", flat=True))
    _end(keys)
    return len(keys)


def ask_again(account_ids: Collection[UUID]) -> None:
    """What these accounts may do has changed: their open pages load again. Called in the transaction of the change."""
    rows = SignIn.objects.filter(account__in=account_ids, ended_at=None)
    fragments.rights_changed(list(rows.values_list("session_key", flat=True)))


def _end(keys: list[str]) -> None:
    SignIn.objects.filter(session_key__in=keys, ended_at=None).update(ended_at=_now())
    Session.objects.filter(session_key__in=keys).delete()
    for key in keys:
        fragments.sessions_ended(key)


def _now() -> datetime:
    """How long a session lives is no business time."""
    return datetime.now(UTC)
