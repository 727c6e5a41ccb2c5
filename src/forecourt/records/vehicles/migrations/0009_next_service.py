"""When a car's next service was said to be due, by day and by kilometres, and when that was said; empty at first, so that no row is written anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vehicles", "0008_kind_and_ends"),
    ]

    operations = [
        migrations.AddField(
            model_name="vehicle",
            name="service_due_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="vehicle",
            name="service_due_km",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="vehicle",
            name="service_told_on",
            field=models.DateField(null=True),
        ),
    ]
