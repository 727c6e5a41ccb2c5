"""When messages leave: what a contract needs at once, all else within five seconds of being due."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django.models import ProcrastinateJob

from forecourt.engines.messaging import account_letters, announcements, claim, leases, sending
from forecourt.engines.messaging.models import Message
from forecourt.runtime import actors, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.background import job, poll


@job(queue="bulk")
def send_lane(*, by: Actor) -> None:
    """Send what is due, for a while. Several lanes of one organisation share the work: a claim gives each message to one of them."""
    sending.run(by=by)


@job(queue="default")
def send_one(*, by: Actor, message_id: str) -> None:
    """Send one message as soon as its cause is committed."""
    sending.run_one(UUID(message_id), by=by)


@job(queue="live")
def send_personal(*, by: Actor, letter_id: str) -> None:
    """Somebody is waiting in front of a page for this one."""
    account_letters.send(UUID(letter_id))


@poll(every_seconds=5)
def send_personal_due() -> None:
    for letter_id in account_letters.due():
        account_letters.send(letter_id)


@poll(every_seconds=600)
def forget_personal() -> None:
    account_letters.forget_old()


@poll(every_seconds=5)
def send_due() -> None:
    """Open a lane for each organisation that has something to send, to clear up or to announce."""
    for organisation_id in _organisations():
        with scope.of(organisation_id), transaction.atomic():
            if not _lane_waits(organisation_id):
                send_lane.defer(by=actors.system(organisation_id))


def _organisations() -> list[UUID]:
    in_doubt = Q(state="submitting", lease_until__lt=leases.now())
    untold = Q(is_announced=False, state__in=announcements.ENDS)
    with scope.everywhere("mail of every organisation leaves by one poll"):
        rows = Message.objects.filter(claim.due() | in_doubt | untold)
        return list(rows.order_by().values_list("organisation_id", flat=True).distinct())


def _lane_waits(organisation_id: UUID) -> bool:
    """A lane that nobody has begun yet is enough; one that runs may be at its end, or its worker dead."""
    waiting = ProcrastinateJob.objects.filter(task_name=send_lane.name, status="todo")
    return waiting.filter(args__caused_by__organisation_id=str(organisation_id)).exists()
