"""When the chain of the audit trail was last followed, and what was found."""

import django.contrib.postgres.fields
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0004_audit_chain"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("at", models.DateTimeField()),
                ("lines", models.PositiveBigIntegerField()),
                ("broken", models.PositiveIntegerField()),
                (
                    "findings",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "-at"], name="audit_check_by_time")],
            },
        ),
    ]
