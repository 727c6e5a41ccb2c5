"""Where a customer stands, their tier and what they look for, beside the facts, and what the past tells of staying away; both are filled by the next build of all facts."""

from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0013_cars_by_city"),
    ]

    operations = [
        migrations.AddField(model_name="vehiclefacts", name="tier", field=models.CharField(db_default="", default="", max_length=10)),
        migrations.AddField(model_name="vehiclefacts", name="looks_for", field=models.CharField(db_default="", default="", max_length=10)),
        migrations.AddField(model_name="vehiclefacts", name="lifecycle", field=models.CharField(db_default="", default="", max_length=10)),
        migrations.CreateModel(
            name="LeavingExperience",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("visits", models.PositiveSmallIntegerField()),
                ("months", models.PositiveSmallIntegerField()),
                ("cars", models.PositiveIntegerField()),
                ("stayed_away", models.PositiveIntegerField()),
                ("gathered_on", models.DateField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="leavingexperience",
            constraint=models.UniqueConstraint(
                fields=("organisation_id", "visits", "months"), name="one_leaving_experience_per_kind_of_car"
            ),
        ),
    ]
