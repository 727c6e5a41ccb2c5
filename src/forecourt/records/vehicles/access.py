"""Rights over cars and who keeps them."""

from forecourt.runtime import access

access.declare(
    "vehicles.see_vehicle",
    roles=("adviser", "technician", "parts", "sales", "marketing", "care", "back-office", "manager", "administrator", "read-only"),
    customer=True,
)
access.declare("vehicles.edit_vehicle", roles=("adviser", "sales", "back-office", "manager", "administrator"))
access.declare("vehicles.end_holding", roles=("adviser", "sales", "care", "back-office", "manager", "administrator"), customer=True)
access.declare("vehicles.read_odometer", roles=("adviser", "technician", "manager", "administrator"))
# Powerful: whoever merges changes whose car, orders and dues these are.
access.declare("vehicles.merge", roles=(), powerful=True)
