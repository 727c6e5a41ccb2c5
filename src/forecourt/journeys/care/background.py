"""Sends the questions whose evening has come."""

from forecourt.journeys.care import surveys
from forecourt.journeys.care.models import Survey
from forecourt.runtime import background, clock, scope

AT_ONCE = 500


@background.poll(every_seconds=5)
def ask_whose_evening_has_come() -> None:
    """Each in its own transaction: one that fails holds up no other."""
    with scope.everywhere("evenings come at every dealer"):
        due = list(Survey.objects.filter(state="planned", due_at__lte=clock.now()).values_list("pk", "organisation_id")[:AT_ONCE])
    for survey_id, organisation_id in due:
        with scope.of(organisation_id):
            surveys.send(survey_id=survey_id)
