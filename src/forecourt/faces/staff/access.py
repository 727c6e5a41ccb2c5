"""Rights of the staff face itself."""

from forecourt.runtime import access

COME_IN = access.declare("staff.come_in", roles=access.ROLES)
