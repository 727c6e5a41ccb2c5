"""The question in the moment of sending and its form as a condition of a query."""

from datetime import timedelta

import pytest

from forecourt.kernel.errors import Refusal
from forecourt.records.people import consent
from forecourt.records.people.models import ConsentEntry, Customer
from forecourt.runtime import clock
from tests.cast import Alpen, Rosso


def give(dealer: Alpen, **told: object) -> ConsentEntry:
    usual = {"purpose": "offers", "channel": "email", "act": "give", "source": "link", "form": "counter", "wording": "test"}
    line = usual | {"customer": dealer.dana, "entered_at": clock.now()} | told
    return ConsentEntry.objects.create(**line)


def answers(dealer: Alpen, **asked: str) -> tuple[str, bool]:
    """The reason of the gate, and what the query says."""
    question = {"purpose": "offers", "channel": "email"} | asked
    found = Customer.objects.filter(consent.permitted(**question), pk=dealer.dana.pk).exists()  # type: ignore[arg-type]
    return consent.may_send(customer_id=dealer.dana.pk, **question).reason_code, found  # type: ignore[arg-type]


def test_a_consent_to_the_importer_never_lets_the_dealer_send(alpen: Alpen) -> None:
    with alpen.scope():
        give(alpen, controller="importer:fiat")
        assert answers(alpen) == ("given_to_another", False)
        assert answers(alpen, controller="group") == ("given_to_another", False)
        assert answers(alpen, controller="importer:fiat") == ("consented", True)


def test_a_customer_without_a_country_lives_where_the_dealer_is(alpen: Alpen) -> None:
    with alpen.scope():
        give(alpen)
        Customer.objects.update(country="")
        assert answers(alpen) == ("consented", True)
        alpen.organisation.country = "DE"
        alpen.organisation.save()
        assert answers(alpen) == ("needs_double_opt_in", False)
        Customer.objects.update(country="IT")
        assert answers(alpen) == ("consented", True)


def test_what_is_entered_for_later_does_not_count_yet(alpen: Alpen) -> None:
    with alpen.scope():
        give(alpen, entered_at=clock.now() + timedelta(hours=1))
        assert answers(alpen) == ("no_consent", False)


def test_to_somebody_we_do_not_know_only_what_needs_no_consent_goes(alpen: Alpen) -> None:
    with alpen.scope():
        assert consent.may_send(customer_id=None, purpose="contract", channel="email").allowed
        assert consent.may_send(customer_id=None, purpose="offers", channel="email").reason_code == "no_consent"


def test_lines_of_another_house_count_nothing(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        give(alpen)
    with rosso.scope():
        assert consent.may_send(customer_id=alpen.dana.pk, purpose="offers", channel="email").reason_code == "no_consent"


def test_nobody_asks_for_a_purpose_on_a_channel_that_it_has_not(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(Refusal, match="no such purpose"):
        consent.may_send(customer_id=alpen.dana.pk, purpose="connected_car", channel="email")
