"""The indexes on the imports' numbers, made while others go on writing: the table may be the largest of all."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("history", "0006_origins"),
    ]

    operations = [
        # What a try that broke off has left is dropped first.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS visit_brought_by", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("brought_by__isnull", False)), fields=["organisation_id", "brought_by"], name="visit_brought_by"
            ),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS visit_changed_by", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("changed_by__isnull", False)), fields=["organisation_id", "changed_by"], name="visit_changed_by"
            ),
        ),
    ]
