"""The mileage at which each kind of work was last done, and since when tyres are stored; empty at first, the next build of all facts fills them in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0011_ends_and_vehicle_kind"),
    ]

    operations = [
        migrations.AddField(
            model_name="workdone",
            name="last_mileage",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="vehiclefacts",
            name="tyres_stored_on",
            field=models.DateField(null=True),
        ),
    ]
