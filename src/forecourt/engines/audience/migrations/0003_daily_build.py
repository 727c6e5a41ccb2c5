from django.db import migrations, models

import forecourt.kernel.ids

# Dealers whose facts were worked out before this row was kept.
_EARLIER = """
INSERT INTO audience_build (id, organisation_id, built_for, built_at, token)
SELECT gen_random_uuid(), organisation_id, min(computed_on), now(), '' FROM audience_vehiclefacts GROUP BY organisation_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0002_segments"),
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
        migrations.RunSQL(_EARLIER, migrations.RunSQL.noop),
    ]
