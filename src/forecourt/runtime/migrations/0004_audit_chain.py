"""Entries name the persons they are about, and are chained by seals."""

import django.contrib.postgres.fields
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0003_staff_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("number", models.PositiveBigIntegerField()),
                ("entry_id", models.UUIDField(unique=True)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="auditentry",
            name="about",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organisation_id", "actor_id", "-at"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organisation_id", "-at", "-id"], name="audit_by_time"),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.UniqueConstraint(fields=("organisation_id", "number"), name="one_seal_per_number"),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON runtime_auditseal FOR EACH ROW EXECUTE FUNCTION forecourt_append_only()",
            "DROP TRIGGER append_only ON runtime_auditseal",
        ),
    ]
