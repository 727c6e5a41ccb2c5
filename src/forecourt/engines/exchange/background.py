"""When addresses are told: within five seconds of what happened."""

from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from forecourt.engines.exchange import deliveries, inlets, keys
from forecourt.records.dealership.models import Organisation
from forecourt.runtime import actors, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.background import job, poll


@job(queue="bulk", alone_per="subscription")
def tell(*, by: Actor, subscription: str) -> None:
    """One lane for each address, so that a slow one holds up nobody but itself."""
    deliveries.run(UUID(subscription))


@poll(every_seconds=5)
def tell_due() -> None:
    with scope.everywhere("what any dealer's programs are to be told leaves by one poll"):
        waiting = list(deliveries.due().values_list("organisation_id", "pk"))
    for organisation_id, subscription_id in waiting:
        with scope.of(organisation_id), transaction.atomic():
            if not _lane_waits(subscription_id):
                tell.defer(by=actors.system(organisation_id, via="exchange"), subscription=str(subscription_id))


@poll(every_seconds=3600)
def forget_old() -> None:
    """What was told and what came in a month ago, and secrets whose last day is over."""
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            deliveries.forget_old()
            inlets.forget_old()
            keys.forget_earlier()


def _lane_waits(subscription_id: UUID) -> bool:
    waiting = ProcrastinateJob.objects.filter(task_name=tell.name, status="todo")
    return waiting.filter(args__subscription=str(subscription_id)).exists()
