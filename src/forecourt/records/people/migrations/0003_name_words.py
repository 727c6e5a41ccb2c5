"""The words of customers' names, kept by the database, so that whoever writes a name need not think of search."""

import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids

KEEP = """
CREATE FUNCTION people_keep_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM people_nameword kept USING after JOIN before USING (id)
         WHERE kept.customer_id = after.id AND after.match_name IS DISTINCT FROM before.match_name;
        INSERT INTO people_nameword (id, organisation_id, customer_id, word)
        SELECT gen_random_uuid(), after.organisation_id, after.id, word
          FROM after JOIN before USING (id) CROSS JOIN LATERAL (SELECT DISTINCT unnest(string_to_array(after.match_name, ' ')) AS word) words
         WHERE after.match_name IS DISTINCT FROM before.match_name AND word <> '';
    ELSE
        INSERT INTO people_nameword (id, organisation_id, customer_id, word)
        SELECT gen_random_uuid(), after.organisation_id, after.id, word
          FROM after CROSS JOIN LATERAL (SELECT DISTINCT unnest(string_to_array(after.match_name, ' ')) AS word) words
         WHERE word <> '';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_name_words_of_new AFTER INSERT ON people_customer REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION people_keep_name_words();
CREATE TRIGGER keep_name_words_of_changed AFTER UPDATE ON people_customer REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION people_keep_name_words();
"""
FORGET = """
DROP TRIGGER keep_name_words_of_changed ON people_customer;
DROP TRIGGER keep_name_words_of_new ON people_customer;
DROP FUNCTION people_keep_name_words();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("word", models.CharField(max_length=200)),
                (
                    "customer",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.customer"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation_id", "word", "customer"], name="customer_by_word"),
                    models.Index(fields=["customer"], name="word_of_customer"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
