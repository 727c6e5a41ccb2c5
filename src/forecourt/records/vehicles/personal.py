"""What of this context hangs on a person or a car: it follows when two records are merged, is handed out, and erased."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from forecourt.records.people import duplicates
from forecourt.records.vehicles.models import (
    Holding,
    Vehicle,
    VehicleComparison,
    VehicleCorrection,
    VehicleLikeness,
    VehicleMerge,
    VehicleMovedRow,
    VehicleReference,
)
from forecourt.runtime import personal_data, references
from forecourt.runtime.personal_data import Subject

_HISTORY = "it says what was merged or told apart, under the names of then"

references.declare(Holding)
references.declare(Holding, "vehicle_id", kind="vehicle")
references.declare(VehicleReference, "vehicle_id", kind="vehicle")
references.declare(Vehicle, "merged_into_id", kind="vehicle")  # what was merged into it before points to whoever stands for it now
references.stay(
    VehicleCorrection, "vehicle_id", kind="vehicle", because="it is about a value of that record; what is chosen in a merge is held anew"
)
references.stay(VehicleMerge, "survivor_id", kind="vehicle", because=_HISTORY)
references.stay(VehicleMerge, "absorbed_id", kind="vehicle", because=_HISTORY)
references.stay(VehicleLikeness, "one_id", kind="vehicle", because=_HISTORY)
references.stay(VehicleLikeness, "other_id", kind="vehicle", because=_HISTORY)

_KEPT = "FROM vehicles_holding holding JOIN vehicles_vehicle car ON car.id = holding.vehicle_id WHERE holding.organisation_id = %(organisation)s AND"
duplicates.declare_key("vin", f"SELECT DISTINCT holding.customer_id, car.id::text {_KEPT} car.vin <> ''")
duplicates.declare_key("plate", f"SELECT DISTINCT holding.customer_id, car.plate_key {_KEPT} car.plate_key <> ''")


def _cars(subject: Subject, only_theirs: bool) -> list[UUID]:  # noqa: FBT001 - the registry's signature
    """Cars that they hold, or that nobody has held since: for erasing, only those that were never anybody else's. With what was merged into them."""
    found = _held(subject, only_theirs)
    return [*found, *Vehicle.objects.filter(merged_into_id__in=found).exclude(pk__in=found).values_list("pk", flat=True)]


def _held(subject: Subject, only_theirs: bool) -> list[UUID]:  # noqa: FBT001 - as above
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
    parted = list(Vehicle.objects.filter(pk__in=cars).exclude(Exists(driven_by_others)).values_list("pk", flat=True))
    parted += Vehicle.objects.filter(merged_into_id__in=parted).values_list("pk", flat=True)
    VehicleCorrection.objects.filter(part="plate", vehicle_id__in=parted).delete()
    VehicleMerge.objects.filter(survivor_id__in=parted).delete()  # it says which plates there were
    Vehicle.objects.filter(pk__in=parted).update(plate="", plate_key="")
    return personal_data.delete(subject, rows)


personal_data.cars(_cars)
personal_data.words(_words)
personal_data.declare(Vehicle, gettext_noop("Your cars"), car="pk", erase=personal_data.clear(vin="", plate="", plate_key=""))
personal_data.declare(VehicleCorrection, gettext_noop("What was put right about your cars"), car="vehicle_id", erase=personal_data.delete)
personal_data.declare(VehicleReference, gettext_noop("Your cars' numbers in other systems"), car="vehicle_id", erase=personal_data.delete)
personal_data.declare(Holding, gettext_noop("Which cars were yours"), person="customer_id", erase=_part_with)


def _of_cars(*paths: str) -> personal_data.Find:
    def find(subject: Subject) -> Q:
        found = Q(pk__in=())
        for path in paths:
            found |= Q(**{f"{path}__in": subject.vehicle_ids})
        return found

    return find


personal_data.declare(
    VehicleLikeness,
    gettext_noop("Cars compared with yours"),
    person=_of_cars("one_id", "other_id"),
    erase=personal_data.delete,
    export=False,
)
personal_data.declare(
    VehicleMerge,
    gettext_noop("Records merged with your cars"),
    person=_of_cars("survivor_id", "absorbed_id"),
    erase=personal_data.delete,
    export=False,
)
personal_data.declare(
    VehicleMovedRow,
    gettext_noop("What followed when records of your cars were merged"),
    person=_of_cars("merge__survivor_id", "merge__absorbed_id"),
    erase=personal_data.delete,
    export=False,
)
personal_data.impersonal(VehicleComparison, because="when cars were last compared")
