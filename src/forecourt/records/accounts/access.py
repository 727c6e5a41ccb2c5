"""Rights over logins."""

from forecourt.runtime import access

MANAGE_TOKENS = access.declare("accounts.manage_tokens", roles=("administrator",))
