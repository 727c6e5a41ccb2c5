"""How far keepers live from the site; worked out a few minutes later, as if a new day had begun, and not only the next morning."""

from datetime import timedelta
from typing import Any

from django.db import migrations, models

from forecourt.runtime import scope


def let_the_day_begin_anew(apps: Any, schema_editor: Any) -> None:
    for organisation in apps.get_model("dealership", "Organisation").objects.order_by("pk"):
        with scope.of(organisation.pk):
            builds = apps.get_model("audience", "Build").objects.filter(organisation_id=organisation.pk)
            builds.update(built_for=models.F("built_for") - timedelta(days=1))


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0007_daily_build"),
        ("dealership", "0004_rights_as_before"),
    ]

    operations = [
        migrations.AddField(model_name="vehiclefacts", name="km_from_site", field=models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(let_the_day_begin_anew, migrations.RunPython.noop),
    ]
