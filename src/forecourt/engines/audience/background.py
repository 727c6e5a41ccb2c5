"""Working out facts in the worker: after rules changed, and for all dealers once a day has begun."""

from uuid import UUID

from forecourt.engines.audience import facts
from forecourt.engines.audience.models import Build
from forecourt.runtime import background, clock, scope
from forecourt.runtime.actors import Actor, system


@background.job(queue="bulk", alone_per="organisation_id")
def refresh(*, by: Actor, organisation_id: str, vehicle_ids: list[str] | None = None) -> None:
    """Work out facts of these cars, or of all of the organisation's."""
    facts.refresh(vehicle_ids=None if vehicle_ids is None else [UUID(each) for each in vehicle_ids], actor=by)


@background.poll(every_seconds=300, queue="bulk")
def begin_the_day() -> None:
    """Facts depend on the day (lost, service customer), so each dealer's are worked out anew when it changes."""
    today = clock.now().date()
    with scope.everywhere("whose facts are of yesterday"):
        stale = list(Build.objects.filter(built_for__lt=today).values_list("organisation_id", flat=True))
    for organisation_id in stale:
        with scope.of(organisation_id):
            facts.refresh(actor=system(organisation_id, via="new_day"))
