"""German plates in lists of dealers elsewhere lost their umlaut in the form in which they are compared; it is made anew from the plate. Repeatable."""

from typing import Any

from django.db import migrations

from forecourt.kernel.identifiers import normal_plate
from forecourt.runtime import scope

_AT_ONCE = 500


def compare_as_written(apps: Any, schema_editor: Any) -> None:
    vehicles, corrections = (apps.get_model("vehicles", name) for name in ("Vehicle", "VehicleCorrection"))
    for organisation in apps.get_model("dealership", "Organisation").objects.order_by("pk"):
        with scope.of(organisation.pk):
            mine = vehicles.objects.filter(organisation_id=organisation.pk, plate__regex="[^ -~]")
            wrong = [
                car for car in mine.only("plate", "plate_key").iterator(chunk_size=_AT_ONCE) if car.plate_key != normal_plate(car.plate)
            ]
            for car in wrong:
                car.plate_key = normal_plate(car.plate)
            vehicles.objects.bulk_update(wrong, ["plate_key"], batch_size=_AT_ONCE)
            for said in corrections.objects.filter(organisation_id=organisation.pk, part="plate", said__plate__regex="[^ -~]"):
                said.said["plate_key"] = normal_plate(said.said["plate"])
                said.save(update_fields=["said"])


class Migration(migrations.Migration):
    dependencies = [
        ("vehicles", "0011_merges_index"),
        ("dealership", "0004_rights_as_before"),
    ]

    operations = [migrations.RunPython(compare_as_written, migrations.RunPython.noop)]
