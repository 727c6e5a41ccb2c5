"""What must never happen to an approval or an invoice, PostgreSQL refuses, whoever asks.

An item that was shown keeps its wording and price; it is approved only by a decision on exactly what was shown. Decisions and
invoices are never changed. An invoice line needs an approved item, and all lines of an item together cost at most what was
approved, at the approved tax rate. The lines of an invoice make up its total when it is committed, so none is added later.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION offers_guard_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.shown_digest <> '' THEN
            RAISE EXCEPTION 'an item that was shown is kept' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' THEN
            RAISE EXCEPTION 'an item begins undecided' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.shown_digest <> '' AND
       (NEW.request_id, NEW.title, NEW.detail, NEW.urgency, NEW.net, NEW.tax_rate, NEW.gross, NEW.minutes, NEW.photos, NEW.shown_digest)
       IS DISTINCT FROM
       (OLD.request_id, OLD.title, OLD.detail, OLD.urgency, OLD.net, OLD.tax_rate, OLD.gross, OLD.minutes, OLD.photos, OLD.shown_digest) THEN
        RAISE EXCEPTION 'an item that was shown is not changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NEW.state IN ('approved', 'rejected') THEN
        IF OLD.state <> 'pending' OR NOT EXISTS (
            SELECT 1 FROM offers_decision d
            WHERE d.item_id = NEW.id AND d.verdict = NEW.state AND d.shown_digest = NEW.shown_digest AND NEW.shown_digest <> ''
        ) THEN
            RAISE EXCEPTION 'an item is % only by a decision on what was shown', NEW.state USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.state = 'withdrawn' THEN
        IF EXISTS (SELECT 1 FROM offers_invoiceline l WHERE l.item_id = NEW.id) THEN
            RAISE EXCEPTION 'an invoiced item is not withdrawn' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSE
        RAISE EXCEPTION 'a decision is not taken back' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION offers_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.pdf_id IS NULL
       AND to_jsonb(NEW) - 'pdf_id' = to_jsonb(OLD) - 'pdf_id' THEN
        RETURN NEW;  -- its paper is printed a moment after it was issued, once
    END IF;
    RAISE EXCEPTION 'an issued invoice is not changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION offers_guard_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed offers_item%ROWTYPE;
    invoiced numeric;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a line of an issued invoice is not changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO agreed FROM offers_item WHERE id = NEW.item_id FOR UPDATE;
    IF NOT FOUND OR agreed.state <> 'approved' OR agreed.organisation_id <> NEW.organisation_id THEN
        RAISE EXCEPTION 'an invoice line needs an approved item' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT coalesce(sum(net), 0) INTO invoiced FROM offers_invoiceline WHERE item_id = NEW.item_id;
    IF NEW.net < 0 OR invoiced + NEW.net > agreed.net THEN
        RAISE EXCEPTION 'an invoice line costs more than was approved' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.tax_rate <> agreed.tax_rate THEN
        RAISE EXCEPTION 'an invoice line is taxed as was approved' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION offers_check_totals(invoice uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    said offers_invoice%ROWTYPE;
    lines numeric;
BEGIN
    SELECT * INTO said FROM offers_invoice WHERE id = invoice;
    SELECT coalesce(sum(net), 0) INTO lines FROM offers_invoiceline WHERE invoice_id = invoice;
    IF lines <> said.net OR said.gross <> said.net + said.tax THEN
        RAISE EXCEPTION 'the lines of an invoice make up its total' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION offers_check_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM offers_check_totals(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION offers_check_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM offers_check_totals(NEW.invoice_id);
    RETURN NULL;
END $$;

CREATE FUNCTION offers_guard_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.next_number <> OLD.next_number + 1 THEN
        RAISE EXCEPTION 'invoice numbers have no gap and none comes twice' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON offers_item FOR EACH ROW EXECUTE FUNCTION offers_guard_item();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON offers_decision FOR EACH ROW EXECUTE FUNCTION forecourt_append_only();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON offers_invoice FOR EACH ROW EXECUTE FUNCTION offers_guard_invoice();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON offers_invoiceline FOR EACH ROW EXECUTE FUNCTION offers_guard_invoice_line();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON offers_invoicesequence FOR EACH ROW EXECUTE FUNCTION offers_guard_sequence();
CREATE CONSTRAINT TRIGGER totals AFTER INSERT ON offers_invoice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION offers_check_invoice();
CREATE CONSTRAINT TRIGGER totals AFTER INSERT ON offers_invoiceline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION offers_check_invoice_line();
"""

UNDO = """
DROP TRIGGER totals ON offers_invoiceline;
DROP TRIGGER totals ON offers_invoice;
DROP TRIGGER guard ON offers_invoicesequence;
DROP TRIGGER guard ON offers_invoiceline;
DROP TRIGGER guard ON offers_invoice;
DROP TRIGGER append_only ON offers_decision;
DROP TRIGGER guard ON offers_item;
DROP FUNCTION offers_guard_sequence(), offers_check_invoice_line(), offers_check_invoice(), offers_check_totals(uuid),
    offers_guard_invoice_line(), offers_guard_invoice(), offers_guard_item();
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0001_initial"), ("runtime", "0002_append_only")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
