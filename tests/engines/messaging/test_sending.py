"""Over a real SMTP server: what becomes of a message, and what after trouble."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from forecourt.adapters import smtp
from forecourt.adapters.mailserver.mailbox import Mailbox
from forecourt.engines.messaging import background, claim, leases, registry, returns, sending, suppression
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content
from forecourt.runtime import clock
from forecourt.runtime.models import Event
from tests.cast import Alpen, local
from tests.engines.messaging.conftest import Queue

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning")]
Server = Callable[..., AbstractContextManager[None]]


def states(alpen: Alpen) -> list[tuple[str, str, str]]:
    with alpen.scope():
        return list(Message.objects.order_by("id").values_list("address", "state", "reason_code"))


def send(alpen: Alpen) -> None:
    with alpen.scope():
        sending.run(by=alpen.system)


def make_lease_run_out(alpen: Alpen) -> None:
    with alpen.scope():
        Message.objects.filter(state="submitting").update(lease_until=leases.now() - timedelta(seconds=1))


def test_a_mail_arrives_once_with_text_html_and_all_its_headers(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox, set_clock: Callable[..., None]
) -> None:
    set_clock(local("2027-03-02 12:00"))
    message = queue(facts={"subject": "Ihr Räderwechsel", "words": "Grüße\n.\naus Bozen " + "sehr " * 60 + "herzlich"})
    assert message is not None
    with mail_server():
        send(alpen)
        send(alpen)

    [mail] = mailbox.messages()
    assert mail.parsed["From"] == "Autohaus Alpen Bozen <bozen@example.org>"
    assert mail.parsed["To"] == "dana@example.org"
    assert mail.parsed["Reply-To"] == "Autohaus Alpen Bozen <bozen@example.org>"
    assert mail.subject == "Ihr Räderwechsel"
    assert mail.parsed["Message-ID"] == message.message_id
    assert mail.parsed["Date"].startswith("Tue, 02 Mar 2027 11:00:")
    assert mail.parsed["Auto-Submitted"] == "auto-generated"
    assert mail.parsed["Feedback-ID"] == "test:test.note:autohaus-alpen:forecourt"
    assert mail.text().splitlines() == ["Grüße", ".", "aus Bozen " + "sehr " * 60 + "herzlich"]
    assert mail.html().strip().startswith("<p>Grüße")
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 78
    assert returns.read(mail.delivery.sender) == message.id
    assert returns.read(mail.delivery.sender.replace("return+", "return+a")) is None
    with alpen.scope():
        message.refresh_from_db()
        assert (message.state, message.relay_answer) == ("sent", "250 2.0.0 Taken as 1")
        assert [event.name for event in Event.objects.filter(name__startswith="messaging.")] == ["messaging.message_sent"]


def test_a_batch_goes_over_one_connection_and_every_end_is_told_once(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox
) -> None:
    for number in range(7):
        queue(address=f"c{number}@example.org")
    queue(address="")
    with mail_server():
        send(alpen)

    assert sorted(delivery.recipients[0] for delivery in mailbox.envelopes()) == [f"c{number}@example.org" for number in range(7)]
    with alpen.scope():
        told = Event.objects.filter(name__startswith="messaging.").values_list("name", flat=True)
        assert sorted(told) == ["messaging.message_refused"] + ["messaging.message_sent"] * 7


def test_an_unknown_user_is_failed_and_suppressed_while_a_block_suppresses_nobody(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox
) -> None:
    queue(address="who@gone.example")
    queue(address="dana@strict.example")
    queue(address="dana@example.org")
    with mail_server("550:*@gone.example; 554:*@strict.example"):
        send(alpen)

    assert states(alpen) == [
        ("who@gone.example", "failed", "unknown_user"),
        ("dana@strict.example", "failed", "relay_rejected"),
        ("dana@example.org", "sent", ""),
    ]
    with alpen.scope():
        assert suppression.reasons(["who@gone.example", "dana@strict.example"]) == {"who@gone.example": "unknown_user"}
        assert Message.objects.get(address="who@gone.example").reason == "550 5.1.1 No such mailbox"


@pytest.mark.parametrize("wrong", ["450:dana@busy.example", "421:dana@busy.example"])
def test_a_busy_mailbox_is_tried_again_later_and_delays_nobody_else(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox, set_clock: Callable[..., None], wrong: str
) -> None:
    set_clock(local("2027-03-02 12:00"))
    queue(address="dana@busy.example")
    queue(address="dana@example.org")
    with mail_server(wrong):
        send(alpen)
        send(alpen)
    assert states(alpen) == [("dana@busy.example", "queued", "relay_busy"), ("dana@example.org", "sent", "")]
    with alpen.scope():
        waiting = Message.objects.get(state="queued")
        assert waiting.attempts == 1
        assert timedelta(seconds=40) < waiting.due_at - clock.now() < timedelta(seconds=75)

    set_clock(local("2027-03-02 12:02"))
    with mail_server():
        send(alpen)
    assert states(alpen)[0] == ("dana@busy.example", "sent", "")


def test_a_relay_that_is_down_loses_nothing_and_costs_no_attempt(alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox) -> None:
    queue()
    before = registry.relay()
    registry.tie_relay(smtp.relay("smtp://127.0.0.1:1", deadline_seconds=1))
    send(alpen)
    registry.tie_relay(before)

    with alpen.scope():
        message = Message.objects.get()
        assert (message.state, message.attempts, message.lease_until) == ("queued", 0, None)
        Message.objects.update(due_at=clock.now())
    with mail_server():
        send(alpen)
    assert len(mailbox.envelopes()) == 1


def test_a_mail_that_was_stored_but_not_answered_is_asked_about_and_not_sent_again(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox
) -> None:
    queue()
    with mail_server("drop-after-storing=1"):
        send(alpen)
    assert [state for _, state, _ in states(alpen)] == ["submitting"]
    with mail_server():
        send(alpen)
        assert [state for _, state, _ in states(alpen)] == ["submitting"], "its lease still runs"
        make_lease_run_out(alpen)
        send(alpen)

    assert [state for _, state, _ in states(alpen)] == ["sent"]
    assert len(mailbox.envelopes()) == 1


def test_a_mail_that_the_relay_never_took_goes_again_under_the_same_message_id(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox
) -> None:
    message = queue()
    assert message is not None
    with alpen.scope():
        Message.objects.update(state="submitting", lease_until=leases.now() - timedelta(seconds=1))
    with mail_server():
        send(alpen)

    assert [state for _, state, _ in states(alpen)] == ["sent"]
    assert [f"<{delivery.message_id}>" for delivery in mailbox.envelopes()] == [message.message_id]


def test_where_nobody_can_be_asked_marketing_is_parked_and_a_contract_mail_goes_once_more(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp.SmtpRelay, "took", lambda self, message_id: None)
    advert, notice = queue(address="advert@example.org"), queue(address="notice@example.org")
    assert advert is not None
    assert notice is not None
    with alpen.scope():
        Message.objects.update(state="submitting", lease_until=leases.now() - timedelta(seconds=1))
        Message.objects.filter(pk=advert.pk).update(purpose="service_reminder")
    with mail_server():
        send(alpen)
    assert states(alpen) == [("advert@example.org", "parked", "relay_unknown"), ("notice@example.org", "sent", "")]

    with alpen.scope():
        Message.objects.filter(pk=notice.pk).update(state="submitting", lease_until=leases.now() - timedelta(seconds=1))
    with mail_server():
        send(alpen)
    assert states(alpen)[1] == ("notice@example.org", "parked", "relay_unknown"), "once more, not for ever"
    assert len(mailbox.envelopes()) == 1


def test_who_lost_a_lease_does_not_send(alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox) -> None:
    queue()
    with alpen.scope():
        ours = claim.claim(at_most=5).ready
        Message.objects.update(lease_until=leases.now() - timedelta(seconds=1))
        theirs = claim.claim(at_most=5).ready
        with mail_server(), registry.relay()() as relay:
            sending._Lane(relay).send(ours)
            assert mailbox.envelopes() == []
            sending._Lane(relay).send(theirs)
    assert len(mailbox.envelopes()) == 1


def test_the_poll_opens_one_lane_for_each_organisation_with_something_due(alpen: Alpen, queue: Queue) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    queue(purpose="service_reminder")
    background.send_due()
    background.send_due()

    lanes = ProcrastinateJob.objects.filter(task_name="engines.messaging.background.send_lane")
    assert [job.args["caused_by"]["organisation_id"] for job in lanes] == [str(alpen.id)]


def test_composing_that_takes_longer_than_a_lease_still_gets_everything_out(
    alpen: Alpen, queue: Queue, mail_server: Server, mailbox: Mailbox, settings: Any
) -> None:
    settings.MESSAGING_LEASE_SECONDS = 0.02
    for number in range(4):
        queue(address=f"c{number}@example.org", template="test.slow")

    @registry.composer("test.slow")
    def compose(message: Message) -> Content:
        time.sleep(0.03)
        return Content(subject="Hi", html="<p>Hi</p>", text="Hi")

    try:
        with mail_server():
            send(alpen)
    finally:
        del registry._composers["test.slow"]
    assert [state for _, state, _ in states(alpen)] == ["sent"] * 4
    assert len(mailbox.envelopes()) == 4
