"""Rights over the dealer's own set-up."""

from forecourt.runtime import access

access.declare("dealership.see", roles=tuple(role for role in access.ROLES if role != "network"))
access.declare("dealership.set_up", roles=("administrator",))
access.declare("dealership.manage_rights", roles=("administrator",))
access.declare("dealership.manage_sign_in", roles=("administrator",))
access.declare("dealership.manage_staff", roles=("manager", "administrator"))
access.declare("dealership.manage_bays", roles=("manager", "administrator"))
access.declare("dealership.see_trail", roles=("manager", "administrator"))

# Powerful: a copy of the trail leaves the house.
access.declare("dealership.export_trail", roles=(), powerful=True)
