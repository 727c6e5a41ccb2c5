"""What becomes of a fetched file: checked with the mapping saved for its kind, and run by itself if it is like the last one and the check is clean.

Else it waits for a person, who is told. Killed between two steps, `follow` goes on from the state in which the note was left.
"""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from forecourt.engines.intake import no_records, sources, uploads
from forecourt.engines.intake.events import SourceFileWaits
from forecourt.engines.intake.models import Import
from forecourt.engines.intake.source_models import Source, SourceFile
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

RIGHTS: Final = frozenset({"intake.run_imports", "intake.see_imports"})
"""What is fetched may be imported, and nothing else."""
OPEN: Final = ("received", "checking", "running")


def actor_of(source: Source) -> Actor:
    """Who acts when a file of this source comes in."""
    sites = frozenset({source.site_id}) if source.site_id else None
    return Actor(kind="api", organisation_id=source.organisation_id, id=source.pk, sites=sites, rights=RIGHTS, via="source")


@transaction.atomic
def begin(note: SourceFile) -> None:
    """Open the file; check it if a mapping of its source fits and it is like the last one, else let it wait."""
    note = _locked(note)
    if note.state != "received" or note.import_id is None:
        return
    actor = actor_of(note.of_source)
    try:
        with transaction.atomic():
            seen = uploads.look(actor=actor, import_id=note.import_id)
    except Refusal as refusal:
        uploads.refuse(actor=actor, import_id=note.import_id, refusal=refusal)
        _wait(note, refusal.code, state="refused")
        return
    if seen.saved is None or seen.unmet:
        _wait(note, "misfit" if sources.saved_mapping(note.of_source.source) else "no_mapping")
        return
    if not seen.unlike.holds:
        uploads.wait(actor=actor, import_id=note.import_id, unlike=seen.unlike)
        _wait(note, "unlike")
        return
    uploads.choose_mapping(actor=actor, import_id=note.import_id, mapping=seen.mapping, remember=False)
    uploads.start(actor=actor, import_id=note.import_id, dry_run=True)
    _put(note, "checking")


@transaction.atomic
def follow(note: SourceFile) -> None:
    """The next step of a file whose check or import has ended."""
    note = _locked(note)
    if note.state == "received":
        begin(note)
        return
    found = Import.objects.filter(pk=note.import_id).first() if note.import_id else None
    if found is None or note.state not in OPEN or found.state in ("checking", "running"):
        return
    if found.state == "applied":
        _put(note, "done")
    elif found.state == "checked" and note.state == "checking":
        _run_if_clean(note, found)
    elif found.state == "waiting":
        _wait(note, "gone")
    elif found.state in ("refused", "failed"):
        _wait(note, found.refusal_code or "failed", state="refused" if found.state == "refused" else "waiting")


def words_of(source: Source, code: str, name: str, *, import_id: UUID | None = None) -> str:
    """Why a file was refused, in a sentence, for whoever looks at the place where it came from: in the language of who set it up."""
    by = StaffMember.objects.select_related("account").filter(pk=source.made_by_id).first() if source.made_by_id else None
    with override(by.account.language if by else get_language()):
        found = Import.objects.filter(pk=import_id).first() if import_id else None
        if found is not None and found.refusal_text:
            return str(found.refusal_text)
        if code == "too_large":
            return _("The file “%(name)s” is too large. Please export a shorter period.") % {"name": name}
        return _("The file “%(name)s” could not be imported.") % {"name": name}


def _run_if_clean(note: SourceFile, found: Import) -> None:
    source = note.of_source
    if not source.runs_by_itself:
        _wait(note, "by_hand")
    elif found.gone.get("too_many"):
        _wait(note, "gone")
    elif no_records.to_correct(found) * 100 > source.most_rejected * found.rows_read:
        _wait(note, "rejected")
    else:
        uploads.start(actor=actor_of(source), import_id=found.pk)
        _put(note, "running")


@transaction.atomic
def refuse_unread(note: SourceFile, because: str) -> None:
    """A file that could not even be fetched whole."""
    _wait(note, because, state="refused")


def _wait(note: SourceFile, because: str, *, state: str = "waiting") -> None:
    note.state, note.because = state, because[:40]
    note.save(update_fields=["state", "because"])
    publish(
        SourceFileWaits(source_id=note.of_source_id, import_id=note.import_id, because=note.because), by=actor_of(note.of_source)
    )  # fmt: skip


def _put(note: SourceFile, state: str) -> None:
    note.state = state
    note.save(update_fields=["state"])


def _locked(note: SourceFile) -> SourceFile:
    return SourceFile.objects.select_for_update(of=("self",)).select_related("of_source").get(pk=note.pk)
