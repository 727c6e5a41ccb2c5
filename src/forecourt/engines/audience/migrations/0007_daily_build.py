from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0006_segment_speed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Build",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("built_for", models.DateField()),
                ("built_at", models.DateTimeField()),
                ("token", models.CharField(blank=True, max_length=32)),
            ],
        ),
        migrations.AddConstraint(
            model_name="build", constraint=models.UniqueConstraint(fields=("organisation_id",), name="one_build_per_dealer")
        ),
    ]
