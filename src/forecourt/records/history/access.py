"""Rights over past visits."""

from forecourt.runtime import access

access.declare(
    "history.see_visit",
    roles=("adviser", "technician", "parts", "sales", "marketing", "care", "back-office", "manager", "administrator", "read-only"),
    customer=True,
)
