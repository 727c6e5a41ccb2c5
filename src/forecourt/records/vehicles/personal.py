"""What of this context hangs on a person: it follows when two records are merged, is handed out, and erased."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from forecourt.records.people import duplicates
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleCorrection, VehicleReference
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Subject

references.declare(Holding)

_KEPT = "FROM vehicles_holding holding JOIN vehicles_vehicle car ON car.id = holding.vehicle_id WHERE holding.organisation_id = %(organisation)s AND"
duplicates.declare_key("vin", f"SELECT DISTINCT holding.customer_id, car.id::text {_KEPT} car.vin <> ''")
duplicates.declare_key("plate", f"SELECT DISTINCT holding.customer_id, car.plate_key {_KEPT} car.plate_key <> ''")


def _cars(subject: Subject, only_theirs: bool) -> list[UUID]:  # noqa: FBT001 - the registry's signature
    """Cars that they hold, or that nobody has held since: for erasing, only those that were never anybody else's."""
    theirs = Vehicle.objects.filter(holdings__customer_id__in=subject.customer_ids)
    others = Holding.objects.filter(vehicle_id=OuterRef("pk")).exclude(customer_id__in=subject.customer_ids)
    if only_theirs:
        return list(theirs.exclude(Exists(others)).values_list("pk", flat=True).distinct())
    held = theirs.filter(holdings__until_on=None)
    since = others.filter(until_on=None)
    return list((held | theirs.exclude(Exists(since))).values_list("pk", flat=True).distinct())


def _words(subject: Subject) -> set[str]:
    rows = Vehicle.objects.filter(pk__in=subject.vehicle_ids).values_list("vin", "plate", "plate_key")
    return {word for row in rows for word in row}


def _part_with(subject: Subject, rows: QuerySet[Any]) -> int:
    """Who holds a car no longer names it: a plate nobody else drives with goes too."""
    cars = set(rows.values_list("vehicle_id", flat=True))
    driven_by_others = Holding.objects.filter(vehicle_id=OuterRef("pk"), until_on=None).exclude(customer_id__in=subject.customer_ids)
    parted = Vehicle.objects.filter(pk__in=cars).exclude(Exists(driven_by_others))
    VehicleCorrection.objects.filter(part="plate", vehicle_id__in=parted.values("pk")).delete()
    parted.update(plate="", plate_key="")
    return personal_data.delete(subject, rows)


personal_data.cars(_cars)
personal_data.words(_words)
personal_data.declare(Vehicle, gettext_noop("Your cars"), car="pk", erase=personal_data.clear(vin="", plate="", plate_key=""))
personal_data.declare(VehicleCorrection, gettext_noop("What was put right about your cars"), car="vehicle_id", erase=personal_data.delete)
personal_data.declare(VehicleReference, gettext_noop("Your cars' numbers in other systems"), car="vehicle_id", erase=personal_data.delete)
personal_data.declare(Holding, gettext_noop("Which cars were yours"), person="customer_id", erase=_part_with)
