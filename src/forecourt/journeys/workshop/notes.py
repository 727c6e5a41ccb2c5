"""What customers and staff add to an appointment: words, photos, a short video."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.journeys.workshop import locks
from forecourt.journeys.workshop.models import Appointment, Media
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.files import forgetting
from forecourt.runtime.models import StoredFile

MOST_FILES = 10
MOST_LETTERS = 2000


@transaction.atomic
def add_note(*, actor: Actor, appointment_id: UUID, note: str) -> Appointment:
    """Add words to what is known; an empty note, or the same once more, changes nothing. Refusal("too_long")."""
    appointment = locks.appointment(appointment_id, actor=actor, right="workshop.book")
    joined = joined_notes(appointment.note, note)
    refuse_too_long(joined)
    if joined != appointment.note:
        appointment.note = joined
        appointment.save(update_fields=["note"])
    return appointment


@transaction.atomic
def add_media(*, actor: Actor, appointment_id: UUID, files: Sequence[StoredFile]) -> list[Media]:
    """Hang stored files on an appointment; what hangs there already is not hung twice.

    Refusal("too_many_files"); NotFound for another dealer's file.
    """
    appointment = locks.appointment(appointment_id, actor=actor, right="workshop.book")
    if any(file.organisation_id != actor.organisation_id for file in files):
        raise NotFound
    known = set(Media.objects.filter(appointment=appointment, purpose="booking").values_list("stored_file__sha256", flat=True))
    new = {file.sha256: file for file in files if file.sha256 not in known}
    forgetting.forget([file.pk for file in files if file not in new.values()])
    if len(known) + len(new) > MOST_FILES:
        raise Refusal("too_many_files", _("At most %(files)s photos and videos, please.") % {"files": MOST_FILES})
    return Media.objects.bulk_create(
        [
            Media(appointment=appointment, stored_file=file, purpose="booking", added_at=clock.now(), added_by_kind=actor.kind)
            for file in new.values()
        ]
    )


def refuse_too_long(note: str) -> None:
    if len(note) > MOST_LETTERS:
        raise Refusal("too_long", _("Please keep the note under %(letters)s characters.") % {"letters": MOST_LETTERS})


def joined_notes(known: str, added: str) -> str:
    """Both, one below the other; what stands there last already is not written twice."""
    if f"\n{known}".endswith(f"\n{added.strip()}"):
        return known
    return "\n".join(part for part in (known, added.strip()) if part)
