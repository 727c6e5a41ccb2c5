"""Reasons are kept with the English text that they were translated from; the columns stay as they are."""

from django.db import migrations

import forecourt.runtime.sentences


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_where_an_import_stands"),
    ]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="refusal_text",
            field=forecourt.runtime.sentences.SentenceField(blank=True),
        ),
        migrations.AlterField(
            model_name="rejectedrow",
            name="reason",
            field=forecourt.runtime.sentences.SentenceField(),
        ),
    ]
