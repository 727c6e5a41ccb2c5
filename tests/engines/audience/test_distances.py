"""How far a keeper lives from the site: what records say, a moment after they say it, in the table that a segment reads."""

import threading
from collections.abc import Callable
from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from forecourt.engines.audience import background, facts, profiles, register, rules, segments
from forecourt.engines.audience.lake import worth
from forecourt.engines.audience.models import VehicleFacts
from forecourt.engines.audience.segments import lines, phrases
from forecourt.kernel.conditions import Compare
from forecourt.records.dealership import sites
from forecourt.records.dealership.models import LegalEntity, Site
from forecourt.records.people import customers
from forecourt.records.people.models import Customer
from tests.cast import SITE_HOURS, Alpen, autohaus_alpen, local
from tests.engines.audience.history import been
from tests.engines.audience.test_profiles import followed
from tests.turns import wait_until_somebody_waits_for_a_turn

TODAY = date(2026, 3, 2)


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    """Dana lives in Brixen; her Golf comes to Bozen, her Panda to Meran. Dieter, of Lana, never came."""
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        lives(alpen.dana, "Brixen")
        lives(alpen.customers["dieter"], "Lana")
        been(alpen.golf, "2025-10-20", 40_000, "Ölwechsel", site=alpen.bozen)
        been(alpen.panda, "2025-10-21", 20_000, "Ölwechsel", site=alpen.meran)
        facts.refresh(today=TODAY)
    return alpen


def lives(who: Customer, city: str, country: str = "IT") -> None:
    Customer.objects.filter(pk=who.pk).update(city=city, country=country)


def kilometres() -> dict[str, int | None]:
    return dict(VehicleFacts.objects.values_list("vehicle__model", "km_from_site"))


def found(dealer: Alpen, op: str, value: int | None) -> list[str]:
    of = Compare("km_from_site", op, value)
    return sorted(segments.cars(actor=dealer.system, of=of, at=TODAY).values_list("vehicle__model", flat=True))


def test_each_car_is_measured_to_the_site_it_came_to_last_and_one_that_never_came_to_the_nearest(dealer: Alpen) -> None:
    with dealer.scope():
        assert kilometres() == {"Golf": 35, "Panda": 38, "Octavia": 6}


def test_at_most_and_more_than_are_told_apart_and_who_lives_nowhere_we_know_is_in_neither(dealer: Alpen) -> None:
    with dealer.scope():
        lives(dealer.customers["dieter"], "Nirgendsdorf")
        facts.refresh(today=TODAY)
        assert (found(dealer, "le", 35), found(dealer, "gt", 35)) == (["Golf"], ["Panda"])
        assert (found(dealer, "le", 20_000), found(dealer, "gt", -1)) == (["Golf", "Panda"], ["Golf", "Panda"])
        assert found(dealer, "is_empty", None) == ["Octavia"]


def test_an_address_that_changed_is_measured_anew_and_nothing_is_written_twice(dealer: Alpen) -> None:
    with dealer.scope():
        customers.change(actor=dealer.alice, customer_id=dealer.dana.pk, postcode="80331", city="Muenchen", country="DE")
        assert followed(dealer).km_from_site == 184
        assert profiles.refresh(today=TODAY) == 0
        customers.change(actor=dealer.alice, customer_id=dealer.dana.pk, city="")
        assert followed(dealer).km_from_site is None


def test_an_address_without_a_country_lies_in_that_of_the_site(dealer: Alpen) -> None:
    with dealer.scope():
        lives(dealer.dana, "Bolzano (BZ)", "")
        profiles.refresh(today=TODAY)
        assert (kilometres()["Golf"], kilometres()["Panda"]) == (0, 24)


def test_of_towns_with_one_name_the_nearest_to_the_site_is_meant(dealer: Alpen) -> None:
    with dealer.scope():
        lives(dealer.dana, "Frankfurt", "DE")
        Site.objects.filter(pk=dealer.bozen.pk).update(city="Berlin", country="DE")
        Site.objects.filter(pk=dealer.meran.pk).update(city="Mainz", country="DE")
        profiles.refresh(today=TODAY)
        assert (kilometres()["Golf"], kilometres()["Panda"]) == (80, 32)


def test_a_site_in_a_town_that_nobody_knows_measures_nothing(dealer: Alpen) -> None:
    with dealer.scope():
        Site.objects.filter(pk=dealer.bozen.pk).update(city="Nirgendsdorf")
        profiles.refresh(today=TODAY)
        assert kilometres() == {"Golf": None, "Panda": 38, "Octavia": 6}


def test_a_new_site_is_nearer_to_whoever_never_came(dealer: Alpen) -> None:
    with dealer.scope():
        sites.open_site(
            actor=dealer.system, legal_entity_id=LegalEntity.objects.get().pk, slug="lana", code="LAN", name="Lana", street="Gries 1",
            postcode="39011", city="Lana", country="IT", phone="+390473000000", email="lana@example.org", zone="Europe/Rome",
            opening_hours=SITE_HOURS,
        )  # fmt: skip
        followed(dealer)
        assert kilometres() == {"Golf": 35, "Panda": 38, "Octavia": 0}


def test_the_lake_s_way_measures_the_same_and_notices_a_site_that_moved(
    dealer: Alpen, settings: LazySettings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA = tmp_path
    monkeypatch.setattr(worth, "LINES", 0)
    with dealer.scope():
        VehicleFacts.objects.all().delete()
        facts.refresh(today=TODAY)
        assert kilometres() == {"Golf": 35, "Panda": 38, "Octavia": 6}
        before = profiles.edition()
        Site.objects.filter(pk=dealer.bozen.pk).update(city="Brixen")
        facts.refresh(today=TODAY)
        assert profiles.edition() != before
        assert kilometres() == {"Golf": 0, "Panda": 38, "Octavia": 6}


def test_it_is_written_and_told_in_words_with_unit_and_site(dealer: Alpen) -> None:
    asked = register.asked("km_from_site")
    assert asked
    assert [each.code for each in phrases.phrases(asked.criterion)][:3] == ["ge", "le", "gt"]
    with dealer.scope():
        rule = lines.condition(asked, "le", "37,5")
        speech = phrases.Speech()
        assert speech.rule(rule) == "Distance from the site is at most 37.5 km"
        assert speech.rule(lines.condition(asked, "gt", "30")) == "Distance from the site is more than 30 km"
        assert speech.rule(lines.condition(asked, "between", "10", upto="30")) == "Distance from the site from 10 km to 30 km"
        told = {
            row.facts.vehicle.model: [speech.reason(each, row.facts) for each in row.reasons]
            for row in segments.page(actor=dealer.system, of=rule, at=TODAY)
        }
        assert told == {
            "Golf": ["Distance from the site: 35 km from Bozen (town to town)"],
            "Octavia": ["Distance from the site: 6 km from the nearest site (town to town)"],
        }
        lives(dealer.customers["dieter"], "")
        profiles.refresh(today=TODAY)
        [row] = segments.page(actor=dealer.system, of=Compare("km_from_site", "is_empty"), at=TODAY)
        assert [speech.reason(each, row.facts) for each in row.reasons] == ["Distance from the site: unknown"]


def test_after_an_upgrade_it_is_worked_out_without_waiting_for_the_next_day(dealer: Alpen) -> None:
    with dealer.scope():
        VehicleFacts.objects.update(km_from_site=None)
    background.begin_the_day()
    with dealer.scope():
        assert set(kilometres().values()) == {None}
    state = MigrationExecutor(connection).loader.project_state(("audience", "0008_km_from_site"))
    migration = import_module("forecourt.engines.audience.migrations.0008_km_from_site")
    migration.let_the_day_begin_anew(state.apps, SimpleNamespace(connection=connection))
    background.begin_the_day()
    with dealer.scope():
        assert kilometres() == {"Golf": 35, "Panda": 38, "Octavia": 6}


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_the_first_facts_of_all_cars_copies_from_what_was_found_meanwhile() -> None:
    """An import enters consents, too: both reactions run at once."""
    alpen = autohaus_alpen()

    def copy_beside() -> None:
        with alpen.scope():
            profiles.refresh(today=TODAY)
        connection.close()

    beside = threading.Thread(target=copy_beside)
    with alpen.scope():
        lives(alpen.dana, "Brixen")
        been(alpen.golf, "2025-10-20", 40_000, "Ölwechsel", site=alpen.bozen)
        with transaction.atomic():
            facts.refresh(today=TODAY)
            beside.start()
            wait_until_somebody_waits_for_a_turn()
        beside.join(20)
        assert kilometres()["Golf"] == 35
