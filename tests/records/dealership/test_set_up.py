"""Setting up a dealer: who may, what is refused, what follows."""

from datetime import date

import pytest

from forecourt.engines.booking import resources as booking
from forecourt.journeys.workshop import subscribers
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.dealership import bays, sites, staff
from forecourt.records.dealership.events import BayAdded, StaffJoined
from forecourt.records.dealership.models import Bay, StaffMember
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, local


def test_only_who_runs_the_dealer_changes_it(alpen: Alpen) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            bays.add(actor=alpen.alice, site_id=alpen.bozen.pk, name="Bay 9")
        with pytest.raises(NotPermitted):
            sites.change_hours(actor=alpen.actor("Max Mair"), site_id=alpen.bozen.pk, opening_hours="Mo 08:00-09:00")
        assert bays.add(actor=alpen.actor("Max Mair"), site_id=alpen.bozen.pk, name="Bay 9").department == "mechanical"


def test_nothing_is_added_to_another_organisations_site(alpen: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        with pytest.raises(NotFound):
            bays.add(actor=rosso.system, site_id=alpen.bozen.pk, name="Bay 9")
        with pytest.raises(NotFound):
            bays.add(actor=rosso.system, site_id=rosso.torino.pk, name="Bay 9", technician_id=alpen.staff["M. Huber"].pk)
        assert Bay.objects.count() == 1


def test_hours_that_cannot_be_read_are_refused_by_name(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(Refusal) as refusal:
        sites.change_hours(actor=alpen.system, site_id=alpen.bozen.pk, opening_hours="always")
    assert (refusal.value.code, "always" in refusal.value.text) == ("hours_unreadable", True)


def test_a_closed_day_is_part_of_the_hours(alpen: Alpen) -> None:
    with alpen.scope():
        site = sites.change_hours(
            actor=alpen.system, site_id=alpen.bozen.pk, opening_hours="Mo-Fr 08:00-17:00", closed_on=[date(2026, 12, 25)]
        )
    assert sites.hours_of(site).intervals(date(2026, 12, 25)) == []
    assert len(sites.hours_of(site).intervals(date(2026, 12, 24))) == 1


def test_one_person_may_work_for_two_dealers_but_once_for_each(alpen: Alpen, rosso: Rosso) -> None:
    email = alpen.staff["Alice Adler"].account.email
    with rosso.scope():
        second = staff.join(actor=rosso.system, email=email.upper(), name="Alice Adler", role="adviser", home_site_id=rosso.torino.pk)
        assert second.account_id == alpen.staff["Alice Adler"].account_id
        with pytest.raises(Refusal) as refusal:
            staff.join(actor=rosso.system, email=email, name="Alice Adler", role="adviser")
        assert refusal.value.code == "already_works_here"


def test_a_role_that_does_not_exist_is_refused(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(Refusal) as refusal:
        staff.join(actor=alpen.system, email="x@example.org", name="X", role="king")
    assert refusal.value.code == "unknown_role"
    with alpen.scope():
        assert not StaffMember.objects.filter(name="X").exists()


def test_a_new_bay_and_its_technician_become_bookable_by_reaction(alpen: Alpen) -> None:
    with alpen.scope():
        member = staff.join(actor=alpen.system, email="n@example.org", name="N. Neu", role="technician", home_site_id=alpen.bozen.pk)
        bay = bays.add(actor=alpen.system, site_id=alpen.bozen.pk, name="Bay 9", technician_id=member.pk)
        assert booking.of("bay", bay.pk) is None
        subscribers.keep_resources_in_line(StaffJoined(staff_member_id=member.pk, site_id=alpen.bozen.pk, role="technician"))
        subscribers.keep_resources_in_line(BayAdded(bay_id=bay.pk, site_id=alpen.bozen.pk))
        resource = booking.of("bay", bay.pk)
        assert resource is not None
        assert (resource.name, resource.abilities, resource.zone) == ("Bay 9", ["lift"], "Europe/Rome")
        assert booking.of("technician", member.pk) is not None


def test_an_absence_ends_after_it_starts_and_is_told_without_a_name(alpen: Alpen) -> None:
    huber = alpen.staff["M. Huber"]
    with alpen.scope():
        with pytest.raises(Refusal):
            staff.be_absent(
                actor=alpen.system, staff_member_id=huber.pk, starts_at=local("2026-03-02 08:00"), ends_at=local("2026-03-02 08:00")
            )
        staff.be_absent(
            actor=alpen.system,
            staff_member_id=huber.pk,
            starts_at=local("2026-03-02 08:00"),
            ends_at=local("2026-03-03 08:00"),
            reason="ill",
        )
        values = Event.objects.get(name="dealership.staff_absent").values
    assert set(values) == {"staff_member_id", "site_id", "starts_at", "ends_at"}
