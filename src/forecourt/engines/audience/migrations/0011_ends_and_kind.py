"""When warranty and contract end, and what kind of vehicle it is; copied when the facts are next worked out, whose edition changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0010_fewer_writes_of_due_rows"),
    ]

    operations = [
        migrations.AddField(model_name="vehiclefacts", name="warranty_until", field=models.DateField(null=True)),
        migrations.AddField(model_name="vehiclefacts", name="contract_until", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="vehiclefacts", name="vehicle_kind", field=models.CharField(db_default="", default="", max_length=12)
        ),
    ]
