"""The customer is told at booking, start, change, question and ready: once each, and only what still holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from forecourt.engines.messaging import claim
from forecourt.engines.messaging.models import Message
from forecourt.engines.offers.models import Invoice, Item
from forecourt.journeys.workshop import appointments, background, billing, findings, job_cards
from forecourt.records.people.models import Customer
from forecourt.runtime import clock, events, links
from forecourt.runtime.models import Event, StoredFile
from tests.cast import Alpen, local
from tests.journeys.workshop.visit import MONDAY, accepted, asked, booked, checked, dana, fresh, huber, in_work, ready

SetClock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _in_english(alpen: Alpen) -> None:
    with alpen.scope():
        Customer.objects.filter(pk=alpen.dana.pk).update(language="en")
        alpen.dana.refresh_from_db()


def react() -> None:
    """What the worker does a moment later, in the order of events; twice, as after a crash."""
    for name, subscriber in events.subscribers().items():
        if name.startswith("journeys.workshop.notices."):
            heard = [cls.name for cls in subscriber.listens_to]
            ids = [str(pk) for pk in Event.objects.filter(name__in=heard).order_by("pk").values_list("pk", flat=True)]
            events.react(name, ids)
            events.react(name, ids)


def sent() -> list[Message]:
    """What goes out now, composed."""
    react()
    claim.claim(at_most=100)
    gone = list(Message.objects.filter(state="queued", lease_until__isnull=False).order_by("queued_at", "id"))
    Message.objects.filter(pk__in=[message.pk for message in gone]).update(state="sent", lease_until=None, sent_at=clock.now())
    return gone


def subjects() -> list[str]:
    return [message.subject for message in sent()]


def reasons() -> list[tuple[str, str]]:
    return list(Message.objects.filter(state="refused").order_by("queued_at", "id").values_list("template", "reason_code"))


def opened(message: Message, purpose: str) -> Any:
    """The subject of the letter's link, if it is of this purpose."""
    token = next(part for part in message.text.split() if part.startswith("http")).rstrip("/").split("/")[-1]
    return links.read(token, purpose=purpose).subject_id


def test_a_booking_is_confirmed_with_time_place_work_and_a_way_to_change_it(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        [mail] = sent()
        assert (mail.address, mail.purpose, mail.language, mail.site_id) == ("dana@example.org", "contract", "en", alpen.bozen.pk)
        assert mail.subject == "Your appointment on Monday, March 2 at 08:00"
        for words in ("Hauptstraße 1", "Volkswagen Golf", "BZ 346 AN", "Oil service"):
            assert words in mail.text
            assert words in mail.html
        assert opened(mail, "appointment") == appointment.pk
        assert sent() == []


def test_a_move_is_told_with_both_times_and_an_overtaken_one_is_not(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        assert len(sent()) == 1
        for at in ("10:00", "11:00"):
            appointment = appointments.move(
                actor=alpen.alice, appointment_id=appointment.pk, starts_at=local(f"{MONDAY} {at}"), version=appointment.version
            )
        [mail] = sent()
        assert mail.subject == "New time: Monday, March 2 at 11:00"
        assert "Before, it was on Monday, March 2 at 10:00." in mail.text
        assert reasons() == [("appointment_moved", "overtaken")]


def test_another_bay_is_no_news_for_the_customer(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        sent()
        appointments.move(
            actor=alpen.alice, appointment_id=appointment.pk, starts_at=appointment.starts_at, version=appointment.version,
            bay_id=alpen.bays["Bay 2"].pk,
        )  # fmt: skip
        assert sent() == []


def test_a_cancellation_is_told_and_takes_back_what_was_not_sent_yet(alpen: Alpen) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        appointments.cancel(actor=alpen.alice, appointment_id=appointment.pk, reason="customer_asked")
        assert subjects() == ["Your appointment on Monday, March 2 is cancelled"]
        assert reasons() == [("appointment_confirmed", "overtaken")]


def test_the_demo_writes_to_nobody(alpen: Alpen) -> None:
    with alpen.scope():
        booked(alpen, source="demo")
        assert sent() == []


def test_the_start_is_told_with_the_expected_time(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        job_card = accepted(alpen)
        sent()
        set_clock(local(f"{MONDAY} 08:00"))
        job_cards.start_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        [mail] = sent()
        assert mail.subject == "We have started on your Volkswagen Golf"
        assert "Monday, March 2 between 09:10 and 09:55" in " ".join(mail.text.split())
        assert opened(mail, "visit") == job_card.pk


def test_a_delay_is_told_with_its_reason(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        job_card = accepted(alpen)
        set_clock(local(f"{MONDAY} 08:00"))
        job_cards.start_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        sent()
    set_clock(local(f"{MONDAY} 10:00"))
    background.see_delays()
    with alpen.scope():
        [mail] = sent()
        assert mail.subject == "New expected time for your Volkswagen Golf"
        assert "The work takes longer than planned." in mail.text
        assert "between 10:25 and 10:45" in " ".join(mail.text.split())


def test_a_question_names_items_and_prices_and_is_repeated_until_answered(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        sent()
        item = asked(alpen, job_card)
        [mail] = sent()
        assert mail.subject == "Please decide: we found something on your Volkswagen Golf"
        assert "Front brake pads: €214.20 with VAT, needed for safety" in mail.text
        assert opened(mail, "visit") == job_card.pk
        set_clock(local(f"{MONDAY} 07:21"))
        assert subjects() == ["Reminder: please decide on your Volkswagen Golf"]
        findings.decide(actor=dana(alpen), item_id=item.pk, verdict="approved", shown_digest=item.shown_digest, how="link")
        set_clock(local(f"{MONDAY} 08:05"))
        assert subjects() == []
        assert reasons()[-1] == ("approval_asked", "answered")
        assert Item.objects.get(pk=item.pk).state == "approved"


def test_ready_is_told_once_and_not_after_collection(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = ready(alpen)
        billing.invoice(actor=alpen.alice, job_card_id=job_card.pk)
        mail = sent()[-1]
        assert mail.subject == "Your Volkswagen Golf is ready"
        assert "€153.51" in mail.text
        assert "Ölservice" in mail.text or "Oil service" in mail.text
        assert Invoice.objects.get().pdf is not None
        assert StoredFile.objects.filter(media_type="application/pdf").count() == 1
        job_cards.advance(actor=alpen.alice, job_card_id=job_card.pk, to="in_work")
        checked(alpen, fresh(job_card))
        job_cards.collect(actor=alpen.alice, job_card_id=job_card.pk)
        assert sent() == []
        assert ("car_ready", "overtaken") in reasons()


def test_what_is_over_is_not_announced(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        appointment = booked(alpen)
        set_clock(appointment.starts_at + timedelta(minutes=5))
        assert sent() == []
