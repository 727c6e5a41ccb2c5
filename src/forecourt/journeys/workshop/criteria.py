"""What the workshop lets a segment ask of a car: whether it is expected."""

from django.utils.translation import gettext_lazy as _

from forecourt.engines.audience.register import CARS, Criterion, declare
from forecourt.journeys.workshop.lifecycles import OPEN_APPOINTMENT
from forecourt.kernel.conditions import Column, Expression
from forecourt.runtime import clock


def _expected(_parameter: str) -> Column:
    return Expression(
        f"EXISTS (SELECT 1 FROM workshop_appointment expected WHERE expected.organisation_id = {CARS}.organisation_id"  # noqa: S608 - our own text
        f" AND expected.vehicle_id = {CARS}.vehicle_id AND expected.state = ANY(%s) AND expected.ends_at >= %s)",
        (list(OPEN_APPOINTMENT), clock.now()),
    )


declare(Criterion(name="has_appointment", label=_("Has an appointment"), group=_("Visits"), kind="flag", column=_expected))
