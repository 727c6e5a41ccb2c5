"""What a customer sends along with an appointment: words, photos and videos. All are kept, or the reason is told and nothing is lost."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.faces.customer.door import CustomerRequest
from forecourt.journeys.workshop import appointments
from forecourt.kernel.errors import Refusal
from forecourt.runtime import files
from forecourt.runtime.models import StoredFile


def stored(request: CustomerRequest) -> list[StoredFile]:
    """The files of a form, checked and kept, in order. Raises Refusal for the first that cannot be taken, naming it."""
    return [_stored(each, request) for each in request.FILES.getlist("photos")]


@transaction.atomic
def hang(request: CustomerRequest, appointment_id: UUID, *, sent: list[StoredFile], note: str = "") -> None:
    """Add words and kept files to an appointment. Refusals as of `appointments.add_note` and `add_media`."""
    if note:
        appointments.add_note(actor=request.actor, appointment_id=appointment_id, note=note)
    if sent:
        appointments.add_media(actor=request.actor, appointment_id=appointment_id, files=sent)


def _stored(sent: Any, request: CustomerRequest) -> StoredFile:
    name = sent.name or "upload"
    sent.seek(0)  # it may have been read in a try that was taken back
    try:
        return files.store(actor=request.actor, name=name, stream=sent, kinds=("image", "video"))
    except Refusal as refusal:
        text = _("%(file)s: %(reason)s") % {"file": name, "reason": refusal.text}
        raise Refusal(refusal.code, text, **refusal.facts) from refusal
