"""Visits of support to a dealer's pages."""

import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("dealership", "0002_staff_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupportVisit",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("operator", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=300)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("link_id", models.UUIDField(default=forecourt.kernel.ids.uuid7)),
                ("invited_at", models.DateTimeField()),
                ("link_ends_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("session_key", models.CharField(blank=True, max_length=40)),
                (
                    "staff_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="support_visits", to="dealership.staffmember"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "-invited_at"], name="support_visit_by_time")],
            },
        ),
    ]
