"""The index that answers the commonest criteria, made anew with the distance while others go on reading and writing."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("audience", "0008_km_from_site"),
    ]

    operations = [
        # What a try that broke off has left is dropped first.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS car_by_criteria", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="vehiclefacts",
            index=models.Index(
                fields=["organisation_id", "make", "model"],
                include=("fuel", "first_registered_on", "last_visit_on", "customer_kind", "postcode", "km_from_site", "site_id", "vehicle"),
                name="car_by_criteria",
            ),
        ),
        RemoveIndexConcurrently(model_name="vehiclefacts", name="car_for_segments"),
    ]
