import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import forecourt.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Inlet",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=80)),
                ("source", models.CharField(max_length=40)),
                ("site_id", models.UUIDField(null=True)),
                ("sealed_secret", models.TextField()),
                ("earlier_sealed_secret", models.TextField(blank=True)),
                ("earlier_until", models.DateTimeField(null=True)),
                ("secret_set_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.UUIDField(null=True)),
                ("state", models.CharField(default="open", max_length=8)),
                ("received_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=80)),
                ("address", models.CharField(max_length=500)),
                ("events", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ("sealed_secret", models.TextField()),
                ("earlier_sealed_secret", models.TextField(blank=True)),
                ("earlier_until", models.DateTimeField(null=True)),
                ("secret_set_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.UUIDField(null=True)),
                ("state", models.CharField(default="active", max_length=8)),
                ("paused_because", models.CharField(blank=True, max_length=12)),
                ("paused_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("event_id", models.UUIDField(null=True)),
                ("event_name", models.CharField(max_length=60)),
                ("body", models.TextField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "subscription",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="exchange.subscription"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("outcome", models.CharField(max_length=20)),
                ("milliseconds", models.PositiveIntegerField()),
                (
                    "delivery",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="exchange.delivery"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["delivery", "-at"], name="attempt_by_delivery")],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("import_id", models.UUIDField(null=True)),
                ("inlet", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="receipts", to="exchange.inlet")),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "at"], name="receipt_by_age")],
                "constraints": [models.UniqueConstraint(fields=("inlet", "digest"), name="one_receipt_per_message")],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="delivery_due"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["subscription", "-made_at"], name="delivery_by_subscription"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["organisation_id", "made_at"], name="delivery_by_age"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("subscription", "event_id"), name="one_delivery_per_event_and_subscription"),
        ),
    ]
