"""Browsers in which a customer is signed in: begun with a proof or a passkey, listed, ended one by one or all."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from forecourt.kernel.errors import NotFound
from forecourt.records.accounts import secrets
from forecourt.records.accounts.models import Account, Device
from forecourt.runtime import clock
from forecourt.runtime.live import fragments

IDLE: Final = timedelta(days=60)
LONGEST: Final = timedelta(days=180)
_SEEN_EVERY = timedelta(minutes=5)


@transaction.atomic
def begin(*, account: Account, name: str, way: str) -> tuple[Device, str]:
    """Sign a browser in; returns it and the secret that it is to keep."""
    secret, now = secrets.fresh(), clock.now()
    device = Device.objects.create(
        account=account, digest=secrets.digest(secret), name=name[:80], way=way, began_at=now, last_seen_at=now
    )  # fmt: skip
    return device, secret


def of(secret: str) -> Device | None:
    """The living device of a secret, with its account."""
    device = Device.objects.select_related("account").filter(digest=secrets.digest(secret), ended_at=None).first()
    return device if device is not None and is_alive(device) and device.account.is_active else None


def is_known(secret: str, address: str) -> bool:
    """Whether this address was once signed in with the secret, even if that has ended since."""
    return Device.objects.filter(digest=secrets.digest(secret), account__email__iexact=address).exists()


def is_known_with(secret: str, number: str) -> bool:
    """Whether the account of this number was once signed in with the secret, even if that has ended since."""
    return Device.objects.filter(digest=secrets.digest(secret), account__phone__number=number).exists()


def is_alive(device: Device) -> bool:
    now = clock.now()
    return device.ended_at is None and now < device.last_seen_at + IDLE and now < device.began_at + LONGEST


def seen(device: Device) -> None:
    """Note that it was used just now, to five minutes."""
    now = clock.now()
    if now - device.last_seen_at > _SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)


def living(account: Account) -> QuerySet[Device]:
    """Where the account is signed in, last seen first."""
    now = clock.now()
    alive = Device.objects.filter(account=account, ended_at=None, last_seen_at__gt=now - IDLE, began_at__gt=now - LONGEST)
    return alive.order_by("-last_seen_at", "-pk")


@transaction.atomic
def end(*, account: Account, device_id: UUID) -> None:
    """Sign one browser out; what is live on it goes silent. NotFound for another account's."""
    if not Device.objects.filter(pk=device_id, account=account).exists():
        raise NotFound
    _end(Device.objects.filter(pk=device_id, ended_at=None))


@transaction.atomic
def end_all(*, account: Account, but: UUID | None = None) -> int:
    """Sign out everywhere, or everywhere else; how many."""
    others = Device.objects.filter(account=account, ended_at=None)
    return _end(others.exclude(pk=but) if but else others)


def ask_again(account_ids: Collection[UUID]) -> None:
    """What these accounts may see has changed: their open pages load again. Called in the transaction of the change."""
    rows = Device.objects.filter(account__in=account_ids, ended_at=None)
    fragments.rights_changed([str(device_id) for device_id in rows.values_list("pk", flat=True)])


@transaction.atomic
def end_by_text(*, account: Account, but: UUID | None = None) -> int:
    """Sign out wherever a code by text message let in, or wherever else; how many. The number is theirs no longer."""
    others = Device.objects.filter(account=account, way="sms", ended_at=None)
    return _end(others.exclude(pk=but) if but else others)


def _end(devices: QuerySet[Device]) -> int:
    ids = list(devices.select_for_update().values_list("pk", flat=True))
    Device.objects.filter(pk__in=ids).update(ended_at=clock.now())
    for device_id in ids:
        fragments.sessions_ended(str(device_id))
    return len(ids)
