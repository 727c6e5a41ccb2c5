"""The import that made a record, and the last one that changed it; empty at first, so that no row is written anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vehicles", "0005_gone_from_the_source_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="vehicle",
            name="brought_by",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="vehicle",
            name="changed_by",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
