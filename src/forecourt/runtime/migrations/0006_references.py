"""What checks references as a set, for `runtime.database.references`: each trigger says its column and the table that it names."""

from django.db import migrations

# Plans are made anew each time: sets of one row and of a million want different ones. Tables are named with their schema, so that no temporary one is taken for them.
CHECKS = """
CREATE FUNCTION forecourt_refer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lacking bigint;
BEGIN
    EXECUTE format(
        'WITH named AS MATERIALIZED (SELECT DISTINCT %3$I AS id FROM added WHERE %3$I IS NOT NULL), '
        'held AS MATERIALIZED (SELECT known.id FROM %1$I.%2$I AS known JOIN named USING (id) FOR KEY SHARE OF known) '
        'SELECT (SELECT count(*) FROM named) - (SELECT count(*) FROM held)', TG_TABLE_SCHEMA, TG_ARGV[1], TG_ARGV[0]) INTO lacking;
    IF lacking <> 0 THEN
        RAISE EXCEPTION '%.% names what is not in %', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1] USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION forecourt_refer_anew() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    held uuid;
BEGIN
    EXECUTE format('SELECT id FROM %I.%I WHERE id = $1 FOR KEY SHARE', TG_TABLE_SCHEMA, TG_ARGV[1]) INTO held USING named;
    IF held IS NULL THEN
        RAISE EXCEPTION '%.% names what is not in %', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1] USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION forecourt_is_referred_to() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_named boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I WHERE %I = $1)', TG_TABLE_SCHEMA, TG_ARGV[0], TG_ARGV[1]) INTO is_named USING OLD.id;
    IF is_named THEN
        RAISE EXCEPTION '% is named by %.%', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1] USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("runtime", "0005_audit_checks")]

    operations = [
        migrations.RunSQL(
            CHECKS,
            """
            DROP FUNCTION forecourt_refer();
            DROP FUNCTION forecourt_refer_anew();
            DROP FUNCTION forecourt_is_referred_to();
            """,
        )
    ]
