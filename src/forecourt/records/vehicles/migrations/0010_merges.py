"""Two records that are one car: what speaks for it, and merges that can be undone; the new columns are empty at first, so that no row is written anew."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("vehicles", "0009_next_service"),
    ]

    operations = [
        migrations.AddField(
            model_name="vehicle",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vehicles.vehicle"
            ),
        ),
        migrations.AddField(
            model_name="vehiclereference",
            name="is_secondary",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="VehicleLikeness",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("weight", models.DecimalField(decimal_places=2, max_digits=6)),
                ("evidence", models.JSONField(default=list)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.UUIDField(null=True)),
                (
                    "one",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vehicles.vehicle"),
                ),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vehicles.vehicle")),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "state", "-weight", "id"], name="car_likeness_to_decide")],
                "constraints": [models.UniqueConstraint(fields=("one", "other"), name="one_likeness_per_pair_of_cars")],
            },
        ),
        migrations.CreateModel(
            name="VehicleMerge",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("taken", models.JSONField(default=dict)),
                ("held", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ("ended", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ("weight", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("merged_at", models.DateTimeField()),
                ("merged_by_kind", models.CharField(max_length=12)),
                ("merged_by_id", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.UUIDField(null=True)),
                ("absorbed", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vehicles.vehicle")),
                ("survivor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vehicles.vehicle")),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "-merged_at"], name="car_merge_by_time")],
            },
        ),
        migrations.CreateModel(
            name="VehicleMovedRow",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("label", models.CharField(max_length=80)),
                ("row_id", models.UUIDField()),
                (
                    "merge",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="moved", to="vehicles.vehiclemerge"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VehicleComparison",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("looked_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation_id",), name="one_comparison_of_cars")],
            },
        ),
    ]
