"""What the workshop does as time passes."""

from django.db import transaction

from forecourt.journeys.workshop import expected
from forecourt.journeys.workshop.models import JobCard
from forecourt.runtime import actors, background, scope


@background.poll(every_seconds=60)
def see_delays() -> None:
    """A line that takes longer than planned moves the expected time, so that a late car is seen before it is late."""
    with scope.everywhere("time passes in every organisation"):
        open_cards = list(JobCard.objects.filter(stage__in=expected.OPEN_STAGES).values_list("organisation_id", "pk"))
    for organisation_id, job_card_id in open_cards:
        with scope.of(organisation_id), transaction.atomic():
            job_card = JobCard.objects.select_for_update(of=("self",)).select_related("site", "appointment").get(pk=job_card_id)
            expected.recompute(job_card, actor=actors.system(organisation_id, via="clock"), reason="delay")
