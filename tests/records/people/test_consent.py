"""The ledger of consents: what may be sent follows from its lines, in whatever order they are told, and nobody changes a line."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.records.people import consent
from forecourt.records.people.models import ConsentEntry, Customer
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, customer_actor, local

START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = ("staff", "link", "import:autoline", "import:werbas", "dealer_rule")
LINES = st.lists(st.tuples(st.sampled_from(consent.ACTS), st.sampled_from(SOURCES), st.integers(0, 4)), max_size=6)


def lines(told: list[tuple[str, str, int]]) -> list[tuple[str, str, datetime]]:
    return [(act, source, START + timedelta(hours=hour)) for act, source, hour in told]


@pytest.mark.parametrize(
    ("purpose", "told", "expected"),
    [
        ("contract", [], (True, "needs_no_consent")),
        ("recall", [("object", "link", 1)], (True, "needs_no_consent")),
        ("service_reminder", [], (False, "no_consent")),
        ("service_reminder", [("give", "staff", 1)], (True, "consented")),
        ("service_reminder", [("give", "dealer_rule", 1)], (True, "ordered_as_a_service")),
        ("survey", [("give", "dealer_rule", 1)], (True, "ordered_as_a_service")),
        ("offers", [("give", "dealer_rule", 1)], (False, "no_consent")),
        ("offers", [("give", "import:autoline", 1)], (True, "consented")),
        ("offers", [("give", "staff", 1), ("withdraw", "link", 2)], (False, "withdrawn")),
        ("offers", [("withdraw", "link", 1), ("give", "link", 2)], (True, "consented")),
        ("offers", [("object", "link", 1), ("give", "import:autoline", 2)], (False, "objected")),
        ("offers", [("object", "link", 1), ("give", "staff", 2)], (True, "consented")),
        ("offers", [("give", "staff", 1), ("object", "link", 1)], (False, "objected")),
        ("offers", [("withdraw", "import:autoline", 1), ("give", "import:autoline", 2)], (True, "consented")),
        ("offers", [("withdraw", "import:werbas", 1), ("give", "import:autoline", 2)], (False, "withdrawn")),
        ("survey", [("object", "staff", 1), ("give", "dealer_rule", 2)], (False, "objected")),
    ],
)
def test_a_verdict_follows_from_the_lines(purpose: str, told: list[tuple[str, str, int]], expected: tuple[bool, str]) -> None:
    verdict = consent.verdict(purpose, lines(told))
    assert (verdict.allowed, verdict.reason_code) == expected


@given(told=LINES, purpose=st.sampled_from(consent.PURPOSES))
def test_the_order_in_which_lines_are_told_does_not_matter(told: list[tuple[str, str, int]], purpose: str) -> None:
    verdicts = {consent.verdict(purpose, lines(list(each))) for each in list(permutations(told))[:60]}
    assert len({(verdict.allowed, verdict.reason_code) for verdict in verdicts}) == 1


@given(told=LINES, purpose=st.sampled_from(("service_reminder", "survey", "offers")), act=st.sampled_from(("withdraw", "object")))
def test_whatever_was_said_before_a_no_now_stops_everything_until_the_person_agrees_again(
    told: list[tuple[str, str, int]], purpose: str, act: str
) -> None:
    stopped = [*lines(told), (act, "link", START + timedelta(days=1))]
    assert not consent.verdict(purpose, stopped).allowed
    for source in ("import:autoline", "dealer_rule"):
        assert not consent.verdict(purpose, [*stopped, ("give", source, START + timedelta(days=2))]).allowed
    assert consent.verdict(purpose, [*stopped, ("give", "link", START + timedelta(days=2))]).allowed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=LINES, purpose=st.sampled_from(consent.PURPOSES))
def test_the_query_says_what_the_gate_says(alpen: Alpen, told: list[tuple[str, str, int]], purpose: str) -> None:
    with alpen.scope(), transaction.atomic():
        for act, source, at in lines(told):
            ConsentEntry.objects.create(
                customer=alpen.dana, purpose=purpose, channel="email", act=act, source=source, entered_at=at, wording="test"
            )
        gate = consent.may_contact(customer_id=alpen.dana.pk, purpose=purpose, channel="email")
        found = Customer.objects.filter(consent.permitted(purpose=purpose, channel="email"), pk=alpen.dana.pk).exists()
        assert found == gate.allowed == consent.verdict(purpose, lines(told)).allowed
        assert not consent.may_contact(customer_id=alpen.dana.pk, purpose="offers", channel="phone").allowed
        transaction.set_rollback(True)


def test_a_line_can_neither_be_changed_nor_taken_out(alpen: Alpen) -> None:
    with alpen.scope():
        entry = consent.enter(
            actor=alpen.alice, customer_id=alpen.dana.pk, purpose="offers", channel="email", act="object", wording="desk_2026"
        )
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ConsentEntry.objects.filter(pk=entry.pk).update(act="give")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            entry.delete()
        assert consent.may_contact(customer_id=alpen.dana.pk, purpose="offers", channel="email").reason_code == "objected"


def test_a_line_says_who_when_how_and_in_which_words(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        entry = consent.enter(
            actor=alpen.alice,
            customer_id=alpen.dana.pk,
            purpose="survey",
            channel="sms",
            act="give",
            wording="desk_2026",
            wording_version=2,
        )
        assert (entry.source, entry.staff_id, entry.language, entry.wording_version) == ("staff", alpen.alice.id, "de", 2)
        assert entry.entered_at.date().isoformat() == "2026-03-02"
        assert list(Event.objects.values_list("name", "values").filter(name__startswith="people.consent")) == [
            ("people.consent_given", {"customer_id": str(alpen.dana.pk), "purpose": "survey", "channel": "sms"})
        ]


def test_a_customer_objects_for_herself_and_for_nobody_else(alpen: Alpen) -> None:
    dana, dieter = alpen.dana, alpen.customers["dieter"]
    with alpen.scope():
        consent.object_to_all(actor=customer_actor(dana), customer_id=dana.pk, wording="unsubscribe")
        assert {
            verdict.allowed for (purpose, _), verdict in consent.state(customer_id=dana.pk).items() if purpose not in consent.NEED_NOTHING
        } == {False}
        with pytest.raises(NotFound):
            consent.object_to_all(actor=customer_actor(dana), customer_id=dieter.pk, wording="unsubscribe")
        assert ConsentEntry.objects.filter(customer=dieter).count() == 0


def test_who_may_not_enters_nothing_and_a_foreign_customer_is_not_there(alpen: Alpen, rosso: Rosso) -> None:
    line = {"purpose": "offers", "channel": "email", "act": "give", "wording": "desk"}
    with alpen.scope():
        with pytest.raises(NotPermitted):
            consent.enter(actor=alpen.bob, customer_id=alpen.dana.pk, **line)
        with pytest.raises(NotFound):
            consent.enter(actor=alpen.alice, customer_id=rosso.eve.pk, **line)
        assert ConsentEntry.objects.count() == 0


def test_an_import_told_twice_writes_its_lines_once(alpen: Alpen) -> None:
    entries = [consent.Entry(customer_id=alpen.dana.pk, purpose="offers", channel="email", act="give")]
    with alpen.scope():
        assert consent.enter_batch(actor=alpen.system, entries=entries, source="import:autoline") == 1
        assert consent.enter_batch(actor=alpen.system, entries=entries, source="import:autoline") == 0
        assert ConsentEntry.objects.count() == 1
