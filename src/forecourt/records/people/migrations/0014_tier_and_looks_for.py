"""The tier of a customer and what they look for, as files and staff say it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0013_origins_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer", name="tier", field=models.CharField(blank=True, db_default="", default="", max_length=10)
        ),
        migrations.AddField(
            model_name="customer", name="looks_for", field=models.CharField(blank=True, db_default="", default="", max_length=10)
        ),
    ]
