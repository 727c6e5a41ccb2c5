"""Who could merge, erase, hand out archives and check papers by their role, until those rights were given person by person, is given them.

That is who was here before the release that took them from the roles (its sign is migration 0003): administrators, unless their dealer had
taken the right away, and roles that their dealer had expressly let do it. Whom a right was given to or taken from since stays as decided.
Papers, which advisers, managers and back office could check by default, are given to administrators only, who give it on where it is wanted.
"""

from typing import Any, Final

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from forecourt.kernel.ids import uuid7_at
from forecourt.runtime import scope

RIGHTS: Final = ("accounts.check_papers", "people.erase", "people.merge", "people.take_out")
_TAKEN_BY: Final = ("dealership", "0003_support_visits")


def grant(apps: Any, schema_editor: Any) -> None:
    recorded = MigrationRecorder(schema_editor.connection).applied_migrations()
    taken_at = recorded[_TAKEN_BY].applied if _TAKEN_BY in recorded else timezone.now()
    for organisation in apps.get_model("dealership", "Organisation").objects.order_by("pk"):
        with scope.of(organisation.pk):
            members = apps.get_model("dealership", "StaffMember").objects.filter(organisation_id=organisation.pk, is_active=True)
            for member in members.filter(pk__lt=uuid7_at(taken_at)).order_by("pk"):
                _grant_as_before(apps, organisation, member)


def _grant_as_before(apps: Any, organisation: Any, member: Any) -> None:
    entries = apps.get_model("runtime", "AuditEntry").objects
    adjusted = organisation.adjusted_rights.get(member.role, {})
    for right in RIGHTS:
        decided = entries.filter(
            organisation_id=organisation.pk, object_id=member.pk, act__in=("right_granted", "right_taken"), values__right=right
        )
        if adjusted.get(right, member.role == "administrator") and right not in member.granted_rights and not decided.exists():
            member.granted_rights = sorted({*member.granted_rights, right})
            member.save(update_fields=["granted_rights"])
            entries.create(
                organisation_id=organisation.pk, at=timezone.now(), actor_kind="system", act="right_granted", object_kind="staff_member",
                object_id=member.pk, values={"right": right, "via": "upgrade"},
            )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("dealership", "0003_support_visits"),
        ("runtime", "0005_audit_checks"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
