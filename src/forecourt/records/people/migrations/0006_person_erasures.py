"""Persons who are erased or taken out, and what PostgreSQL lets a running erasure do that nobody else may."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids

ALLOW = """
CREATE FUNCTION forecourt_is_erasing(organisation uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM people_erasure e
         WHERE e.organisation_id = organisation AND e.state = 'running' AND e.id::text = current_setting('forecourt.erasing', true))
$$;
CREATE OR REPLACE FUNCTION people_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id' AND EXISTS (
        SELECT FROM people_merge m WHERE m.organisation_id = OLD.organisation_id
           AND ((m.absorbed_id = OLD.customer_id AND m.survivor_id = NEW.customer_id AND m.undone_at IS NULL)
             OR (m.survivor_id = OLD.customer_id AND m.absorbed_id = NEW.customer_id AND m.undone_at IS NOT NULL))) THEN
        RETURN NEW;  -- two records are one person, or are not after all
    END IF;
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM people_merge m WHERE m.organisation_id = OLD.organisation_id AND m.undone_at IS NOT NULL
           AND OLD.source = 'merge:' || replace(m.id::text, '-', '')) THEN
        RETURN OLD;  -- a line that only that merge had written
    END IF;
    IF TG_OP = 'DELETE' AND forecourt_is_erasing(OLD.organisation_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'people_consententry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
FORBID = """
CREATE OR REPLACE FUNCTION people_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'people_consententry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP FUNCTION forecourt_is_erasing(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_consent_in_depth"),
        ("runtime", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("customer_id", models.UUIDField()),
                ("customer_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ("reason", models.CharField(max_length=20)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("is_patient", models.BooleanField(default=False)),
                ("requested_at", models.DateTimeField()),
                ("requested_by_kind", models.CharField(max_length=12)),
                ("requested_by_id", models.UUIDField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=list)),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "-requested_at"], name="erasure_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "running"))), fields=("customer_id",), name="one_open_erasure"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Takeout",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("requested_at", models.DateTimeField()),
                ("requested_by_kind", models.CharField(max_length=12)),
                ("requested_by_id", models.UUIDField(null=True)),
                ("ready_at", models.DateTimeField(null=True)),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer")),
                (
                    "stored_file",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="runtime.storedfile"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "customer", "-requested_at"], name="takeout_by_customer")],
            },
        ),
        migrations.RunSQL(ALLOW, FORBID),
    ]
