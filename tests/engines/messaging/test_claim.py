"""What is decided at the moment of sending."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from forecourt.engines.messaging import claim, pauses, purposes, registry, suppression
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.people import consent
from forecourt.runtime import clock
from tests.cast import Alpen, local
from tests.engines.messaging.conftest import Queue

pytestmark = pytest.mark.django_db
Clock = Callable[[datetime], None]
TUESDAY_NOON = local("2027-03-02 12:00")


@pytest.fixture(autouse=True)
def noon(set_clock: Clock) -> None:
    set_clock(TUESDAY_NOON)


@pytest.fixture
def agreed(alpen: Alpen) -> None:
    """Dana agreed to reminders, surveys and offers by mail."""
    with alpen.scope():
        for purpose in sorted(purposes.MARKETING):
            consent.enter(actor=alpen.system, customer_id=alpen.dana.pk, purpose=purpose, channel="email", act="give", wording="test")


def ended(alpen: Alpen, message: Message | None) -> tuple[str, str]:
    """Claim everything; how this message came out."""
    assert message is not None
    with alpen.scope():
        claim.claim(at_most=50)
        message.refresh_from_db()
    return message.state, message.reason_code


def test_a_message_that_may_go_is_composed_and_leased(alpen: Alpen, queue: Queue) -> None:
    message = queue(facts={"subject": "Ihr Termin", "words": "Bis morgen"})
    assert message is not None
    with alpen.scope():
        claimed = claim.claim(at_most=50)
        assert [ready.pk for ready in claimed.ready] == [message.pk]
        message.refresh_from_db()
        assert (message.state, message.subject, message.html, message.text) == ("queued", "Ihr Termin", "<p>Bis morgen</p>", "Bis morgen")
        assert claim.claim(at_most=50).decided == 0


def test_an_objection_after_planning_stops_a_reminder_but_not_what_a_contract_needs(alpen: Alpen, queue: Queue, agreed: None) -> None:
    reminder, notice = queue(purpose="service_reminder"), queue()
    with alpen.scope():
        consent.enter(
            actor=alpen.system, customer_id=alpen.dana.pk, purpose="service_reminder", channel="email", act="object", wording="test"
        )

    assert ended(alpen, reminder) == ("refused", "objected")
    assert ended(alpen, notice) == ("queued", "")


def test_without_consent_nothing_that_advertises_leaves(alpen: Alpen, queue: Queue) -> None:
    assert ended(alpen, queue(purpose="survey")) == ("refused", "no_consent")
    assert ended(alpen, queue(purpose="offers", customer_id=None)) == ("refused", "no_consent")


@pytest.fixture
def booked() -> Iterator[None]:
    registry.gate("test")(lambda message: Verdict(allowed=False, reason_code="already_booked"))
    yield
    del registry._gates["test"]


def test_a_cause_that_no_longer_stands_refuses_its_message(alpen: Alpen, queue: Queue, agreed: None, booked: None) -> None:
    assert ended(alpen, queue(purpose="service_reminder")) == ("refused", "already_booked")


def test_a_suppressed_address_gets_nothing_until_it_is_lifted(alpen: Alpen, queue: Queue) -> None:
    with alpen.scope():
        suppression.suppress(address="DANA@example.org", reason="unknown_user")
    assert ended(alpen, queue()) == ("refused", "suppressed")
    with alpen.scope():
        suppression.lift(address="dana@example.org")
    assert ended(alpen, queue()) == ("queued", "")


def test_an_open_case_pauses_marketing_until_its_end(alpen: Alpen, queue: Queue, agreed: None) -> None:
    case = uuid7()
    with alpen.scope():
        pauses.begin(customer_id=alpen.dana.pk, purposes=purposes.MARKETING, reason="case_open", cause_id=case)
        pauses.begin(customer_id=alpen.dana.pk, purposes=purposes.MARKETING, reason="case_open", cause_id=case)
    assert ended(alpen, queue(purpose="offers")) == ("refused", "case_open")
    assert ended(alpen, queue()) == ("queued", "")
    with alpen.scope():
        pauses.end(cause_id=case)
    assert ended(alpen, queue(purpose="offers")) == ("queued", "")


@pytest.mark.parametrize(
    ("now", "later"),
    [
        ("2027-03-02 20:00", "2027-03-03 08:00"),
        ("2027-03-03 03:00", "2027-03-03 08:00"),
        ("2027-03-06 21:00", "2027-03-08 08:00"),  # Saturday night: Sunday is quiet too
        ("2027-03-27 23:00", "2027-03-29 08:00"),  # over the change to summer time
    ],
)
def test_marketing_waits_for_the_morning_and_contract_mail_does_not(
    alpen: Alpen, queue: Queue, agreed: None, set_clock: Clock, now: str, later: str
) -> None:
    set_clock(local(now))
    reminder, notice = queue(purpose="service_reminder"), queue()
    assert reminder is not None

    assert ended(alpen, reminder) == ("queued", "")
    assert (reminder.due_at, reminder.html) == (local(later), "")
    assert ended(alpen, notice) == ("queued", "")
    assert notice is not None
    assert notice.html == "<p>Hello</p>"


def test_the_third_advert_of_a_week_is_refused_even_within_one_claim(alpen: Alpen, queue: Queue, agreed: None) -> None:
    adverts = [queue(purpose=purpose) for purpose in ("service_reminder", "offers", "survey")]

    assert [ended(alpen, advert) for advert in adverts] == [("queued", ""), ("queued", ""), ("refused", "too_many_this_week")]


def test_adverts_of_an_earlier_week_do_not_count(alpen: Alpen, queue: Queue, agreed: None) -> None:
    for _ in range(2):
        earlier = queue(purpose="offers")
        assert earlier is not None
        with alpen.scope():
            Message.objects.filter(pk=earlier.pk).update(state="sent", sent_at=clock.now() - timedelta(days=7, minutes=1))

    assert ended(alpen, queue(purpose="offers")) == ("queued", "")


@pytest.mark.parametrize(
    ("address", "code"), [("", "no_address"), ("dana@example", "bad_address"), ("a@b.it\r\nBcc: x@y.it", "bad_address")]
)
def test_an_address_that_cannot_be_written_to_is_refused_in_the_claim(alpen: Alpen, queue: Queue, address: str, code: str) -> None:
    assert ended(alpen, queue(address=address)) == ("refused", code)


def test_a_line_break_in_a_subject_is_refused(alpen: Alpen, queue: Queue) -> None:
    assert ended(alpen, queue(facts={"subject": "Hi\r\nBcc: everyone@example.org"})) == ("refused", "line_break_in_header")


def test_a_composer_may_refuse_and_its_half_written_rows_are_undone(alpen: Alpen, queue: Queue) -> None:
    @registry.composer("test.full")
    def compose(message: Message) -> Content:
        suppression.suppress(address="someone@example.org", reason="half_done")
        raise Refusal("no_slots", "Nothing is free.")

    try:
        message = queue(template="test.full")
        assert ended(alpen, message) == ("refused", "no_slots")
        assert message is not None
        assert message.reason == "Nothing is free."
        with alpen.scope():
            assert suppression.reasons(["someone@example.org"]) == {}
    finally:
        del registry._composers["test.full"]


def test_a_broken_composer_holds_up_nobody_else_and_is_parked_in_the_end(alpen: Alpen, queue: Queue, set_clock: Clock) -> None:
    broken, whole = queue(template="test.unknown"), queue()

    assert ended(alpen, broken) == ("queued", "compose_failed")
    assert ended(alpen, whole) == ("queued", "")
    for day in range(1, 8):
        set_clock(TUESDAY_NOON + timedelta(days=day))
        ended(alpen, broken)
    assert ended(alpen, broken) == ("parked", "compose_failed")


def test_another_organisations_messages_are_not_claimed(alpen: Alpen, queue: Queue) -> None:
    from forecourt.runtime import scope

    queue()
    with scope.of(uuid7()), transaction.atomic():
        assert claim.claim(at_most=50).decided == 0
