"""Support looks in for a reason and for minutes; the link works once, and the dealer ends it when it wants."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from forecourt.config import command
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.dealership import background, rights, staff, support
from forecourt.records.dealership.models import Organisation, SupportVisit
from forecourt.runtime import access, links
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso, local

MORNING = local("2026-03-02 09:00")


@pytest.fixture(autouse=True)
def _morning(set_clock: Callable[[datetime], None]) -> None:
    set_clock(MORNING)


def invited(alpen: Alpen, name: str = "Alice Adler", minutes: int = 30) -> SupportVisit:
    return support.invite(
        actor=alpen.system, staff_member_id=alpen.staff[name].pk, operator="root", reason="The board is empty", minutes=minutes
    )


def begun(alpen: Alpen, name: str = "Alice Adler") -> SupportVisit:
    visit = invited(alpen, name)
    return support.begin(visit_id=visit.pk, link_id=visit.link_id, session_key="key")


def test_the_link_works_once_and_for_a_quarter_of_an_hour(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        visit = invited(alpen)
        with pytest.raises(NotFound):
            support.begin(visit_id=visit.pk, link_id=visit.pk, session_key="key")
        support.begin(visit_id=visit.pk, link_id=visit.link_id, session_key="key")
        with pytest.raises(NotFound):
            support.begin(visit_id=visit.pk, link_id=visit.link_id, session_key="other")
        late = invited(alpen)
        set_clock(MORNING + timedelta(minutes=16))
        with pytest.raises(NotFound):
            support.begin(visit_id=late.pk, link_id=late.link_id, session_key="key")
        assert AuditEntry.objects.filter(act="support_began").count() == 1


def test_a_visit_ends_by_itself_and_its_end_is_written_down_once(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    with alpen.scope():
        visit = begun(alpen)
        assert support.current(visit.pk) == visit
    set_clock(MORNING + timedelta(minutes=31))
    with alpen.scope(), pytest.raises(NotFound):
        support.current(visit.pk)
    background.end_support_that_is_over()
    background.end_support_that_is_over()
    with alpen.scope():
        assert AuditEntry.objects.filter(act="support_ended").count() == 1


@pytest.mark.parametrize(("reason", "minutes", "code"), [(" ", 30, "no_reason"), ("A fault", 0, "too_long"), ("A fault", 121, "too_long")])
def test_a_visit_has_a_reason_and_is_short(alpen: Alpen, reason: str, minutes: int, code: str) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as refused:
            support.invite(
                actor=alpen.system, staff_member_id=alpen.staff["Alice Adler"].pk, operator="root", reason=reason, minutes=minutes
            )
        assert refused.value.code == code
        assert not SupportVisit.objects.exists()


def test_it_has_the_rights_of_the_role_without_powerful_ones_consents_and_who_comes_in(alpen: Alpen) -> None:
    with alpen.scope():
        anna = alpen.staff["Anna Amort"]
        actor = support.actor_of(begun(alpen, "Anna Amort"), Organisation.objects.get(pk=alpen.id))
        given = rights.of_member(Organisation.objects.get(pk=alpen.id), anna)
    powerful = {name for name, right in access.rights().items() if right.powerful}
    assert given & powerful
    assert actor.rights == given - powerful - support.WITHHELD
    assert actor.id == anna.pk
    for closed in ("people.enter_consent", "people.erase", "people.take_out", "dealership.manage_rights"):
        with pytest.raises(NotPermitted):
            access.require(actor, closed)


def test_nobody_looks_in_as_somebody_who_has_left(alpen: Alpen) -> None:
    with alpen.scope():
        running, waiting = begun(alpen), invited(alpen)
        staff.leave(actor=alpen.actor("Anna Amort"), staff_member_id=alpen.staff["Alice Adler"].pk)
        with pytest.raises(NotFound):
            support.current(running.pk)
        with pytest.raises(NotFound):
            support.by_link(waiting.pk, waiting.link_id)
        with pytest.raises(Refusal, match="left already"):
            invited(alpen)
        assert not SupportVisit.objects.filter(ended_at=None).exists()


def test_the_dealer_ends_a_visit_and_another_dealer_does_not(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        visit = begun(alpen)
    with rosso.scope():
        with pytest.raises(NotFound):
            support.stop(actor=rosso.actor("C. Amministra"), visit_id=visit.pk)
        assert not support.of_dealer(rosso.actor("C. Amministra")).exists()
        with pytest.raises(NotFound):
            support.invite(actor=rosso.system, staff_member_id=alpen.staff["Alice Adler"].pk, operator="root", reason="A fault")
    with alpen.scope():
        with pytest.raises(NotPermitted):
            support.stop(actor=alpen.alice, visit_id=visit.pk)
        support.stop(actor=alpen.actor("Anna Amort"), visit_id=visit.pk)
        with pytest.raises(NotFound):
            support.current(visit.pk)
        ended = AuditEntry.objects.get(act="support_ended")
        assert (ended.actor_id, ended.values["visit"]) == (alpen.staff["Anna Amort"].pk, str(visit.pk))


def test_the_command_prints_a_link_that_names_the_visit(alpen: Alpen, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["support", "--organisation", "autohaus-alpen", "--reason", "The board is empty", "--as"]
    assert command.main([*asked, "nobody@example.org"]) == 1
    assert command.main([*asked, alpen.staff["Alice Adler"].account.email, "--minutes", "10"]) == 0
    token = capsys.readouterr().out.strip().rstrip("/").rpartition("/")[2]
    link = links.read(token, purpose="support")
    with alpen.scope():
        visit: Any = support.by_link(link.subject_id, link.holder_id)
        assert (visit.minutes, visit.reason, visit.staff_member) == (10, "The board is empty", alpen.staff["Alice Adler"])
        made = AuditEntry.objects.get(act="support_invited")
        assert (made.actor_kind, made.values["via"]) == ("system", "command")
