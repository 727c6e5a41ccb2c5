"""What people's records do by themselves: look for records that are one person, at night and after each import."""

from datetime import timedelta
from uuid import UUID

from forecourt.records.dealership.models import Organisation
from forecourt.records.people import duplicates, erasures, retention, takeout
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


@background.job(queue="bulk")
def erase(*, by: Actor, erasure_id: str) -> None:
    """One person, now if nothing stands in the way."""
    erasures.carry_out(erasure_id=UUID(erasure_id))


@background.poll(every_seconds=600, queue="bulk")
def erase_who_had_to_wait() -> None:
    """Whose job or appointment stood in the way until now."""
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            for erasure_id in list(erasures.waiting().values_list("pk", flat=True)):
                erasures.carry_out(erasure_id=erasure_id)


@background.job(queue="bulk")
def make_archive(*, by: Actor, takeout_id: str) -> None:
    """One archive for one person."""
    takeout.make(by=by, takeout_id=UUID(takeout_id))


@background.poll(every_seconds=3600, queue="bulk")
def forget_old_archives() -> None:
    """None stands longer than a week."""
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            takeout.forget_old_ones()


@background.job(queue="bulk", alone_per="organisation")
def take_away_what_is_past(*, by: Actor, organisation: str) -> None:
    """All kinds of rows of one organisation, one such job at a time; a second one of the same day finds nothing to do."""
    if retention.is_due():
        retention.carry_out(actor=by)


@background.poll(every_seconds=3600, queue="bulk")
def keep_terms_every_day() -> None:
    """Whose last run is a day old."""
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            if retention.is_due():
                take_away_what_is_past.defer(by=system(organisation_id, via="retention"), organisation=str(organisation_id))
