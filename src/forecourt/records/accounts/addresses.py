"""Moving an account to another mail address: both the old and the new one are proven first, and the old one is told.

Which cars an account has hangs on the account, so nothing of it moves with the address.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import proofs
from forecourt.records.accounts.models import Account, AddressChange, Proof
from forecourt.runtime import clock


def is_free(address: str) -> bool:
    return not Account.objects.filter(email__iexact=address).exists()


def waiting(account: Account) -> AddressChange | None:
    """The change that waits for its codes."""
    change = AddressChange.objects.filter(account=account, ended_at=None).select_related("old_proof", "new_proof").first()
    return change if change is not None and _may_go_on(change) else None


@transaction.atomic
def begin(*, account: Account, address: str, old_proof: Proof, new_proof: Proof | None) -> AddressChange:
    """A change that waits for both codes; one that waited before is over. Without a new proof it never comes to anything."""
    AddressChange.objects.filter(account=account, ended_at=None).update(ended_at=clock.now())
    return AddressChange.objects.create(
        account=account, address=address, old_proof=old_proof, new_proof=new_proof, asked_at=clock.now()
    )  # fmt: skip


def confirm(*, account: Account, old_code: str, new_code: str, browser: str) -> str:
    """Change the address once both codes are right; returns the old one. Refusal("code_wrong", "code_over").

    A code that was right stays so; one that was wrong counts as a try. Which of them was wrong is not told.
    """
    change = waiting(account)
    if change is None:
        raise Refusal("code_over", _("These codes can no longer be used. Please begin again."))
    right = [_is_right(change.old_proof, old_code, browser), _is_right(change.new_proof, new_code, browser)]
    if not all(right):
        raise Refusal("code_wrong", _("At least one of the codes is not right. Please look again."))
    return _move(change)


def _is_right(proof: Proof | None, code: str, browser: str) -> bool:
    if proof is None:
        return False
    if proof.used_at is not None:
        return True
    try:
        proofs.by_code(proof_id=proof.pk, code=code, browser=browser)
    except Refusal:
        return False
    return True


@transaction.atomic
def _move(change: AddressChange) -> str:
    account = Account.objects.select_for_update().get(pk=change.account_id)
    old, account.email = account.email, change.address
    try:
        with transaction.atomic():
            account.save(update_fields=["email"])
    except IntegrityError as taken:
        raise Refusal("code_over", _("These codes can no longer be used. Please begin again.")) from taken
    AddressChange.objects.filter(pk=change.pk).update(ended_at=clock.now())
    return old


def _may_go_on(change: AddressChange) -> bool:
    proven = [each for each in (change.old_proof, change.new_proof) if each is not None]
    return all(each.used_at is not None or proofs.is_open(each) for each in proven) and clock.now() < change.old_proof.ends_at
