"""How often something was tried lately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("spent", models.FloatField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="budget_by_age")],
            },
        ),
    ]
