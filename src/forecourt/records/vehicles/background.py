"""What cars' records do by themselves: look for records that are one car, at night and after each import."""

from forecourt.records.dealership.models import Organisation
from forecourt.records.vehicles import duplicates
from forecourt.runtime import background, scope
from forecourt.runtime.actors import Actor, system


@background.job(queue="bulk", alone_per="organisation")
def look_for_duplicates(*, by: Actor, organisation: str) -> None:
    """All cars of one organisation, one such job at a time."""
    duplicates.look(actor=by)


@background.poll(every_seconds=1800, queue="bulk")
def look_every_day() -> None:
    """Whatever was entered since yesterday."""
    for organisation_id in Organisation.objects.filter(kind="dealer").values_list("pk", flat=True):
        with scope.of(organisation_id):
            if duplicates.is_due():
                look_for_duplicates.defer(by=system(organisation_id, via="duplicates"), organisation=str(organisation_id))
