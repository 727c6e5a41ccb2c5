"""One page with everything we know of a person, who looked at it, and their rights."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from forecourt.engines.audience import facts, rules
from forecourt.engines.audience.models import LeavingExperience
from forecourt.journeys.workshop.models import JobCard
from forecourt.kernel.quantities import months_later
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people import customers, merges
from forecourt.records.people.models import Erasure, Takeout
from forecourt.runtime import clock
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, add_customer_with_car
from tests.engines.audience.history import been
from tests.proof.invented import Invented


def signed_in(member: StaffMember) -> Client:
    client = Client()
    client.force_login(member.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def berger(alpen: Alpen, settings: Any, tmp_path: Path) -> Invented:
    settings.DATA = tmp_path
    with alpen.scope():
        return Invented(alpen, 1)


@pytest.fixture
def anna(alpen: Alpen) -> Client:
    return signed_in(alpen.staff["Anna Amort"])


def test_the_page_shows_cars_visits_answers_sources_and_merges(anna: Client, berger: Invented) -> None:
    page = anna.get(f"/staff/customers/{berger.customer.pk}/").content.decode()
    for shown in (
        berger.car.plate,
        berger.phone,
        f"Schlecht, {berger.tag}",
        "Case 90001",
        "dms",
        f"Merged with T-{berger.tag}",
        "Guten Tag",
    ):
        assert shown in page


def test_every_look_is_noted_but_not_the_page_redrawing_itself(alpen: Alpen, anna: Client, berger: Invented) -> None:
    address = f"/staff/customers/{berger.customer.pk}/"
    anna.get(address)
    anna.get(address, headers={"HX-Request": "true"})
    signed_in(alpen.staff["Alice Adler"]).get(address)
    with alpen.scope():
        looks = AuditEntry.objects.filter(act="read.customer", object_id=berger.customer.pk).order_by("pk")
        assert [entry.actor_id for entry in looks] == [alpen.staff["Anna Amort"].pk, alpen.staff["Alice Adler"].pk]
    assert "Who looked at this" in anna.get(address).content.decode()


def test_who_may_not_see_the_lookers_merge_or_erase_is_not_shown_it(alpen: Alpen, berger: Invented) -> None:
    page = signed_in(alpen.staff["Alice Adler"]).get(f"/staff/customers/{berger.customer.pk}/").content.decode()
    for hidden in ("Who looked at this", "Erase this person", "Make an archive"):
        assert hidden not in page


def test_the_page_of_a_merged_record_leads_to_the_one_that_stands_for_it(alpen: Alpen, anna: Client) -> None:
    twin, _car = add_customer_with_car(alpen, "twin", plate="GG 777 HH")
    with alpen.scope():
        merges.merge(actor=alpen.actor("Anna Amort"), survivor_id=alpen.dana.pk, absorbed_id=twin.pk)
    assert anna.get(f"/staff/customers/{twin.pk}/").headers["Location"] == f"/staff/customers/{alpen.dana.pk}/"


def test_erasing_shows_what_goes_what_law_keeps_and_what_stands_in_the_way(alpen: Alpen, anna: Client, berger: Invented) -> None:
    with alpen.scope():
        JobCard.objects.filter(customer=berger.customer).update(stage="in_work")
    address = f"/staff/customers/{berger.customer.pk}/erase/"
    page = anna.get(address).content.decode()
    for shown in ("Job 90001 is still open", "Invoice RX-1", "until the end of", "Your appointments"):
        assert shown in page
    refused = anna.post(address, {"reason": "asked"})
    assert (refused.status_code, "Nothing was erased." in refused.content.decode()) == (422, True)
    assert anna.post(address, {"reason": "asked", "is_patient": "on"}).status_code == 302
    with alpen.scope():
        waiting = Erasure.objects.get(state="waiting")
    assert "This person is to be erased." in anna.get(f"/staff/customers/{berger.customer.pk}/").content.decode()
    anna.post(f"/staff/customers/erasures/{waiting.pk}/keep/")
    with alpen.scope():
        assert Erasure.objects.count() == 0


def test_an_archive_is_made_and_fetched_by_a_signed_link(alpen: Alpen, anna: Client, berger: Invented) -> None:
    from forecourt.records.people import takeout

    anna.post(f"/staff/customers/{berger.customer.pk}/take-out/")
    with alpen.scope():
        wanted = Takeout.objects.get()
        takeout.make(by=alpen.actor("Anna Amort"), takeout_id=wanted.pk)
    assert anna.post(f"/staff/customers/archives/{wanted.pk}/").headers["Location"].startswith("/files/")


def test_the_page_says_where_somebody_stands_and_how_likely_each_car_does_not_come_again(alpen: Alpen, anna: Client) -> None:
    today = clock.now().date()
    with alpen.scope():
        rules.install()
        customers.change(actor=alpen.alice, customer_id=alpen.dana.pk, tier="gold", looks_for="pleasure")
        been(alpen.golf, str(months_later(today, -14)), None, "Ölwechsel")
        facts.refresh()
        LeavingExperience.objects.create(visits=1, months=12, cars=40, stayed_away=30, gathered_on=today)
    page = anna.get(f"/staff/customers/{alpen.dana.pk}/").content.decode()
    for told in (
        "Where they stand",
        "Loyal",
        "Gold",
        "Driving pleasure",
        "75%",
        "of 40 cars that had been here as often, and last as long ago, 30 did not come",
    ):
        assert told in page, told


def test_the_page_of_somebody_without_a_car_says_nothing_of_a_stage(alpen: Alpen, anna: Client) -> None:
    with alpen.scope():
        zita = customers.enter(actor=alpen.alice, last_name="Zoller")
    page = anna.get(f"/staff/customers/{zita.pk}/").content.decode()
    assert "Where they stand" in page
    assert "Risk of leaving" not in page
