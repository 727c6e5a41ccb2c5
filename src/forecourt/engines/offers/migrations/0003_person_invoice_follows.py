"""An issued invoice is never changed, but the record it hangs on may turn out to be another record's person."""

from django.db import migrations

FOLLOWS = """
CREATE OR REPLACE FUNCTION offers_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.pdf_id IS NULL
       AND to_jsonb(NEW) - 'pdf_id' = to_jsonb(OLD) - 'pdf_id' THEN
        RETURN NEW;  -- its paper is printed a moment after it was issued, once
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id' AND EXISTS (
        SELECT FROM people_merge m WHERE m.organisation_id = OLD.organisation_id
           AND ((m.absorbed_id = OLD.customer_id AND m.survivor_id = NEW.customer_id AND m.undone_at IS NULL)
             OR (m.survivor_id = OLD.customer_id AND m.absorbed_id = NEW.customer_id AND m.undone_at IS NOT NULL))) THEN
        RETURN NEW;  -- two records are one person, or are not after all; what is printed stays
    END IF;
    RAISE EXCEPTION 'an issued invoice is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
STAYS = """
CREATE OR REPLACE FUNCTION offers_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.pdf_id IS NULL
       AND to_jsonb(NEW) - 'pdf_id' = to_jsonb(OLD) - 'pdf_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an issued invoice is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0002_kept_by_postgresql"), ("people", "0004_person_merges")]

    operations = [migrations.RunSQL(FOLLOWS, STAYS)]
