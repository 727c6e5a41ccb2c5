"""Columns for what kind of vehicle it is and when warranty and lease end; empty until profiles are copied anew, so that no row is written here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0010_fewer_writes_of_due_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="vehiclefacts",
            name="vehicle_kind",
            field=models.CharField(db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="vehiclefacts",
            name="warranty_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="vehiclefacts",
            name="contract_until",
            field=models.DateField(null=True),
        ),
    ]
