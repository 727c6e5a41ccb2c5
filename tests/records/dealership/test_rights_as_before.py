"""The upgrade that gives powerful rights person by person to who had them by their role before."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from forecourt.records.dealership import rights
from forecourt.records.dealership.models import Organisation, StaffMember
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso

MIGRATION = import_module("forecourt.records.dealership.migrations.0004_rights_as_before")
ALL = ["accounts.check_papers", "people.erase", "people.merge", "people.take_out"]


@pytest.fixture
def upgrade(alpen: Alpen, rosso: Rosso) -> Any:
    """Runs it with the models as they were; the release that took the rights comes in a minute unless it came before everybody."""

    def run(*, took_away: timedelta = timedelta(minutes=1)) -> None:
        recorder = MigrationRecorder(connection)
        recorder.Migration.objects.filter(app="dealership", name="0003_support_visits").update(applied=timezone.now() + took_away)
        state = MigrationExecutor(connection).loader.project_state(("dealership", "0004_rights_as_before"))
        MIGRATION.grant(state.apps, SimpleNamespace(connection=connection))

    for dealer in (alpen, rosso):
        with dealer.scope():
            StaffMember.objects.update(granted_rights=[])
    return run


def granted(dealer: Any) -> dict[str, list[str]]:
    with dealer.scope():
        return {member.name: member.granted_rights for member in StaffMember.objects.all() if member.granted_rights}


def test_administrators_get_each_right_back_with_a_line_of_its_own_and_nobody_else_any(alpen: Alpen, rosso: Rosso, upgrade: Any) -> None:
    upgrade()
    assert (granted(alpen), granted(rosso)) == ({"Anna Amort": ALL}, {"C. Amministra": ALL})
    anna = alpen.staff["Anna Amort"]
    with alpen.scope():
        lines = AuditEntry.objects.filter(act="right_granted", object_id=anna.pk, actor_kind="system")
        assert sorted(line.values["right"] for line in lines) == ALL
        assert {line.values["via"] for line in lines} == {"upgrade"}
        assert rights.of_member(Organisation.objects.get(pk=alpen.id), StaffMember.objects.get(pk=anna.pk)) >= set(ALL)


def test_doing_it_again_changes_nothing(alpen: Alpen, upgrade: Any) -> None:
    upgrade()
    with alpen.scope():
        lines = AuditEntry.objects.count()
    upgrade()
    with alpen.scope():
        assert AuditEntry.objects.count() == lines


def test_what_the_dealer_had_adjusted_holds(alpen: Alpen, upgrade: Any) -> None:
    with alpen.scope():
        Organisation.objects.filter(pk=alpen.id).update(
            adjusted_rights={"administrator": {"people.erase": False}, "back-office": {"people.merge": True}}
        )
        StaffMember.objects.filter(pk=alpen.staff["Bob Brenner"].pk).update(role="back-office")
    upgrade()
    assert granted(alpen) == {
        "Anna Amort": ["accounts.check_papers", "people.merge", "people.take_out"], "Bob Brenner": ["people.merge"],
    }  # fmt: skip


def test_what_was_decided_person_by_person_since_holds(alpen: Alpen, upgrade: Any) -> None:
    anna = alpen.staff["Anna Amort"].pk
    with alpen.scope():
        rights.grant(actor=alpen.system, staff_member_id=anna, right="people.erase")
        rights.take(actor=alpen.system, staff_member_id=anna, right="people.erase")
    upgrade()
    assert "people.erase" not in granted(alpen)["Anna Amort"]


def test_who_left_and_who_came_after_the_rights_were_taken_get_none(alpen: Alpen, upgrade: Any) -> None:
    upgrade(took_away=-timedelta(days=1))
    assert granted(alpen) == {}
    with alpen.scope():
        StaffMember.objects.filter(pk=alpen.staff["Anna Amort"].pk).update(is_active=False)
    upgrade()
    assert granted(alpen) == {}
