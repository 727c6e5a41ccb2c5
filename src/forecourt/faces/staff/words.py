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
