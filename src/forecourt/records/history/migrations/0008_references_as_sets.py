"""What orders and their lines name is checked as a set, once for each statement: docs/decisions/0016-references-as-sets.md."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from forecourt.runtime.database.references import checked_as_sets


class Migration(migrations.Migration):
    dependencies = [("history", "0007_origins_index"), ("runtime", "0006_references")]

    operations = [
        migrations.AlterField(
            model_name="jobline",
            name="visit",
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=PROTECT, related_name="lines", to="history.visit"),
        ),
        migrations.AlterField(
            model_name="visit",
            name="site",
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=PROTECT, related_name="+", to="dealership.site"),
        ),
        migrations.AlterField(
            model_name="visit",
            name="vehicle",
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=PROTECT, related_name="visits", to="vehicles.vehicle"),
        ),
        migrations.AlterField(
            model_name="visit",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, null=True, on_delete=PROTECT, related_name="visits", to="people.customer"
            ),
        ),
        checked_as_sets("history_jobline", "visit_id", to="history_visit"),
        checked_as_sets("history_visit", "site_id", to="dealership_site"),
        checked_as_sets("history_visit", "vehicle_id", to="vehicles_vehicle"),
        checked_as_sets("history_visit", "customer_id", to="people_customer"),
    ]
