"""The mail that asks how it was. Imported with the reactions, so that its composer is known."""

from django.utils.translation import gettext as _

from forecourt.engines.messaging import registry
from forecourt.engines.messaging.letters import Button, Heading, Paragraph, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.journeys.care.models import Survey
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import links


@registry.gate("survey")
def still_to_be_asked(message: Message) -> Verdict | None:
    survey = Survey.objects.filter(pk=message.cause_id).first()
    return Verdict(allowed=False, reason_code="answered") if survey is None or survey.state == "answered" else None


@registry.composer("how_was_it")
def how_was_it(message: Message) -> Content:
    survey = Survey.objects.select_related("customer").get(pk=message.cause_id)
    vehicle = Vehicle.objects.get(pk=survey.vehicle_id)
    url = links.url(purpose="survey", organisation_id=survey.organisation_id, subject_id=survey.pk, holder_id=survey.customer_id, days=30)
    return letter(
        message,
        subject=_("How was it?"),
        blocks=[
            Heading(_("How was it?")),
            Paragraph(_("Today you collected your %(car)s (%(plate)s) from us.") % {"car": vehicle, "plate": vehicle.plate}),
            Paragraph(_("One question, one tap: how satisfied are you? Your answer goes straight to the people who can change something.")),
            Button(_("Answer"), url),
        ],
    )
