"""What of logins is forgotten in time."""

from forecourt.records.accounts import phones, proofs
from forecourt.runtime.background import poll


@poll(every_seconds=600)
def forget_old_proofs() -> None:
    proofs.forget_old()


@poll(every_seconds=3600)
def forget_unused_phones() -> None:
    phones.forget_unused()
