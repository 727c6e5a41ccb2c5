"""Consents with controller, brand, form, basis and confirmation; their wordings; what one controller lets another see.

Every new column of the ledger has its default in the database, so that the release before goes on writing.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids

KEEP_WORDINGS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_wording FOR EACH ROW EXECUTE FUNCTION forecourt_append_only();
"""
KEEP_SHARES = """
CREATE FUNCTION people_keep_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(OLD) - 'ended_at' - 'ended_by' <> to_jsonb(NEW) - 'ended_at' - 'ended_by' THEN
        RAISE EXCEPTION 'a recorded share can only be ended' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_share BEFORE UPDATE OR DELETE ON people_share FOR EACH ROW EXECUTE FUNCTION people_keep_share();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_person_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentRule",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("double_opt_in", models.CharField(default="by_country", max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name="Controller",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("key", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("from_controller", models.CharField(max_length=60)),
                ("to_controller", models.CharField(max_length=60)),
                ("purpose", models.CharField(max_length=24)),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ("basis", models.CharField(max_length=200)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("key", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("language", models.CharField(max_length=10)),
                ("text", models.TextField()),
                ("shown_since", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="consententry",
            name="basis",
            field=models.CharField(db_default="consent", default="consent", max_length=16),
        ),
        migrations.AddField(
            model_name="consententry",
            name="brand",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="consententry",
            name="confirms",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="confirmations",
                to="people.consententry",
            ),
        ),
        migrations.AddField(
            model_name="consententry",
            name="controller",
            field=models.CharField(db_default="dealer", default="dealer", max_length=60),
        ),
        migrations.AddField(
            model_name="consententry",
            name="form",
            field=models.CharField(db_default="unknown", default="unknown", max_length=16),
        ),
        migrations.AddField(
            model_name="consententry",
            name="sale_reference",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="consententry",
            name="sold_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="consententry",
            index=models.Index(condition=models.Q(("confirms__isnull", False)), fields=["confirms"], name="consent_confirmation"),
        ),
        migrations.AddConstraint(
            model_name="consententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", ("give", "confirm", "withdraw", "object"))), name="consent_act_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="consententry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "confirm"), ("confirms__isnull", False)),
                    models.Q(models.Q(("act", "confirm"), _negated=True), ("confirms__isnull", True)),
                    _connector="OR",
                ),
                name="only_a_confirmation_confirms",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentrule",
            constraint=models.UniqueConstraint(fields=("organisation_id",), name="one_consent_rule_per_organisation"),
        ),
        migrations.AddConstraint(
            model_name="controller",
            constraint=models.UniqueConstraint(fields=("organisation_id", "key"), name="one_controller_per_key"),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["organisation_id", "to_controller", "purpose"], name="share_by_receiver"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_controller", models.F("to_controller")), _negated=True), name="a_share_has_two_ends"
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="a_share_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(fields=("organisation_id", "key", "language", "version"), name="one_wording_per_version"),
        ),
        migrations.RunSQL(KEEP_WORDINGS, "DROP TRIGGER append_only ON people_wording"),
        migrations.RunSQL(KEEP_SHARES, "DROP TRIGGER keep_share ON people_share; DROP FUNCTION people_keep_share()"),
    ]
