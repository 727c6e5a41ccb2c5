"""What is to be told, written in the transaction of what happened: if that is rolled back, nobody hears of it."""

from forecourt.engines.exchange import vocabulary
from forecourt.engines.exchange.models import Delivery, Subscription
from forecourt.runtime import clock
from forecourt.runtime.events import Event
from forecourt.runtime.models import Event as EventRow


def write(happened: list[tuple[EventRow, Event]]) -> None:
    """One delivery for each event and each address that wants it. Called by `runtime.events` in the event's transaction."""
    known = [(told, row, event) for row, event in happened if (told := vocabulary.of_event(row.name)) is not None]
    wanting = list(Subscription.objects.filter(events__overlap=sorted({told.name for told, _, _ in known})))
    if not wanting:
        return
    now = clock.now()
    Delivery.objects.bulk_create(
        [
            Delivery(subscription=each, event_id=row.pk, event_name=told.name, body=body, made_at=now, due_at=now)
            for told, row, event in known
            if (body := vocabulary.body(told, row, event))
            for each in wanting
            if told.name in each.events
        ],
        batch_size=500,
    )
