"""Lets flows run: each day by itself, and when somebody asks."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from forecourt.journeys.marketing import flows
from forecourt.journeys.marketing.models import Invitation
from forecourt.runtime import background, clock, scope
from forecourt.runtime.actors import Actor, system

LAPSES_AFTER = timedelta(days=60)


@background.job(queue="bulk", alone_per="flow_id")
def run_flow(*, by: Actor, flow_id: str) -> None:
    """One run of one flow."""
    flows.run(by=by, flow_id=UUID(flow_id))


@background.poll(every_seconds=60, queue="bulk")
def run_what_is_due() -> None:
    """Flows that are on run once a day."""
    for flow_id, organisation_id in flows.due_to_run():
        with background.apart(organisation_id, "running the flow %s", flow_id):
            flows.run(by=system(organisation_id, via="flow"), flow_id=flow_id)


@background.poll(every_seconds=3600, queue="bulk")
def let_old_invitations_lapse() -> None:
    """What nobody answered within sixty days is answered by that."""
    with scope.everywhere("invitations grow old at every dealer"):
        dealers = list(_old().values_list("organisation_id", flat=True).distinct())
    for organisation_id in dealers:
        with scope.of(organisation_id):
            _old().update(state="lapsed")


def _old() -> QuerySet[Invitation]:
    return Invitation.objects.filter(state__in=("planned", "sent"), planned_at__lt=clock.now() - LAPSES_AFTER)
