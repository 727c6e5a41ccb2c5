"""Words of the staff face that several screens use."""

from django.utils.translation import gettext_lazy as _

ROLE_NAMES = {
    "adviser": _("Service adviser"),
    "technician": _("Technician"),
    "parts": _("Parts"),
    "sales": _("Sales"),
    "marketing": _("Marketing"),
    "care": _("Customer care"),
    "back-office": _("Back office"),
    "manager": _("Manager"),
    "administrator": _("Administrator"),
    "network": _("Network"),
    "read-only": _("Read only"),
}
RETURNS = {
    "own_act": _("The person asked for it"),
    "contract": _("There is a new contract"),
    "somebody_else": _("It is somebody else with the same number or address"),
}
"""Why somebody who was erased is a customer again (`records.people.returns.REASONS`)."""
