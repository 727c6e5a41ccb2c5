"""The index by which the spellings of a city are found, made while others go on reading and writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("audience", "0012_mileage_and_tyres"),
    ]

    operations = [
        # What a try that broke off has left is dropped first.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS car_by_city", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="vehiclefacts",
            index=models.Index(fields=["organisation_id", "city"], name="car_by_city"),
        ),
    ]
