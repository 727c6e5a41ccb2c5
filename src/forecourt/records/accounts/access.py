"""Rights over logins."""

from forecourt.runtime import access

MANAGE_TOKENS = access.declare("accounts.manage_tokens", roles=(), powerful=True)
access.declare("accounts.give_code", roles=("adviser", "sales", "care", "back-office", "manager", "administrator"))
access.declare("accounts.check_papers", roles=(), powerful=True)  # identity papers
