"""Secrets of connections: made here, sealed at once, changed with a day in which the old one holds too, shown to nobody a second time."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from forecourt.engines.exchange import signing
from forecourt.engines.exchange.models import Inlet, Subscription
from forecourt.records.dealership.models import Organisation
from forecourt.runtime import clock, scope, seals

OVERLAP: Final = timedelta(days=1)
FIELDS: Final = ("sealed_secret", "earlier_sealed_secret", "earlier_until", "secret_set_at")


def change(of: Subscription | Inlet, *, at_once: bool = False) -> str:
    """Put a new secret in place and give it back, this once. `at_once`: the old one holds no longer. The caller saves."""
    secret, now = signing.new_secret(), clock.now()
    keeps = bool(of.sealed_secret) and not at_once
    of.earlier_sealed_secret, of.earlier_until = (of.sealed_secret, now + OVERLAP) if keeps else ("", None)
    of.sealed_secret, of.secret_set_at = seals.seal(secret), now
    return secret


def held(of: Subscription | Inlet) -> list[str]:
    """The secrets that hold now, the newest first; raises seals.Unsealable."""
    sealed = [of.sealed_secret]
    if of.earlier_sealed_secret and of.earlier_until and of.earlier_until > clock.now():
        sealed.append(of.earlier_sealed_secret)
    return [seals.unseal(each) for each in sealed]


@transaction.atomic
def forget_earlier() -> None:
    """Secrets whose day is over go from the organisation in scope."""
    for model in (Subscription, Inlet):
        over = model.objects.filter(earlier_until__lte=clock.now())
        over.update(earlier_sealed_secret="", earlier_until=None)


@transaction.atomic
def renew_seals() -> int:
    """Bring the secrets of all organisations under the first key; how many there were."""
    count = 0
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            count += sum(_renewed(row) for row in Subscription.objects.select_for_update())
            count += sum(_renewed(row) for row in Inlet.objects.select_for_update())
    return count


def _renewed(row: Subscription | Inlet) -> int:
    row.sealed_secret = seals.renew(row.sealed_secret)
    if row.earlier_sealed_secret:
        row.earlier_sealed_secret = seals.renew(row.earlier_sealed_secret)
    row.save(update_fields=["sealed_secret", "earlier_sealed_secret"])
    return 1 + bool(row.earlier_sealed_secret)
