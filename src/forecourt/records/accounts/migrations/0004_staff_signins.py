"""Where accounts are signed in; the default lets the previous release go on writing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_customer_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="made_by",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("how", models.CharField(max_length=20)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("program", models.CharField(blank=True, max_length=250)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="signins", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-seen_at"], name="signin_by_account")],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE accounts_account ALTER COLUMN session_epoch SET DEFAULT 0",
            "ALTER TABLE accounts_account ALTER COLUMN session_epoch DROP DEFAULT",
        ),
    ]
