"""What people's records do by themselves: look for records that are one person, at night and after each import."""

from datetime import timedelta

from forecourt.records.dealership.models import Organisation
from forecourt.records.people import duplicates
from forecourt.runtime import background, clock, scope
from forecourt.runtime.actors import Actor, system

_DAY = timedelta(days=1)


@background.job(queue="bulk", alone_per="organisation")
def look_for_duplicates(*, by: Actor, organisation: str) -> None:
    """All records of one organisation, one such job at a time."""
    duplicates.look(actor=by)


@background.poll(every_seconds=1800, queue="bulk")
def look_every_day() -> None:
    """Whatever was entered since yesterday."""
    for organisation_id in Organisation.objects.filter(kind="dealer").values_list("pk", flat=True):
        with scope.of(organisation_id):
            looked_at = duplicates.policy().looked_at
            if looked_at is None or looked_at < clock.now() - _DAY:
                look_for_duplicates(by=system(organisation_id, via="duplicates"), organisation=str(organisation_id))
