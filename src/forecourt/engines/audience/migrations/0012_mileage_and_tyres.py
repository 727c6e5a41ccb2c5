"""The mileage at which each kind of work was last done, since when tyres are stored, and when somebody asked for all facts anew; empty at first, the next build of all facts fills them in."""

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
        migrations.AddField(
            model_name="build",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
