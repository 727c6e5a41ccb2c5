"""Invitations, deputies, adjusted rights and the dealer's own identity provider. The defaults let the previous release go on writing."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("dealership", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="adjusted_rights",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="organisation",
            name="needs_second_factor",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="granted_rights",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="identity_subject",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Deputy",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "absent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stood_in_for", to="dealership.staffmember"
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="stands_in", to="dealership.staffmember"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdentityProvider",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=60)),
                ("issuer", models.URLField(max_length=300)),
                ("client_id", models.CharField(max_length=200)),
                ("sealed_secret", models.TextField()),
                ("secret_set_at", models.DateTimeField()),
                ("is_on", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation_id",), name="one_identity_provider_per_organisation")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=120)),
                ("role", models.CharField(max_length=20)),
                ("sites", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ("language", models.CharField(default="en", max_length=10)),
                ("link_id", models.UUIDField(default=forecourt.kernel.ids.uuid7)),
                ("invited_by", models.UUIDField(null=True)),
                ("invited_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                (
                    "staff_member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealership.staffmember"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation_id"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("state", "open")),
                        name="one_open_invitation_per_address",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE dealership_organisation ALTER COLUMN needs_second_factor SET DEFAULT true",
            "ALTER TABLE dealership_organisation ALTER COLUMN needs_second_factor DROP DEFAULT",
        ),
        migrations.RunSQL(
            "ALTER TABLE dealership_organisation ALTER COLUMN adjusted_rights SET DEFAULT '{}'",
            "ALTER TABLE dealership_organisation ALTER COLUMN adjusted_rights DROP DEFAULT",
        ),
        migrations.RunSQL(
            "ALTER TABLE dealership_staffmember ALTER COLUMN granted_rights SET DEFAULT '{}'",
            "ALTER TABLE dealership_staffmember ALTER COLUMN granted_rights DROP DEFAULT",
        ),
        migrations.RunSQL(
            "ALTER TABLE dealership_staffmember ALTER COLUMN identity_subject SET DEFAULT ''",
            "ALTER TABLE dealership_staffmember ALTER COLUMN identity_subject DROP DEFAULT",
        ),
        migrations.RunSQL(
            "UPDATE dealership_organisation SET needs_second_factor = false WHERE is_demo",
            "SELECT 1",
        ),
    ]
