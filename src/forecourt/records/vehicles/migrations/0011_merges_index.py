"""The index on what was merged into what, made while others go on writing: the table may be the largest of all."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("vehicles", "0010_merges"),
    ]

    operations = [
        # What a try that broke off has left.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS vehicle_merged", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="vehicle",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                include=["organisation_id"],
                name="vehicle_merged",
            ),
        ),
    ]
