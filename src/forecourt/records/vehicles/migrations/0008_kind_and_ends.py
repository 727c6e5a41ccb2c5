"""What kind of vehicle it is, and until when its warranty and its lease, finance or service contract run; empty at first, so that no row is written anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vehicles", "0007_origins_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="vehicle",
            name="kind",
            field=models.CharField(blank=True, db_default="", max_length=12),
        ),
        migrations.AddField(
            model_name="vehicle",
            name="warranty_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="vehicle",
            name="contract_until",
            field=models.DateField(null=True),
        ),
    ]
