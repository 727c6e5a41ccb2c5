"""Inviting staff: one open invitation an address, a link that works once, an account that stays its owner's."""

from datetime import timedelta
from typing import Any

import pytest

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.accounts import registration
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import invitations
from forecourt.records.dealership.models import Invitation, StaffMember
from forecourt.runtime import clock
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso

PASSWORD = "lamp otter granite seven"


def invite(alpen: Alpen, **more: Any) -> Invitation:
    asked = {"email": "nora@new.example", "name": "Nora Neu", "role": "adviser", "site_ids": (alpen.bozen.pk,)} | more
    return invitations.invite(**({"actor": alpen.actor("Anna Amort")} | asked))


def test_who_accepts_works_here_as_invited_and_can_sign_in(alpen: Alpen) -> None:
    with alpen.scope():
        invitation = invite(alpen)
        member = invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, password=PASSWORD)
        assert (member.name, member.role, member.sites) == ("Nora Neu", "adviser", [alpen.bozen.pk])
        assert Account.objects.get(email="nora@new.example").check_password(PASSWORD)
        assert Event.objects.filter(name="dealership.staff_joined").latest("id").values["staff_member_id"] == str(member.pk)


def test_a_link_works_once(alpen: Alpen) -> None:
    with alpen.scope():
        invitation = invite(alpen)
        invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, password=PASSWORD)
        with pytest.raises(NotFound):
            invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, password=PASSWORD)
        assert StaffMember.objects.filter(account__email="nora@new.example").count() == 1


def test_sending_again_ends_the_earlier_link_and_withdrawing_ends_both(alpen: Alpen) -> None:
    with alpen.scope():
        first = invite(alpen)
        again = invitations.send_again(actor=alpen.actor("Anna Amort"), invitation_id=first.pk)
        with pytest.raises(NotFound):
            invitations.by_link(first.pk, first.link_id)
        assert invitations.by_link(again.pk, again.link_id) == again
        invitations.withdraw(actor=alpen.actor("Anna Amort"), invitation_id=first.pk)
        with pytest.raises(NotFound):
            invitations.by_link(again.pk, again.link_id)


def test_an_invitation_is_over_after_seven_days(alpen: Alpen, set_clock: Any) -> None:
    with alpen.scope():
        invitation = invite(alpen)
        set_clock(clock.now() + timedelta(days=7, minutes=1))
        with pytest.raises(NotFound):
            invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, password=PASSWORD)


def test_an_account_that_somebody_uses_is_not_taken_over_by_a_link(alpen: Alpen) -> None:
    owner = registration.register(email="nora@new.example", name="Nora", password="her own long secret")
    with alpen.scope():
        invitation = invite(alpen)
        with pytest.raises(Refusal, match="Sign in"):
            invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, password=PASSWORD)
        assert Account.objects.get(pk=owner.pk).check_password("her own long secret")
        with pytest.raises(Refusal, match="This invitation is for"):
            invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, account=alpen.staff["Alice Adler"].account)
        member = invitations.accept(invitation_id=invitation.pk, link_id=invitation.link_id, account=owner)
        assert member.account_id == owner.pk


def test_one_open_invitation_an_address_and_none_for_who_works_here(alpen: Alpen) -> None:
    with alpen.scope():
        invite(alpen)
        with pytest.raises(Refusal, match="open invitation"):
            invite(alpen, email="NORA@new.example")
        with pytest.raises(Refusal, match="works here already"):
            invite(alpen, email=alpen.staff["Bob Brenner"].account.email)
        assert Invitation.objects.count() == 1


def test_an_adviser_invites_nobody_and_a_manager_no_administrator(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            invite(alpen, actor=alpen.alice)
        with pytest.raises(Refusal, match="Only an administrator"):
            invite(alpen, actor=alpen.actor("Max Mair"), role="administrator")
        with pytest.raises(NotFound):
            invite(alpen, site_ids=(rosso.torino.pk,))
        assert Invitation.objects.count() == 0
