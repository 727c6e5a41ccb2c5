"""Rights adjusted per organisation, powerful rights per person, deputies, and leaving."""

from dataclasses import replace
from datetime import timedelta

import pytest

from forecourt.faces.staff.door import in_place_of
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.accounts import signins, tokens
from forecourt.records.accounts.models import ApiToken
from forecourt.records.dealership import deputies, rights, staff
from forecourt.records.dealership.models import Deputy, Organisation, StaffMember
from forecourt.runtime import access, clock
from forecourt.runtime.models import AuditEntry, Event
from tests.cast import Alpen, Rosso

TOKENS = "accounts.manage_tokens"


def house(alpen: Alpen) -> Organisation:
    return Organisation.objects.get(pk=alpen.id)


def test_only_what_differs_from_the_default_is_kept(alpen: Alpen) -> None:
    admin = alpen.actor("Anna Amort")
    with alpen.scope():
        rights.adjust(actor=admin, role="read-only", right="workshop.book", allowed=True)
        rights.adjust(actor=admin, role="adviser", right="workshop.book", allowed=False)
        assert house(alpen).adjusted_rights == {"read-only": {"workshop.book": True}, "adviser": {"workshop.book": False}}
        assert "workshop.book" in rights.of_role(house(alpen), "read-only")
        assert "workshop.book" not in rights.of_role(house(alpen), "adviser")
        rights.adjust(actor=admin, role="adviser", right="workshop.book", allowed=True)
        assert house(alpen).adjusted_rights["adviser"] == {}
        assert AuditEntry.objects.filter(act="role_adjusted").count() == 3


def test_another_dealer_keeps_its_own_rights(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        rights.adjust(actor=alpen.actor("Anna Amort"), role="adviser", right="workshop.book", allowed=False)
    assert "workshop.book" in rights.of_role(Organisation.objects.get(pk=rosso.id), "adviser")


def test_administrators_cannot_shut_everybody_out_nor_a_role_get_a_powerful_right(alpen: Alpen) -> None:
    admin = alpen.actor("Anna Amort")
    with alpen.scope():
        with pytest.raises(Refusal, match="keep this right"):
            rights.adjust(actor=admin, role="administrator", right="dealership.manage_rights", allowed=False)
        with pytest.raises(NotFound):
            rights.adjust(actor=admin, role="administrator", right=TOKENS, allowed=True)
        with pytest.raises(NotPermitted):
            rights.adjust(actor=alpen.actor("Max Mair"), role="adviser", right="workshop.book", allowed=True)
        assert house(alpen).adjusted_rights == {}


def test_a_powerful_right_is_given_to_a_person_and_every_use_is_audited(alpen: Alpen) -> None:
    anna = alpen.staff["Anna Amort"]
    admin = alpen.actor("Anna Amort")
    with alpen.scope():
        assert TOKENS not in rights.of_member(house(alpen), anna)
        with pytest.raises(NotPermitted):
            tokens.create(actor=admin, name="Scales", role="read-only")
        granted = rights.grant(actor=admin, staff_member_id=anna.pk, right=TOKENS)
        assert TOKENS in rights.of_member(house(alpen), granted)
        powerful = type(admin)(**{**vars(admin), "rights": rights.of_member(house(alpen), granted)})
        tokens.create(actor=powerful, name="Scales", role="read-only")
        used = AuditEntry.objects.get(act="right_used")
        assert (used.actor_id, used.values) == (anna.pk, {"right": TOKENS, "via": "session"})
        assert access.may(powerful, TOKENS)
        assert AuditEntry.objects.filter(act="right_used").count() == 1  # asking is no use
        tokens.create(actor=replace(powerful, used=set()), name="Lift", role="read-only")  # comes in again
        assert AuditEntry.objects.filter(act="right_used").count() == 2
        taken = rights.take(actor=admin, staff_member_id=anna.pk, right=TOKENS)
        assert TOKENS not in rights.of_member(house(alpen), taken)


def test_a_deputy_acts_with_the_others_rights_at_the_others_sites_for_that_time(alpen: Alpen) -> None:
    now = clock.now()
    alice, tina = alpen.staff["Alice Adler"], alpen.staff["T. Moser"]
    with alpen.scope():
        deputies.name(
            actor=alpen.actor("Anna Amort"), staff_member_id=tina.pk, stand_in_id=alice.pk, starts_at=now, ends_at=now + timedelta(days=1)
        )
        absent = deputies.place_of(alice.pk, tina.pk)
        actor = in_place_of(alice, absent, house(alpen))
        assert (actor.id, actor.role, actor.sites, actor.via) == (
            alice.pk, "technician", frozenset({alpen.meran.pk}), f"deputy:{tina.pk.hex}"
        )  # fmt: skip
        assert actor.rights == rights.of_role(house(alpen), "technician")
        with pytest.raises(NotFound):
            deputies.place_of(tina.pk, alice.pk)


def test_standing_in_ends_with_its_time_or_before_it(alpen: Alpen) -> None:
    now = clock.now()
    alice, bob, max_ = (alpen.staff[name] for name in ("Alice Adler", "Bob Brenner", "Max Mair"))
    admin = alpen.actor("Anna Amort")
    with alpen.scope():
        later = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=2)}
        deputies.name(actor=admin, staff_member_id=max_.pk, stand_in_id=alice.pk, **later)
        with pytest.raises(NotFound):
            deputies.place_of(alice.pk, max_.pk)
        deputy = deputies.name(actor=admin, staff_member_id=max_.pk, stand_in_id=bob.pk, starts_at=now, ends_at=now + timedelta(days=2))
        deputies.end(actor=admin, deputy_id=deputy.pk)
        with pytest.raises(NotFound):
            deputies.place_of(bob.pk, max_.pk)
        with pytest.raises(Refusal):
            deputies.name(actor=admin, staff_member_id=bob.pk, stand_in_id=bob.pk, **later)


def test_who_leaves_loses_all_at_once(alpen: Alpen) -> None:
    now = clock.now()
    admin, alice = alpen.actor("Anna Amort"), alpen.staff["Alice Adler"]
    with alpen.scope():
        rights.grant(actor=admin, staff_member_id=alice.pk, right=TOKENS)
        acting = type(alpen.alice)(**{**vars(alpen.alice), "rights": alpen.alice.rights | {TOKENS}})
        _token, secret = tokens.create(actor=acting, name="Hers", role="adviser")
        deputies.name(
            actor=admin, staff_member_id=alpen.staff["Max Mair"].pk, stand_in_id=alice.pk, starts_at=now, ends_at=now + timedelta(days=1)
        )
        epoch = alice.account.get_session_auth_hash()
        left = staff.leave(actor=admin, staff_member_id=alice.pk)
        alice.account.refresh_from_db()
        assert (left.is_active, left.granted_rights) == (False, [])
        assert alice.account.get_session_auth_hash() != epoch
        assert signins.of(alice.account).count() == 0
        assert tokens.find(secret) is None
        assert ApiToken.objects.get().ended_at is not None
        assert Deputy.objects.get().ended_at is not None
        assert AuditEntry.objects.get(act="staff_left").object_id == alice.pk


def test_nobody_lets_themselves_go_and_a_manager_no_administrator(alpen: Alpen) -> None:
    with alpen.scope():
        with pytest.raises(Refusal, match="another administrator"):
            staff.leave(actor=alpen.actor("Anna Amort"), staff_member_id=alpen.staff["Anna Amort"].pk)
        with pytest.raises(Refusal, match="Only an administrator"):
            staff.leave(actor=alpen.actor("Max Mair"), staff_member_id=alpen.staff["Anna Amort"].pk)
        with pytest.raises(Refusal, match="Only an administrator"):
            staff.change(actor=alpen.actor("Max Mair"), staff_member_id=alpen.staff["Max Mair"].pk, role="administrator")
        assert StaffMember.objects.filter(is_active=False).count() == 0


def test_no_role_merges_erases_takes_out_or_sees_papers_by_itself() -> None:
    for role in access.ROLES:
        assert not {"people.merge", "people.erase", "people.take_out", "accounts.check_papers"} & access.rights_of(role)


def test_what_a_deputy_does_is_written_down_as_an_event_too(alpen: Alpen) -> None:
    with alpen.scope():
        anna, max_ = alpen.staff["Anna Amort"], alpen.staff["Max Mair"]
        deputy = in_place_of(max_, anna, house(alpen))
        rights.adjust(actor=deputy, role="sales", right="workshop.book", allowed=False)
        assert Event.objects.get(name="dealership.role_adjusted").actor_via == f"deputy:{anna.pk.hex}"
