"""The dealer decides when consents are confirmed by e-mail; the ledger's answer follows at once, and so does going back."""

import pytest

from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.people import consent
from forecourt.records.people.consent import house
from forecourt.records.people.models import Customer
from forecourt.runtime.models import AuditEntry, Event
from tests.cast import Alpen


def may_offer(dealer: Alpen) -> str:
    return consent.may_send(customer_id=dealer.dana.pk, purpose="offers", channel="email").reason_code


def test_the_answer_of_the_ledger_follows_the_rule_and_the_way_back(alpen: Alpen) -> None:
    with alpen.scope():
        Customer.objects.filter(pk=alpen.dana.pk).update(country="IT")
        consent.enter(
            actor=alpen.alice, customer_id=alpen.dana.pk, purpose="offers", channel="email", act="give", form="counter", wording="desk",
        )  # fmt: skip
        assert (house.chosen(), may_offer(alpen)) == ("by_country", "consented")
        assert house.decide(actor=alpen.actor("Anna Amort"), double_opt_in="always") == "by_country"
        assert may_offer(alpen) == "needs_double_opt_in"
        assert house.decide(actor=alpen.actor("Anna Amort"), double_opt_in="by_country") == "always"
        assert may_offer(alpen) == "consented"


def test_each_decision_is_in_the_trail_once_and_the_same_again_is_none(alpen: Alpen) -> None:
    with alpen.scope():
        anna = alpen.actor("Anna Amort")
        for rule in ("always", "always"):
            house.decide(actor=anna, double_opt_in=rule)
        entries = AuditEntry.objects.filter(act="people.consent_rule_set")
        assert [(entry.values["before"], entry.values["after"]) for entry in entries] == [("by_country", "always")]
        assert Event.objects.filter(name="people.consent_rule_set").count() == 1


def test_only_who_may_decides_and_only_what_there_is(alpen: Alpen) -> None:
    with alpen.scope():
        with pytest.raises(NotPermitted):
            house.decide(actor=alpen.alice, double_opt_in="never")
        with pytest.raises(Refusal, match="no such rule"):
            house.decide(actor=alpen.actor("Anna Amort"), double_opt_in="sometimes")
        assert house.chosen() == "by_country"


def test_the_countries_of_customers_say_where_a_consent_is_confirmed(alpen: Alpen) -> None:
    with alpen.scope():
        Customer.objects.filter(pk=alpen.dana.pk).update(country="DE")
        Customer.objects.create(number="X-1", last_name="Rossi", country="IT")
        Customer.objects.create(number="X-2", last_name="Bianchi", country="IT")
        told = {rule: {each.code: each.asks for each in house.countries(rule=rule)} for rule in house.CHOICES}
        assert {rule: (asks["DE"], asks["IT"]) for rule, asks in told.items()} == {
            "by_country": (True, False), "always": (True, True), "never": (False, False),
        }  # fmt: skip
