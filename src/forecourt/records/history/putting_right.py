"""What staff put right about one order: a mileage that was mistyped at the counter. It outlives the next file.

Where the car's own mileage is that very reading, it follows; what is due is worked out anew by audience.
"""

from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.history.events import MileagePutRight
from forecourt.records.history.models import Visit, VisitCorrection
from forecourt.records.vehicles import imports as vehicles
from forecourt.records.vehicles.mileage import HIGHEST_KM
from forecourt.runtime import access, corrections, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

#: What is put right together; a part that was is not changed by files.
PARTS: Final[dict[str, tuple[str, ...]]] = {"mileage": ("mileage",)}


@transaction.atomic
def mileage(*, actor: Actor, visit_id: UUID, kilometres: int) -> Visit:
    """Let an order say this mileage, whatever the next file says of it. Refusal("mileage_wrong")."""
    visit = access.fetch(Visit, visit_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    if not 0 <= kilometres <= HIGHEST_KM:
        raise Refusal("mileage_wrong", _("This cannot be a mileage."))
    was = visit.mileage
    if kilometres != was:
        _write(visit, kilometres, actor=actor)
        corrections.hold(VisitCorrection, PARTS, of="visit_id", thing=visit, before={"mileage": was}, actor=actor, source=visit.source)
    return visit


@transaction.atomic
def release(*, actor: Actor, visit_correction_id: UUID) -> Visit:
    """Let the order say again what its source says, now and with the next file."""
    correction = access.fetch(VisitCorrection, visit_correction_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    visit = access.fetch(Visit, correction.visit_id, actor=actor, right="vehicles.edit_vehicle", lock=True)
    said = corrections.release(correction, visit)
    if said:
        _write(visit, said["mileage"], actor=actor)
    return visit


def _write(visit: Visit, kilometres: int, *, actor: Actor) -> None:
    facts = {
        "organisation": scope.organisation_id(),
        "car": visit.vehicle_id,
        "day": visit.opened_on,
        "was": visit.mileage,
        "now": kilometres,
        "import": None,
    }
    with connection.cursor() as cursor:
        vehicles.reread_mileage(cursor, facts, "SELECT %(car)s::uuid, %(day)s::date, %(was)s::integer, %(now)s::integer")
    visit.mileage = kilometres
    visit.save(update_fields=["mileage"])
    publish(MileagePutRight(visit_id=visit.pk, vehicle_id=visit.vehicle_id), by=actor)
