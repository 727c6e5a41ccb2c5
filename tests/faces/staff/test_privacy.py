"""What the dealer answers for towards its customers: how long things are kept, what is shared, how consent is confirmed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.messaging.models import Click
from forecourt.records.people import controllers, retention, shares
from forecourt.records.people.consent import house
from forecourt.records.people.models import Controller, Share
from forecourt.runtime import clock
from tests.cast import Alpen

pytestmark = pytest.mark.django_db


def signed_in(alpen: Alpen, name: str) -> Client:
    client = Client()
    with alpen.scope():
        client.force_login(alpen.staff[name].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_counts_before_the_first_run_and_then_shows_what_the_last_one_took(alpen: Alpen) -> None:
    client, url = signed_in(alpen, "Max Mair"), reverse("privacy:retention")
    with alpen.scope():
        old = clock.now() - timedelta(days=91)
        Click.objects.create(
            cause_kind="test", cause_id=alpen.dana.pk, at=old, method="GET", is_machine=False, verdict="", user_agent="Phone"
        )
    assert "No run yet" in client.get(url).content.decode()
    with alpen.scope():
        assert retention.carry_out(actor=alpen.system).gone == 1
    page = client.get(url).content.decode()
    assert "1 row was past its time and went." in page
    assert "ninety days with what the browser said of itself" in page
    assert "as long as commercial and tax law of the country ask" in page


def test_a_run_that_was_cut_short_says_so(alpen: Alpen) -> None:
    with alpen.scope():
        retention.begin()
    assert "is not finished" in signed_in(alpen, "Max Mair").get(reverse("privacy:retention")).content.decode()


def test_the_page_costs_the_same_however_many_kinds_there_are(alpen: Alpen, django_assert_num_queries: Any) -> None:
    client = signed_in(alpen, "Max Mair")
    with alpen.scope():
        retention.carry_out(actor=alpen.system)
    client.get(reverse("privacy:retention"))
    with django_assert_num_queries(13):
        client.get(reverse("privacy:retention"))


SHARE = {
    "from_controller": "dealer", "to_controller": "group", "purpose": "offers", "shared": ["email", "last_name"], "starts_on": "2026-01-01",
    "ends_on": "2099-12-31", "basis": "Vertrag vom 1. März",
}  # fmt: skip


@pytest.fixture
def grouped(alpen: Alpen) -> Alpen:
    """The dealer's group takes part."""
    with alpen.scope():
        controllers.add(actor=alpen.system, key="group", kind="group", name="Alpen Gruppe")
    return alpen


def test_without_another_company_the_page_leads_to_the_list_of_them(alpen: Alpen) -> None:
    client = signed_in(alpen, "Anna Amort")
    assert "Nobody else takes part." in client.get(reverse("privacy:shares")).content.decode()
    added = client.post(reverse("privacy:controllers"), {"name": "Alpen Gruppe", "kind": "group", "key": "group"}, follow=True)
    assert "Alpen Gruppe" in added.content.decode()
    again = client.post(reverse("privacy:controllers"), {"name": "Alpen Gruppe", "kind": "group", "key": "group"})
    assert (again.status_code, "There is such a controller already." in again.content.decode()) == (422, True)
    assert "Nothing is shared." in client.get(reverse("privacy:shares")).content.decode()
    with alpen.scope():
        client.post(reverse("privacy:leave_controller", args=[Controller.objects.get().pk]))
        assert Controller.objects.count() == 0


def test_a_share_is_recorded_found_looked_at_ended_and_taken_up_again(grouped: Alpen) -> None:
    client = signed_in(grouped, "Anna Amort")
    page = client.post(reverse("privacy:new_share"), SHARE, follow=True).content.decode()
    assert "The share is recorded." in page
    assert "Nothing was seen by it yet." in page
    with grouped.scope():
        share = Share.objects.get()
        shares.seen(actor=grouped.alice, customer_id=grouped.dana.pk, from_controller="dealer", to_controller="group", purpose="offers")
    url, listed = reverse("privacy:share", args=[share.pk]), reverse("privacy:shares")
    seen = client.get(url).content.decode()
    assert "Alice Adler" in seen
    assert "Dana Dorfer" in seen
    assert [url in client.get(listed + query).content.decode() for query in ("", "?q=gruppe offers", "?q=importer", "?show=past")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert "The share is ended" in client.post(reverse("privacy:end_share", args=[share.pk]), follow=True).content.decode()
    assert [url in client.get(listed + query).content.decode() for query in ("", "?show=past", "?show=all")] == [False, True, True]
    form = client.get(reverse("privacy:new_share") + f"?like={share.pk}").content.decode()
    assert "Vertrag vom 1. März" in form
    assert form.count("checked") == 2


def test_a_share_that_says_too_little_comes_back_with_what_was_typed(grouped: Alpen) -> None:
    client = signed_in(grouped, "Anna Amort")
    for told in ({"to_controller": "dealer"}, {"shared": []}, {"ends_on": "2025-01-01"}):
        answer = client.post(reverse("privacy:new_share"), SHARE | told)
        assert (answer.status_code, "Vertrag vom 1. März" in answer.content.decode()) == (422, True)
    with grouped.scope():
        assert Share.objects.count() == 0


def test_the_rule_is_chosen_and_taken_back(alpen: Alpen) -> None:
    client = signed_in(alpen, "Anna Amort")
    url = reverse("privacy:decide_opt_in")
    page = client.post(url, {"double_opt_in": "always"}, follow=True).content.decode()
    assert "Saved. It holds at once" in page
    assert "Back to: As the country asks" in page
    assert 'value="always" checked' in page
    client.post(url, {"double_opt_in": "by_country"})
    assert client.post(url, {"double_opt_in": "maybe"}).status_code == 422
    with alpen.scope():
        assert house.chosen() == "by_country"
