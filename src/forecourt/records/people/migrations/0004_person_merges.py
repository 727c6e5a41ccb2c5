"""Two records that are one person: what speaks for it, merges that can be undone, and a ledger that lets its lines follow only them."""

import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids

GUARD = """
CREATE FUNCTION people_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RAISE EXCEPTION 'people_consententry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER append_only ON people_consententry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_consententry FOR EACH ROW EXECUTE FUNCTION people_guard_consent();
"""
UNGUARD = """
DROP TRIGGER append_only ON people_consententry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_consententry FOR EACH ROW EXECUTE FUNCTION forecourt_append_only();
DROP FUNCTION people_guard_consent();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_name_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"),
        ),
        migrations.AddField(
            model_name="customerreference",
            name="is_secondary",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("taken", models.JSONField(default=dict)),
                ("weight", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("merged_at", models.DateTimeField()),
                ("merged_by_kind", models.CharField(max_length=12)),
                ("merged_by_id", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.UUIDField(null=True)),
                ("absorbed", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer")),
                ("survivor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer")),
            ],
        ),
        migrations.CreateModel(
            name="MergePolicy",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("merges_clear_pairs", models.BooleanField(default=True)),
                ("looked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation_id",), name="one_merge_policy")],
            },
        ),
        migrations.CreateModel(
            name="MovedRow",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("label", models.CharField(max_length=80)),
                ("row_id", models.UUIDField()),
                ("merge", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="moved", to="people.merge")),
            ],
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("weight", models.DecimalField(decimal_places=2, max_digits=6)),
                ("evidence", models.JSONField(default=list)),
                ("is_clear", models.BooleanField(default=False)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.UUIDField(null=True)),
                (
                    "one",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"),
                ),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer")),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "state", "-weight", "id"], name="likeness_to_decide")],
                "constraints": [models.UniqueConstraint(fields=("one", "other"), name="one_likeness_per_pair")],
            },
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(fields=["organisation_id", "-merged_at"], name="merge_by_time"),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
