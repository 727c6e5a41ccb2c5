"""The consent ledger can be added to, never changed: PostgreSQL refuses it whoever asks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("runtime", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_consententry "
            "FOR EACH ROW EXECUTE FUNCTION forecourt_append_only()",
            "DROP TRIGGER append_only ON people_consententry",
        )
    ]
