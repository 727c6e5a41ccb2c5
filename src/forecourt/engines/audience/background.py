"""Working out facts in the worker: after rules changed, and for all dealers once a day has begun."""

from uuid import UUID

from django.db.models import Q

from forecourt.engines.audience import facts, rules
from forecourt.engines.audience.learning import teaching
from forecourt.engines.audience.models import Build, VehicleFacts
from forecourt.runtime import background, clock, scope
from forecourt.runtime.actors import Actor, system


@background.job(queue="bulk", alone_per="organisation_id")
def refresh(*, by: Actor, organisation_id: str, vehicle_ids: list[str] | None = None, asked_at: str = "") -> None:
    """Work out facts of these cars, or of all of the organisation's. `asked_at` is for who looks on: see `refreshing`."""
    facts.refresh(vehicle_ids=None if vehicle_ids is None else [UUID(each) for each in vehicle_ids], actor=by)


@background.job(queue="bulk", alone_per="organisation_id")
def learn(*, by: Actor, organisation_id: str, is_counted: bool = True, is_answered: bool = False) -> None:
    """Learn from what is decided, and say what is open."""
    teaching.learn(actor=by, is_counted=is_counted, is_answered=is_answered)


@background.poll(every_seconds=300, queue="bulk")
def begin_the_day() -> None:
    """Facts depend on the day (lost, service customer), so each dealer's are worked out anew when it changes."""
    today = clock.now().date()
    with scope.everywhere("whose facts are of yesterday"):
        stale = set(Build.objects.filter(built_for__lt=today).values_list("organisation_id", flat=True))
        # Facts of before an upgrade: they lack what segments read, or nobody has kept yet of which day they are.
        earlier = VehicleFacts.objects.filter(Q(customer_kind="") | ~Q(organisation_id__in=Build.objects.values("organisation_id")))
        stale |= set(earlier.values_list("organisation_id", flat=True).distinct())
    for organisation_id in sorted(stale, key=str):
        with background.apart(organisation_id, "working out the facts of dealer %s", organisation_id):
            rules.install()  # an upgrade may have brought better ones
            facts.refresh(actor=system(organisation_id, via="new_day"))
