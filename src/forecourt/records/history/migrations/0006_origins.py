"""The import that made a record, and the last one that changed it; empty at first, so that no row is written anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0005_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="brought_by",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="visit",
            name="changed_by",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
