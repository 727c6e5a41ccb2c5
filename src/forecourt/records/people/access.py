"""Rights over customers and their consents."""

from forecourt.runtime import access

_STAFF = ("adviser", "sales", "marketing", "care", "back-office", "manager", "administrator")

access.declare("people.see_customer", roles=(*_STAFF, "technician", "parts", "read-only"), customer=True)
access.declare("people.edit_customer", roles=("adviser", "sales", "care", "back-office", "manager", "administrator"))
access.declare("people.see_consent", roles=(*_STAFF, "read-only"), customer=True)
access.declare(
    "people.enter_consent", roles=("adviser", "sales", "marketing", "care", "back-office", "manager", "administrator"), customer=True
)

# Powerful: whoever merges changes whose cars, papers and consents these are; what is erased does not come back; an archive holds everything.
access.declare("people.merge", roles=(), powerful=True)
access.declare("people.erase", roles=(), powerful=True)
access.declare("people.take_out", roles=(), powerful=True)
access.declare("people.manage_controllers", roles=())
access.declare("people.manage_shares", roles=())
access.declare("people.set_consent_rules", roles=())
access.declare("people.choose_language", roles=("adviser", "sales", "care", "back-office", "manager", "administrator"), customer=True)
access.declare("people.see_lookers", roles=("manager", "administrator"))
access.declare("people.see_retention", roles=("manager", "administrator"))
