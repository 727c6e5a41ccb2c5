"""What is due of a car is written less often into indexes: a row keeps its place where its day stays, and the index of cars, which the constraint's doubles, goes.

Who takes a car away asks by the car alone; PostgreSQL answers that by the constraint's index too, as it names few dealers before the car.
"""

import django.db.models.deletion
from django.db import migrations, models

_OF_CARS = "audience_duework_vehicle_id_39821d84"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("audience", "0009_km_in_the_index"),
        ("vehicles", "0002_vehicle_by_make"),
    ]

    operations = [
        migrations.RunSQL("ALTER TABLE audience_duework SET (fillfactor = 85)", "ALTER TABLE audience_duework RESET (fillfactor)"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {_OF_CARS}",
                    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {_OF_CARS} ON audience_duework (vehicle_id)",
                )
            ],
            [
                migrations.AlterField(
                    model_name="duework",
                    name="vehicle",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="due_work", to="vehicles.vehicle"
                    ),
                )
            ],
        ),
    ]
