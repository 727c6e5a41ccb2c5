"""How many records an import made and changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0007_sentences_said_anew"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="records",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
