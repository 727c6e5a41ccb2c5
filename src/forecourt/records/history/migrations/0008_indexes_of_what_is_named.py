"""Orders by car and by customer, in indexes that begin with these; made while others go on writing, for the table may be large.

Each takes the place of two: one that began with the dealer, and one of the foreign key.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("history", "0007_origins_index")]

    operations = [
        # What a try that broke off has left is dropped first.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS visit_of_vehicle", migrations.RunSQL.noop),
        AddIndexConcurrently(model_name="visit", index=models.Index(fields=["vehicle", "-opened_on"], name="visit_of_vehicle")),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS visit_of_customer", migrations.RunSQL.noop),
        AddIndexConcurrently(model_name="visit", index=models.Index(fields=["customer", "-opened_on"], name="visit_of_customer")),
    ]
