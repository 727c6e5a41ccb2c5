"""What a customer wants to get: chosen without sign-in by a signed link, confirmed, undone, and nothing without a POST."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from forecourt.engines.messaging import pauses
from forecourt.records.people import consent
from forecourt.records.people.models import ConsentEntry, Customer, Wording
from forecourt.runtime import links
from tests.cast import Alpen, Rosso, customer_actor, local

pytestmark = pytest.mark.django_db
OFFERS = "dealer|offers|email"
REMINDERS = "dealer|service_reminder|email"


@pytest.fixture(autouse=True)
def noon(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2027-03-02 12:00"))


def address(dealer: Alpen, purpose: str = "preferences", **values: object) -> str:
    usual = {"organisation_id": dealer.id, "subject_id": dealer.dana.pk, "holder_id": dealer.dana.pk}
    letter = {"preferences": "p", "consent_confirm": "c"}[purpose]
    return f"/{letter}/" + links.make(purpose=purpose, **(usual | values)) + "/"  # type: ignore[arg-type]


def allowed(dealer: Alpen) -> set[str]:
    with dealer.scope():
        state = consent.state(customer_id=dealer.dana.pk)
    return {
        f"dealer|{purpose}|{channel}"
        for (purpose, channel), verdict in state.items()
        if verdict.allowed and purpose not in consent.NEED_NOTHING
    }


def test_looking_changes_nothing(alpen: Alpen, client: Client) -> None:
    page = client.get(address(alpen))
    assert (page.status_code, client.head(address(alpen)).status_code) == (200, 200)
    assert client.get(address(alpen), {"do": "stop_all"}).status_code == 200
    with alpen.scope():
        assert ConsentEntry.objects.count() == 0


def test_a_choice_is_kept_with_its_words_told_and_undone(alpen: Alpen, client: Client) -> None:
    page = client.post(address(alpen), {"do": "save", "wanted": [OFFERS, "dealer|offers|sms"]}, follow=True)
    assert allowed(alpen) == {OFFERS, "dealer|offers|sms"}
    assert "Undo" not in page.content.decode()  # Dana reads German
    assert "Angebote und Neues, per E-Mail: ja" in page.content.decode()
    with alpen.scope():
        entry = ConsentEntry.objects.get(channel="email")
        assert (entry.form, entry.source, entry.language, entry.wording) == ("link", "link", "de", "preferences.offers.email")
        text = Wording.objects.get(key="preferences.offers.email").text
        assert text == "Autohaus Alpen: Angebote und Neues, per E-Mail. Ab und zu Angebote, Veranstaltungen und Neuigkeiten."

    client.post(address(alpen), {"do": "undo", "change": page.context["change"]})
    assert allowed(alpen) == set()
    client.post(address(alpen), {"do": "undo", "change": page.context["change"]})
    with alpen.scope():
        assert ConsentEntry.objects.count() == 4


def test_an_old_page_left_open_agrees_to_nothing_on_its_own(alpen: Alpen, client: Client) -> None:
    client.post(address(alpen), {"do": "save", "wanted": [OFFERS]})
    client.post(address(alpen), {"do": "stop_all"})
    client.post(address(alpen), {"do": "save", "shown": [OFFERS], "wanted": [OFFERS, REMINDERS]})
    assert allowed(alpen) == {REMINDERS}


def test_stopping_everything_stops_it_and_can_be_undone_as_far_as_there_was_something(alpen: Alpen, client: Client) -> None:
    client.post(address(alpen), {"do": "save", "wanted": [OFFERS, REMINDERS, "dealer|connected_car|car"]})
    page = client.post(address(alpen), {"do": "stop_all"}, follow=True)
    assert allowed(alpen) == set()
    with alpen.scope():
        assert consent.may_send(customer_id=alpen.dana.pk, purpose="offers", channel="post").reason_code == "objected"
    client.post(address(alpen), {"do": "undo", "change": page.context["change"]})
    assert allowed(alpen) == {OFFERS, REMINDERS, "dealer|connected_car|car"}


def test_a_pause_lasts_three_months_and_can_be_ended(alpen: Alpen, client: Client) -> None:
    client.post(address(alpen), {"do": "pause"})
    with alpen.scope():
        pause = pauses.of_cause(alpen.dana.pk)
        assert pause is not None
        assert (pause.reason, pause.purposes, str(pause.until_at)[:10]) == (
            "customer_asked",
            ["offers", "service_reminder", "survey"],
            "2027-06-01",
        )
    client.post(address(alpen), {"do": "resume"})
    with alpen.scope():
        assert pauses.of_cause(alpen.dana.pk) is None


def test_the_language_of_letters_is_chosen_here(alpen: Alpen, client: Client) -> None:
    client.post(address(alpen), {"do": "language", "language": "it"})
    with alpen.scope():
        assert Customer.objects.get(pk=alpen.dana.pk).language == "it"


def test_a_link_opens_only_what_it_was_made_for(alpen: Alpen, rosso: Rosso, client: Client) -> None:
    dieter = alpen.customers["dieter"]
    booking = links.make(purpose="booking", organisation_id=alpen.id, subject_id=alpen.dana.pk, holder_id=alpen.dana.pk)
    for url in (address(alpen, subject_id=dieter.pk), address(alpen, organisation_id=rosso.id), f"/p/{booking}/"):
        assert client.post(url, {"do": "stop_all"}).status_code == 404
    other = client.post(address(alpen, subject_id=dieter.pk, holder_id=dieter.pk), {"do": "save", "wanted": [OFFERS]}, follow=True)
    assert client.post(address(alpen), {"do": "undo", "change": other.context["change"]}).status_code == 404
    with alpen.scope():
        assert ConsentEntry.objects.filter(customer=alpen.dana).count() == 0


def test_what_is_no_box_of_the_page_is_passed_over(alpen: Alpen, client: Client) -> None:
    strange = ["dealer|contract|email", "nobody|offers|email", "dealer|pixel|sms", "dealer|offers", ""]
    assert client.post(address(alpen), {"do": "save", "wanted": strange}).status_code == 302
    assert client.post(address(alpen), {"do": "fly"}).status_code == 302  # the page again, nothing changed
    with alpen.scope():
        assert ConsentEntry.objects.count() == 0


def test_a_double_opt_in_is_confirmed_by_a_button_only(alpen: Alpen, client: Client) -> None:
    with alpen.scope(), transaction.atomic():
        entry = consent.enter(
            actor=alpen.alice,
            customer_id=alpen.dana.pk,
            purpose="offers",
            channel="email",
            act="give",
            wording="desk",
            form="double_opt_in",
        )
    url = address(alpen, "consent_confirm", subject_id=entry.pk)
    assert (client.get(url).status_code, client.head(url).status_code, allowed(alpen)) == (200, 200, set())
    assert client.post(url).status_code == 302
    assert (client.post(url).status_code, allowed(alpen)) == (302, {OFFERS})
    dieter = alpen.customers["dieter"]
    assert client.post(address(alpen, "consent_confirm", subject_id=entry.pk, holder_id=dieter.pk)).status_code == 404


def test_after_a_no_the_confirmation_says_so(alpen: Alpen, client: Client) -> None:
    with alpen.scope(), transaction.atomic():
        dana = customer_actor(alpen.dana)
        entry = consent.enter(
            actor=alpen.alice,
            customer_id=alpen.dana.pk,
            purpose="offers",
            channel="email",
            act="give",
            wording="desk",
            form="double_opt_in",
        )
        consent.object_to_all(actor=dana, customer_id=alpen.dana.pk, wording="page")
    page = client.post(address(alpen, "consent_confirm", subject_id=entry.pk))
    assert (page.status_code, allowed(alpen)) == (422, set())
