from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0007_daily_build"),
    ]

    operations = [
        migrations.AddField(model_name="vehiclefacts", name="km_from_site", field=models.PositiveSmallIntegerField(null=True)),
        migrations.RemoveIndex(model_name="vehiclefacts", name="car_for_segments"),
        migrations.AddIndex(
            model_name="vehiclefacts",
            index=models.Index(
                fields=["organisation_id", "make", "model"],
                include=("fuel", "first_registered_on", "last_visit_on", "customer_kind", "postcode", "km_from_site", "site_id", "vehicle"),
                name="car_for_segments",
            ),
        ),
    ]
