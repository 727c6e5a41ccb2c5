"""Proving that one reads what comes to an address: a six-digit code, by mail also a link, ten minutes, once, in the browser that asked.

Whether the address has an account is not asked here, so the answer and its time cannot tell. Every guess counts against the proof it is
for and nothing else: whoever tries codes in a browser of their own shuts nobody out.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import secrets
from forecourt.records.accounts.models import Account, Proof
from forecourt.runtime import clock, limits

MINUTES: Final = 10
TRIES: Final = 5
TOLD_WITHIN: Final = timedelta(days=1)
_KEPT = timedelta(days=1)


def allow(*, address: str, source: str, is_known_browser: bool) -> None:
    """Whether a mail may be asked for. Raises TooMany.

    A stranger who asks for codes to somebody's address uses up the allowance of strangers for that address; a browser in which its
    owner was signed in before has one of its own.
    """
    limits.spend("proof.source", source, most=40, seconds=3600)
    if is_known_browser:
        limits.spend("proof.known", address, most=10, seconds=3600)
        return
    limits.spend("proof.pair", address, source, most=5, seconds=900)
    limits.spend("proof.address", address, most=30, seconds=86_400)


def allow_text(*, number: str, source: str, is_known_browser: bool) -> None:
    """Whether a text message with a code to sign in may be asked for. Raises TooMany. Fewer than mails, since each costs money and rings."""
    limits.spend("proof.source", source, most=40, seconds=3600)
    if is_known_browser:
        limits.spend("text.known", number, most=6, seconds=3600)
        return
    limits.spend("text.pair", number, source, most=3, seconds=900)
    limits.spend("text.number", number, most=10, seconds=86_400)


def allow_new_number(*, account: Account, number: str, source: str) -> None:
    """Whether an account may have a code sent to a number that is not its own yet. Raises TooMany.

    Texts to any number at all are what swindlers sell, so an account has few of them; signing in has an allowance of its own, which
    they do not touch.
    """
    limits.spend("proof.source", source, most=40, seconds=3600)
    limits.spend("new_number.account", account.pk, most=5, seconds=86_400)
    limits.spend("new_number.number", number, most=10, seconds=86_400)


@transaction.atomic
def begin(*, kind: str, address: str, browser: str, account: Account | None = None) -> Proof:
    """A new proof for this address in this browser; the mail is the caller's to send."""
    now = clock.now()
    proof = Proof(kind=kind, address=address, account=account, browser_digest=secrets.digest(browser), asked_at=now)
    proof.ends_at = now + timedelta(minutes=MINUTES)
    proof.code_digest = secrets.code_digest(proof.pk, secrets.code_of(proof.pk))
    proof.link_digest = secrets.digest(secrets.link_of(proof.pk))
    proof.save(force_insert=True)
    return proof


def by_code(*, proof_id: UUID, code: str, browser: str) -> Proof:
    """Use the code. Refusal("code_wrong", "code_over"); a wrong one counts for good, whatever becomes of the refusal."""
    proof, is_right = _tried(proof_id, code, browser)
    if proof is None or (not is_right and proof.tries >= TRIES):
        raise Refusal("code_over", _("This code can no longer be used. Please ask for a new one."))
    if not is_right:
        raise Refusal("code_wrong", _("This is not the code that we sent last. Please look again."))
    return proof


@transaction.atomic
def _tried(proof_id: UUID, code: str, browser: str) -> tuple[Proof | None, bool]:
    """The open proof with this try counted, used up if the code is right."""
    proof = Proof.objects.select_for_update().filter(pk=proof_id, browser_digest=secrets.digest(browser)).first()
    if proof is None or not is_open(proof):
        return None, False
    proof.tries += 1
    proof.save(update_fields=["tries"])
    is_right = secrets.are_equal(secrets.code_digest(proof.pk, code), proof.code_digest)
    return (_used(proof) if is_right else proof), is_right


def of_link(*, link: str) -> Proof | None:
    """The proof of a link, if it can still be used."""
    proof = Proof.objects.filter(link_digest=secrets.digest(link)).first()
    return proof if proof is not None and is_open(proof) else None


def is_of(proof: Proof, browser: str) -> bool:
    """Whether this browser asked for it."""
    return bool(browser) and secrets.are_equal(proof.browser_digest, secrets.digest(browser))


@transaction.atomic
def by_link(*, link: str, browser: str) -> Proof:
    """Use the link, in the browser that asked for it. Refusal("link_over")."""
    proof = Proof.objects.select_for_update().filter(link_digest=secrets.digest(link), browser_digest=secrets.digest(browser)).first()
    if proof is None or not is_open(proof):
        raise Refusal("link_over", _("This link can no longer be used. Please ask for a new one."))
    return _used(proof)


def is_open(proof: Proof) -> bool:
    return proof.used_at is None and proof.tries < TRIES and clock.now() < proof.ends_at


@transaction.atomic
def forget_old() -> int:
    """Drop what has been over for a day; how many rows."""
    return Proof.objects.filter(ends_at__lt=clock.now() - _KEPT).delete()[0]


def _used(proof: Proof) -> Proof:
    proof.used_at = clock.now()
    proof.save(update_fields=["used_at"])
    return proof
