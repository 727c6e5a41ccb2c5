"""Rights over the vocabulary of work."""

from forecourt.runtime import access

access.declare("catalogue.see", roles=tuple(role for role in access.ROLES if role != "network"))
access.declare("catalogue.edit", roles=("manager", "administrator"))
