"""Files as they arrive: kept whole, looked at, given a mapping, sent on their way, or made to wait where they are not like the last one."""

import itertools
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from forecourt.engines.intake import departures, fitting, guessing, sources
from forecourt.engines.intake.fitting import Fit
from forecourt.engines.intake.mapping import Mapping, require_complete, unmet
from forecourt.engines.intake.models import Import, SourceFile, SourceMapping
from forecourt.engines.intake.ports import Cell, Limits, Manner, Table
from forecourt.engines.intake.trying import ROWS_FOR_STYLE, Trial, try_out
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Site
from forecourt.runtime import access, audit, clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.files.raw import keep_raw, tidy
from forecourt.runtime.sentences import quoted
from forecourt.runtime.sentences import sentence as _

ROWS_SHOWN = 8


@dataclass(frozen=True)
class Look:
    """What one sees of a file before it is imported."""

    table: Table
    # The first rows, as many as tell how the columns are written.
    first: list[list[Cell]]
    mapping: Mapping
    # What is still needed before it can run, in words.
    unmet: list[str]
    # The mapping of its kind that was saved, and what of this file is not like the last one that came in by it.
    saved: SourceMapping | None
    unlike: Fit

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return self.table.header

    @property
    def rows(self) -> list[list[Cell]]:
        """The first few rows."""
        return self.first[:ROWS_SHOWN]

    @property
    def rows_estimate(self) -> int:
        """About how many rows there are."""
        return self.table.rows_estimate


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

    One that is not like the last file of its source waits for a person (state "waiting"). A file that cannot be read stays with its reason, so that whoever looks after the imports sees that it came and why it went no further;
    the Refusal that is raised then names it as `import_id`.
    """
    came = receive(actor=actor, name=name, stream=stream, source=source, site_id=site_id)
    try:
        seen = look(actor=actor, import_id=came.pk)
        if not seen.unlike.holds:
            return wait(actor=actor, import_id=came.pk, unlike=seen.unlike)
        choose_mapping(actor=actor, import_id=came.pk, mapping=seen.mapping, remember=False)
    except Refusal as refusal:
        refuse(actor=actor, import_id=came.pk, refusal=refusal)
        raise Refusal(refusal.code, refusal.text, import_id=came.pk) from refusal
    return start(actor=actor, import_id=came.pk, dry_run=dry_run)


def look(*, actor: Actor, import_id: UUID, manner: Manner | None = None) -> Look:
    """Header, first rows and the mapping that is chosen, saved or guessed. Raises Refusal where the file is no table or has no rows.

    `manner`: how a person would have the file read, just to see it.
    """
    found = access.fetch(Import, import_id, actor=actor, right="intake.see_imports", related=("stored_file",))
    if found.stored_file is None:
        raise NotFound
    choice = sources.choose(found, manner)
    table, mapping = choice.table, choice.mapping
    first = [cells for _line, cells in itertools.islice(table.rows, ROWS_FOR_STYLE)]
    if not first:
        raise sources.no_rows(found)
    if not mapping.guesses:
        mapping = replace(mapping, guesses=guessing.guess(table.header, table.sample).guesses)
    trials = try_out(mapping, table, first, sources.place(actor, mapping))
    unlike = fitting.compare(choice.saved, mapping, table, trials)
    mapping = fitting.renamed_in(mapping, unlike)
    return Look(table, first, mapping, unmet(mapping), choice.saved, unlike)


def trial(*, actor: Actor, seen: Look, mapping: Mapping) -> Dictionary[str, Trial]:
    """What this mapping makes of the first rows, by field."""
    return try_out(mapping, seen.table, seen.first, sources.place(actor, mapping))


@transaction.atomic
def choose_mapping(*, actor: Actor, import_id: UUID, mapping: Mapping, remember: bool = True) -> Import:
    """Read this file so, and by default all later ones of its source. Raises Refusal where columns are missing, and "still_running" or "applied_already" where it is too late."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", related=("stored_file",), lock=True)
    if found.stored_file is None:
        raise NotFound
    if found.mapping != mapping.dump():
        if found.state == "applied":
            raise Refusal("applied_already", _("This file was imported already. Send it again to have it read otherwise."))
        _refuse_while_read(found)
    require_complete(mapping, sources.opened(found, mapping.manner).header)
    found.mapping = mapping.dump()
    if found.state in ("received", "waiting", "refused", "checked"):
        found.state = "mapped"
    found.save(update_fields=["mapping", "state"])
    if remember:
        sources.save_mapping(actor=actor, source=found.source, mapping=mapping)
    return found


@transaction.atomic
def start(*, actor: Actor, import_id: UUID, dry_run: bool = False, may_let_go: bool = False) -> Import:
    """Let a worker do it; the page follows `rows_done`. `may_let_go`: however much it marks as gone, it is meant."""
    from forecourt.engines.intake import background

    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    if found.state in ("applied", "running", "checking"):
        return found
    found.state = "checking" if dry_run else "running"
    found.is_dry_run, found.may_let_go = dry_run, may_let_go
    # Until a worker takes it, the page would show how far the dry run was.
    found.rows_done, found.step, found.begun_at, found.ready_at = 0, "", None, None
    found.save(update_fields=["state", "is_dry_run", "may_let_go", "rows_done", "step", "begun_at", "ready_at"])
    if may_let_go:
        gone = departures.number_of(found.gone)
        audit.record(by=actor, act="intake.import_meant", object_kind="import", object_id=found.pk, number=found.number, gone=gone)
    values: dict[str, Any] = {"organisation": str(found.organisation_id), "import_id": str(found.pk), "is_dry_run": dry_run}
    background.perform.defer(by=actor, **values)
    return found


@transaction.atomic
def wait(*, actor: Actor, import_id: UUID, unlike: Fit) -> Import:
    """Let a file that is not like the last one wait until somebody has looked at it."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    found.state, found.unlike = "waiting", unlike.dump()
    found.save(update_fields=["state", "unlike"])
    return found


def refuse_unless_like_the_last(*, actor: Actor, import_id: UUID) -> None:
    """Raises Refusal("not_like_the_last") for a file that is not like the last one of its source; it waits for a person then."""
    try:
        unlike = look(actor=actor, import_id=import_id).unlike
    except Refusal:
        return  # no table at all: whoever runs it says so and keeps it
    if unlike.holds:
        return
    wait(actor=actor, import_id=import_id, unlike=unlike)
    columns = [
        *(was for _field, was in unlike.missing),
        *(was for _field, was, _now in unlike.renamed),
        *(each.column for each in unlike.worse),
    ]
    columns += [column for column, meaning in unlike.new if meaning]
    raise Refusal(
        "not_like_the_last",
        _("The file is not like the last one of its source, and waits in the list of imports: look at %(columns)s.")
        % {"columns": quoted(columns)},
        import_id=import_id,
    )


@transaction.atomic
def refuse(*, actor: Actor, import_id: UUID, refusal: Refusal) -> Import:
    """Keep with a file why it cannot be read; another one has to be sent."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    return _refused(found, refusal)


@transaction.atomic
def discard(*, actor: Actor, import_id: UUID) -> Import:
    """Put a file aside that is not to be imported. Raises Refusal "applied_already" or "still_running"."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", lock=True)
    if found.state == "applied":
        raise Refusal("applied_already", _("This file was imported already."))
    _refuse_while_read(found)
    SourceFile.objects.filter(import_id=import_id).update(state="refused", because="discarded")
    audit.record(by=actor, act="intake.import_put_aside", object_kind="import", object_id=found.pk, number=found.number)
    return _refused(found, Refusal("discarded", _("Somebody put this file aside.")))


def _refuse_while_read(found: Import) -> None:
    if found.state in ("checking", "running"):
        raise Refusal("still_running", _("This file is being read just now. Please wait until that is over."))


def _refused(found: Import, refusal: Refusal) -> Import:
    found.state, found.refusal_code, found.refusal_text, found.finished_at = "refused", refusal.code, refusal.text, clock.now()
    found.save(update_fields=["state", "refusal_code", "refusal_text", "finished_at"])
    return found


def _require_site(actor: Actor, site_id: UUID) -> None:
    if not Site.objects.filter(pk=site_id).exists() or not actor.may_act_at(site_id):
        raise NotFound
