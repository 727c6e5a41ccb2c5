"""What of logins is forgotten in time."""

from forecourt.records.accounts import proofs
from forecourt.runtime.background import poll


@poll(every_seconds=600)
def forget_old_proofs() -> None:
    proofs.forget_old()
