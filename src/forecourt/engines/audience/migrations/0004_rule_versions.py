"""The copies of our rules that each dealer was given once make way for ours as the product brings them; what a dealer changed stays theirs.

An untouched copy bears the moment at which all were copied. A touched one becomes what its dealer has more than ours, and less where the
dealer's untouched copies show that they were taken from the rules of today: else a word that it lacks may be one that we added since.
"""

from collections import Counter
from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

import forecourt.kernel.ids
from forecourt.engines.audience import standard
from forecourt.runtime import scope

PARTS = ("codes", "words", "unless_words")
FEWEST_COPIES = 10  # as many at one moment nobody writes by hand
ALIKE = 0.3


def part_layers(apps: Any, schema_editor: Any) -> None:
    for organisation in apps.get_model("dealership", "Organisation").objects.order_by("pk"):
        with scope.of(organisation.pk):
            _part(apps.get_model("audience", "Rule").objects.filter(organisation_id=organisation.pk))


def _part(rows: Any) -> None:
    moments = Counter(rows.values_list("changed_at", flat=True)).most_common(1)
    if not moments or moments[0][1] < FEWEST_COPIES:
        return
    copied_at = moments[0][0]
    untouched = list(rows.filter(changed_at=copied_at))
    free = {_told(rule): rule for rule in standard.rules()}
    met = [free.pop(_told(_plain(row)), None) for row in untouched]
    is_of_today = all(met)
    for row in rows.exclude(changed_at=copied_at).order_by("changed_at", "pk"):
        pair = _nearest(row, free.values())
        if pair is not None:
            del free[_told(pair)]
            _become_a_change(row, pair, is_of_today=is_of_today)
    rows.filter(pk__in=[row.pk for row in untouched]).delete()


def _become_a_change(row: Any, ours: dict[str, Any], *, is_of_today: bool) -> None:
    lacking = [word for part in PARTS for word in ours[part] if word not in getattr(row, part)]
    for part in PARTS:
        setattr(row, part, [word for word in getattr(row, part) if word not in ours[part]])
    row.without = list(dict.fromkeys(lacking)) if is_of_today else []
    row.standard = ours["key"]
    if row.is_active and not any(getattr(row, part) for part in (*PARTS, "without")):
        row.delete()
    else:
        row.save()


def _nearest(row: Any, ours: Any) -> dict[str, Any] | None:
    words = {*row.codes, *row.words}
    alike = [
        (len(words & {*rule["codes"], *rule["words"]}) / max(1, min(len(words), len({*rule["codes"], *rule["words"]}))), rule["key"], rule)
        for rule in ours
        if (rule["work_kind"], rule["language"]) == (row.work_kind, row.language)
    ]
    share, _key, rule = max(alike, key=lambda each: each[:2], default=(0, "", None))
    return rule if share >= ALIKE else None


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("work_kind", "language", *PARTS)}


def _told(rule: dict[str, Any]) -> tuple[Any, ...]:
    return (rule["work_kind"], rule["language"], *(tuple(sorted(rule[part])) for part in PARTS))


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0003_due_experience"),
        ("dealership", "0004_rights_as_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="standard",
            field=models.CharField(blank=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rule",
            name="without",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), blank=True, default=list, size=None
            ),
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.UUIDField(default=forecourt.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(editable=False)),
                ("number", models.PositiveIntegerField()),
                ("rules_version", models.CharField(max_length=16)),
                ("made_by", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("changes", models.JSONField(default=list)),
                ("layer", models.JSONField(default=list)),
                ("edition", models.JSONField(default=dict)),
                ("restored", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation_id", "number"), name="one_rule_version_per_number"),
                ],
            },
        ),
        migrations.RunPython(part_layers, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("standard", ""), _negated=True),
                fields=("organisation_id", "work_kind", "standard"),
                name="one_change_per_rule_of_ours",
            ),
        ),
    ]
