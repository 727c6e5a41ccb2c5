"""The index on what is gone, made while others go on writing: the table may be the largest of all."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("history", "0003_gone_from_the_source"),
    ]

    operations = [
        # What a try that broke off has left.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS visit_gone", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="visit",
            index=models.Index(condition=models.Q(("gone_on__isnull", False)), fields=["organisation_id"], name="visit_gone"),
        ),
    ]
