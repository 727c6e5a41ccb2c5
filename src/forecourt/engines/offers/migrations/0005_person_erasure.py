"""A running erasure may take away what nobody else may: what was shown and decided beyond what an invoice rests on, and whose it was."""

from django.db import migrations

# The guards themselves stay as they are; a trigger's WHEN passes them over while their organisation erases somebody.
TABLES = {
    "offers_item": ("guard", "BEFORE UPDATE OR DELETE", "offers_guard_item"),
    "offers_decision": ("append_only", "BEFORE UPDATE OR DELETE", "forecourt_append_only"),
    "offers_invoice": ("guard", "BEFORE UPDATE OR DELETE", "offers_guard_invoice"),
}


def trigger(table: str, when: str) -> str:
    name, moment, function = TABLES[table]
    return f"DROP TRIGGER {name} ON {table}; CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}();"


GUARD_NEW_ITEMS = "CREATE TRIGGER guard_new BEFORE INSERT ON offers_item FOR EACH ROW EXECUTE FUNCTION offers_guard_item();"
UNLESS_ERASING = "WHEN (NOT forecourt_is_erasing(OLD.organisation_id))"
# What is printed on an invoice stays even then: only the link to the person may be cut.
INVOICE = """
CREATE FUNCTION offers_cut_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an issued invoice is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER cut_link BEFORE UPDATE OR DELETE ON offers_invoice FOR EACH ROW
    WHEN (forecourt_is_erasing(OLD.organisation_id)) EXECUTE FUNCTION offers_cut_link();
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0004_totals_under_policies"), ("people", "0006_person_erasures")]

    operations = [
        migrations.RunSQL(
            GUARD_NEW_ITEMS + "".join(trigger(table, UNLESS_ERASING) for table in TABLES) + INVOICE,
            "DROP TRIGGER cut_link ON offers_invoice; DROP FUNCTION offers_cut_link(); DROP TRIGGER guard_new ON offers_item;"
            + "".join(
                trigger(table, "").replace("UPDATE OR DELETE ON offers_item", "INSERT OR UPDATE OR DELETE ON offers_item")
                for table in TABLES
            ),
        )
    ]
