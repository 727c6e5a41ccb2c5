"""Messages are written with their cause, once."""

import pytest
from django.db import transaction

from forecourt.engines.messaging import outbox
from forecourt.engines.messaging.models import Message
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from tests.cast import Alpen, Rosso
from tests.engines.messaging.conftest import Queue

pytestmark = pytest.mark.django_db


def test_a_cause_queues_a_step_once_for_an_address(alpen: Alpen, queue: Queue) -> None:
    cause = uuid7()

    first = queue(cause_id=cause, step="asked")

    assert first is not None
    assert queue(cause_id=cause, step="asked") is None
    assert queue(cause_id=cause, step="asked", address="dana@elsewhere.example") is not None
    assert queue(cause_id=cause, step="reminded") is not None
    with alpen.scope():
        assert outbox.states("test", [cause]) == {"queued": 3}


def test_the_message_id_names_the_row_and_the_domain_of_the_site(alpen: Alpen, queue: Queue) -> None:
    message = queue()

    assert message is not None
    assert message.message_id == f"<{message.id.hex}@example.org>"


def test_a_rolled_back_cause_leaves_no_message(alpen: Alpen, queue: Queue) -> None:
    with pytest.raises(RuntimeError, match="the booking failed"), transaction.atomic():
        queue()
        raise RuntimeError("the booking failed")

    with alpen.scope():
        assert Message.objects.count() == 0


def test_a_parked_message_is_sent_again_only_by_those_who_may_and_only_in_their_house(alpen: Alpen, rosso: Rosso, queue: Queue) -> None:
    message = queue()
    assert message is not None
    with alpen.scope():
        Message.objects.filter(pk=message.pk).update(state="parked")
        with pytest.raises(NotPermitted):
            outbox.send_again(actor=alpen.bob, message_id=message.pk)
        assert [parked.pk for parked in outbox.parked(actor=alpen.bob)] == [message.pk]
        assert outbox.send_again(actor=alpen.actor("Max Mair"), message_id=message.pk).state == "queued"
        with pytest.raises(Refusal, match="does not wait"):
            outbox.give_up(actor=alpen.actor("Max Mair"), message_id=message.pk)
    with rosso.scope(), pytest.raises(NotFound):
        outbox.give_up(actor=rosso.actor("C. Amministra"), message_id=message.pk)
