"""Files as they arrive: kept whole, looked at, given a mapping, sent on their way, and their wrong rows given back."""

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from forecourt.engines.intake import guessing, ports, sources
from forecourt.engines.intake.mapping import Mapping, load, require_complete, unmet
from forecourt.engines.intake.models import Import
from forecourt.engines.intake.ports import Cell, Limits
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Site
from forecourt.runtime import access, clock, files, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.files.raw import keep_raw, tidy

ROWS_SHOWN = 8


@dataclass(frozen=True)
class Look:
    """What one sees of a file before it is imported."""

    header: list[str]
    rows: list[list[Cell]]
    rows_estimate: int
    kind: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    mapping: Mapping
    # What is still needed before it can run, in words.
    unmet: list[str]


@transaction.atomic
def receive(*, actor: Actor, name: str, stream: IO[bytes], source: str, site_id: UUID | None = None) -> Import:
    """Keep the file and open an import for it. Raises Refusal "too_large"."""
    access.require(actor, "intake.run_imports")
    if site_id is not None:
        _require_site(actor, site_id)
    kept = keep_raw(actor=actor, name=name, stream=stream, at_most_bytes=Limits().file_bytes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake-number:{scope.organisation_id()}"])
    number = (Import.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    return Import.objects.create(
        number=number, source=source.strip()[:40] or "upload", file_name=tidy(name), stored_file=kept, site_id=site_id,
        received_at=clock.now(), received_by_id=actor.id,
    )  # fmt: skip


def receive_path(*, actor: Actor, path: Path, source: str, site_id: UUID | None = None) -> Import:
    """The same for a file on this machine."""
    with path.open("rb") as stream:
        return receive(actor=actor, name=path.name, stream=stream, source=source, site_id=site_id)


def take(
    *, actor: Actor, name: str, stream: IO[bytes], source: str, site_id: UUID | None = None, dry_run: bool = False
) -> Import:  # fmt: skip
    """A file that a program hands in: kept, read as saved for its source, else as guessed, and sent on its way.

    A file that cannot be read stays with its reason, so that whoever looks after the imports sees that it came and why it went no further;
    the Refusal that is raised then names it as `import_id`.
    """
    came = receive(actor=actor, name=name, stream=stream, source=source, site_id=site_id)
    try:
        seen = look(actor=actor, import_id=came.pk)
        choose_mapping(actor=actor, import_id=came.pk, mapping=seen.mapping, remember=False)
    except Refusal as refusal:
        refuse(actor=actor, import_id=came.pk, refusal=refusal)
        raise Refusal(refusal.code, refusal.text, import_id=came.pk) from refusal
    return start(actor=actor, import_id=came.pk, dry_run=dry_run)


def look(*, actor: Actor, import_id: UUID) -> Look:
    """Header, first rows and the mapping that is chosen, saved or guessed. Raises Refusal where the file is no table."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.see_imports", related=("stored_file",))
    if found.stored_file is None:
        raise NotFound
    table = ports.open_table(files.path(found.stored_file), name=found.file_name)
    mapping = load(found.mapping) if found.mapping else sources.mapping_for(found.source, table)
    if not mapping.guesses:
        mapping = Mapping(**{**vars(mapping), "guesses": guessing.guess(table.header, table.sample).guesses})
    return Look(
        table.header, table.sample[:ROWS_SHOWN], table.rows_estimate, table.kind, table.encoding, table.delimiter, table.sheet, mapping,
        unmet(mapping),
    )  # fmt: skip


@transaction.atomic
def choose_mapping(*, actor: Actor, import_id: UUID, mapping: Mapping, remember: bool = True) -> Import:
    """Read this file so, and by default all later ones of its source. Raises Refusal where columns are missing."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", related=("stored_file",))
    if found.stored_file is None:
        raise NotFound
    table = ports.open_table(files.path(found.stored_file), name=found.file_name)
    require_complete(mapping, table.header)
    found.mapping = mapping.dump()
    if found.state in ("received", "refused", "checked"):
        found.state = "mapped"
    found.save(update_fields=["mapping", "state"])
    if remember:
        sources.save_mapping(actor=actor, source=found.source, mapping=mapping)
    return found


@transaction.atomic
def start(*, actor: Actor, import_id: UUID, dry_run: bool = False) -> Import:
    """Let a worker do it; the page follows `rows_done`."""
    from forecourt.engines.intake import background

    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    if found.state in ("applied", "running", "checking"):
        return found
    found.state = "checking" if dry_run else "running"
    found.is_dry_run = dry_run
    found.save(update_fields=["state", "is_dry_run"])
    values: dict[str, Any] = {"organisation": str(found.organisation_id), "import_id": str(found.pk), "is_dry_run": dry_run}
    background.perform.defer(by=actor, **values)
    return found


@transaction.atomic
def refuse(*, actor: Actor, import_id: UUID, refusal: Refusal) -> Import:
    """Keep with a file why it cannot be read; another one has to be sent."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    found.state, found.refusal_code, found.refusal_text, found.finished_at = "refused", refusal.code, refusal.text, clock.now()
    found.save(update_fields=["state", "refusal_code", "refusal_text", "finished_at"])
    return found


def _require_site(actor: Actor, site_id: UUID) -> None:
    if not Site.objects.filter(pk=site_id).exists() or not actor.may_act_at(site_id):
        raise NotFound
