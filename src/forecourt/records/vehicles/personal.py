"""What of this context hangs on a person: it follows when two records are merged."""

from forecourt.records.people import duplicates
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import references

references.declare(Holding)

_KEPT = "FROM vehicles_holding holding JOIN vehicles_vehicle car ON car.id = holding.vehicle_id WHERE holding.organisation_id = %(organisation)s AND"
duplicates.declare_key("vin", f"SELECT DISTINCT holding.customer_id, car.id::text {_KEPT} car.vin <> ''")
duplicates.declare_key("plate", f"SELECT DISTINCT holding.customer_id, car.plate_key {_KEPT} car.plate_key <> ''")
