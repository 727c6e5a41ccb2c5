"""The mobile number of an account: added with a code sent to it, and from then on a way to sign in.

A number that only stands in a dealer's record opens nothing. One number opens one account: where several persons share a phone, the one who
proves it last is asked whether to take it over, and whoever had it is told. Numbers change hands, so one that let nobody in for a year is
forgotten.
"""

from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forecourt.kernel import identifiers
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import devices, proofs, secrets
from forecourt.records.accounts.models import Account, Device, Phone, Proof
from forecourt.runtime import clock

LASTS: Final = timedelta(days=365)
KIND: Final = "new_phone"


def of(account: Account) -> Phone | None:
    """The number by which the account can be signed in to now."""
    return Phone.objects.filter(account=account, used_at__gt=clock.now() - LASTS).first()


def account_of(number: str) -> Account | None:
    """Whom a code sent to this number lets in: one who may sign in and has proven it."""
    phone = Phone.objects.select_related("account").filter(number=number, used_at__gt=clock.now() - LASTS).first()
    return phone.account if phone is not None and phone.account.is_active else None


@transaction.atomic
def let_in(number: str) -> Account | None:
    """Whom the number lets in, after its code was right; that it was used is noted."""
    account = account_of(number)
    if account is not None:
        Phone.objects.filter(account=account).update(used_at=clock.now())
    return account


def waiting(*, account: Account, browser: str) -> Proof | None:
    """The number whose code this browser is still to enter."""
    newest = _newest(account, browser)
    return newest if newest is not None and proofs.is_open(newest) else None


def contested(*, account: Account, browser: str) -> Proof | None:
    """The number that was proven just now in this browser although another account has it: whose it is to be is asked."""
    newest = _newest(account, browser)
    if newest is None or newest.used_at is None or clock.now() >= newest.ends_at:
        return None
    return newest if _is_anothers(newest.address, account) else None


def add(*, account: Account, code: str, browser: str, device: Device) -> bool:
    """Prove the number that waits. True: it is the account's; False: another account has it. Refusal("code_wrong", "code_over")."""
    proof = waiting(account=account, browser=browser)
    if proof is None:
        raise Refusal("code_over", _("This code can no longer be used. Please ask for a new one."))
    used = proofs.by_code(proof_id=proof.pk, code=code, browser=browser)
    _forget_if_unused(used.address)
    if _is_anothers(used.address, account):  # asked first, since what the constraint refuses stands in PostgreSQL's log
        return False
    try:
        _keep(account, used.address, device)
    except IntegrityError:
        return False
    return True


@transaction.atomic
def take_over(*, account: Account, browser: str, device: Device) -> Account:
    """The number that was proven is this account's from now on; returns whose it was, who is signed out where it let in.

    Refusal("code_over") if the proof is too old, or nobody else has the number any more.
    """
    proof = contested(account=account, browser=browser)
    former = Phone.objects.select_for_update().select_related("account").filter(number=proof.address if proof else "").first()
    if proof is None or former is None:
        raise Refusal("code_over", _("This code can no longer be used. Please ask for a new one."))
    owner = former.account
    former.delete()
    devices.end_by_text(account=owner)
    _keep(account, proof.address, device)
    return owner


@transaction.atomic
def remove(*, account: Account, device: Device) -> Phone | None:
    """The number no longer signs in, and wherever it did before is signed out, but for the device that asks; None if there was none."""
    phone = Phone.objects.select_for_update().filter(account=account).first()
    if phone is not None:
        Phone.objects.filter(account=account).delete()
        devices.end_by_text(account=account, but=device.pk)
    return phone


@transaction.atomic
def forget_unused() -> int:
    """Drop numbers that let nobody in for a year; how many."""
    return Phone.objects.filter(used_at__lte=clock.now() - LASTS).delete()[0]


def read(typed: str, countries: list[str]) -> str:
    """A mobile number as somebody typed it, read in the first country where it is one. Raises ValueError."""
    for country in countries if not typed.strip().startswith(("+", "00")) else countries[:1]:
        try:
            number = identifiers.normal_phone(typed, country)
        except ValueError:
            continue
        if identifiers.is_mobile(number):
            return number
    raise ValueError("not a mobile number")


@transaction.atomic
def _keep(account: Account, number: str, device: Device) -> None:
    """The account's number; wherever an earlier one let in is signed out. IntegrityError if another account has it."""
    now = clock.now()
    if Phone.objects.filter(account=account).exclude(number=number).exists():
        devices.end_by_text(account=account, but=device.pk)
    Phone.objects.update_or_create(account=account, defaults={"number": number, "proven_at": now, "used_at": now})


def _is_anothers(number: str, account: Account) -> bool:
    return Phone.objects.filter(number=number).exclude(account=account).exists()


@transaction.atomic
def _forget_if_unused(number: str) -> None:
    Phone.objects.filter(number=number, used_at__lte=clock.now() - LASTS).delete()


def _newest(account: Account, browser: str) -> Proof | None:
    if not browser:
        return None
    asked = Proof.objects.filter(account=account, kind=KIND, browser_digest=secrets.digest(browser))
    return asked.order_by("-asked_at", "-pk").first()
