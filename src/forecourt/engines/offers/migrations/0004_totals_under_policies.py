"""The check of an invoice's total runs at commit, when no scope is open any more; it opens that of the row it checks.

Under row-level policies it would otherwise find neither invoice nor lines and let everything pass. An invoice that is not found is
refused too.
"""

from django.db import migrations

CHECK = """
CREATE OR REPLACE FUNCTION offers_check_totals(invoice uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    said offers_invoice%ROWTYPE;
    lines numeric;
BEGIN
    SELECT * INTO said FROM offers_invoice WHERE id = invoice;
    SELECT coalesce(sum(net), 0) INTO lines FROM offers_invoiceline WHERE invoice_id = invoice;
    IF said.id IS NULL OR lines <> said.net OR said.gross <> said.net + said.tax THEN
        RAISE EXCEPTION 'the lines of an invoice make up its total' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION offers_check_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('forecourt.organisation', true), '');
BEGIN
    PERFORM set_config('forecourt.organisation', NEW.organisation_id::text, true);
    PERFORM offers_check_totals(NEW.id);
    PERFORM set_config('forecourt.organisation', before, true);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION offers_check_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('forecourt.organisation', true), '');
BEGIN
    PERFORM set_config('forecourt.organisation', NEW.organisation_id::text, true);
    PERFORM offers_check_totals(NEW.invoice_id);
    PERFORM set_config('forecourt.organisation', before, true);
    RETURN NULL;
END $$;
"""
UNCHECK = """
CREATE OR REPLACE FUNCTION offers_check_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM offers_check_totals(NEW.id);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION offers_check_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM offers_check_totals(NEW.invoice_id);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0003_person_invoice_follows")]

    operations = [migrations.RunSQL(CHECK, UNCHECK)]
