# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""An import from its file to its counts: read, check, stage, apply, in one transaction; a dry run does the same and takes it back.

Killed in the middle, nothing has happened, and the job runs again from the start. Progress is told on a connection of its own,
because the import's transaction is not to be seen before its end.
"""

import itertools
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from forecourt.engines.intake import counting, customers, departures, fitting, letting_go, origins, previews, sources
from forecourt.engines.intake.counting import Counts
from forecourt.engines.intake.departures import TooManyGone
from forecourt.engines.intake.events import ImportApplied
from forecourt.engines.intake.mapping import Mapping, load, require_complete
from forecourt.engines.intake.models import Import, RejectedRow, SourceFile
from forecourt.engines.intake.ports import Row, Table
from forecourt.engines.intake.previews import Seen
from forecourt.engines.intake.progress import Progress, Told
from forecourt.engines.intake.reading import column_styles
from forecourt.engines.intake.reading_along import blocks
from forecourt.engines.intake.rows import RowReader
from forecourt.engines.intake.staging import Rejections, Staging
from forecourt.engines.intake.trying import ROWS_FOR_STYLE, ROWS_TRIED, Trial, try_out
from forecourt.engines.intake.values import Wrong
from forecourt.kernel import processes
from forecourt.kernel.errors import Refusal
from forecourt.records.history import imports as history
from forecourt.records.history import line_imports
from forecourt.records.history.imports import Outcomes
from forecourt.records.people import imports as people
from forecourt.records.people import returns
from forecourt.records.people.imports import Outcome
from forecourt.records.vehicles import imports as vehicles
from forecourt.records.vehicles import vin_facts
from forecourt.runtime import access, clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.database.bulk import CopyBeside, prepare_for_sets
from forecourt.runtime.events import publish

_LATE_REASONS: Final = {
    "unknown_order": gettext_noop("No order with this number is known; please import the orders first."),
    "unknown_vehicle": gettext_noop("No car with this number is known, and the row has neither VIN nor plate."),
    "unknown_customer": gettext_noop("No customer with this number is known, and the row has no name."),
    "order_of_another_car": gettext_noop("An order with this number exists at this site for another car."),
    "line_number_twice": gettext_noop("The order already has another line with this number."),
}
_MOST_SHARED: Final = 1000
_SHARED: Final = gettext_noop(
    "Rows of this file give this number to several customers; the last one counts. Where sites number theirs apart, import them as sources of their own."
)
_LATE_FIELDS: Final = {
    "unknown_vehicle": "vehicle.number", "unknown_customer": "customer.number", "line_number_twice": "line.number",
}  # fmt: skip


def dry_run(*, actor: Actor, import_id: Any, told: Told | None = None) -> Import:
    """Do all that `run` would do, count it, list what is wrong, and take it back. Raises Refusal, which is kept with the import."""
    return _perform(actor, import_id, is_dry=True, told=told)


def run(*, actor: Actor, import_id: Any, told: Told | None = None) -> Import:
    """Apply the right rows and list the wrong ones. Raises Refusal, which is kept with the import; then nothing was applied."""
    return _perform(actor, import_id, is_dry=False, told=told)


def _perform(actor: Actor, import_id: Any, *, is_dry: bool, told: Told | None) -> Import:
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports")
    if not _begin(found, is_dry=is_dry):
        return found
    rejections = Rejections()
    try:
        attempt = _Attempt(actor, found, rejections, told)
        with transaction.atomic():
            _take_turn(found)
            if Import.objects.filter(pk=found.pk, state="applied").exists():
                found.refresh_from_db()
                return found
            counts = attempt.apply()
            attempt.let_go(is_dry=is_dry)
            if is_dry:
                seen = attempt.preview()
                transaction.set_rollback(True)
            else:
                _finish(actor, found, counts, rejections, state="applied")
                attempt.remember()
        if is_dry:
            with transaction.atomic():
                _finish(actor, found, counts, rejections, state="checked")
                previews.keep(found, seen)
    except TooManyGone as much:
        _tell_state(found, state="waiting", gone=much.facts["gone"])
    except Refusal as refusal:
        _tell_state(found, state="refused", refusal_code=refusal.code, refusal_text=refusal.text, finished_at=clock.now())
        raise
    finally:
        rejections.close()
    return found


def _begin(found: Import, *, is_dry: bool) -> bool:
    """Say that it runs; False if it is applied already, because the job ran twice or somebody pressed twice."""
    begun = Import.objects.filter(pk=found.pk).exclude(state="applied").update(
        state="checking" if is_dry else "running", is_dry_run=is_dry, rows_done=0, step="", begun_at=None, ready_at=None,
        refusal_code="", refusal_text="",
    )  # fmt: skip
    found.refresh_from_db()
    return bool(begun)


def _take_turn(found: Import) -> None:
    """Two imports at once would add the same customer twice, so they wait for each other.

    So do two workers at one import: a job is given to another worker when nothing was heard of the first one for a while, and that one
    may live.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake:{found.organisation_id}"])


def _tell_state(found: Import, **values: Any) -> None:
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))


def _finish(actor: Actor, found: Import, counts: Counts, rejections: Rejections, *, state: str) -> None:
    RejectedRow.objects.filter(of_import=found).delete()
    with connection.cursor() as cursor:
        rejections.store(cursor, import_id=found.pk, organisation_id=found.organisation_id)
    _tell_state(
        found, state=state, rows_total=counts.read, rows_done=counts.read, rows_read=counts.read, rows_created=counts.created,
        rows_updated=counts.updated, rows_unchanged=counts.unchanged, rows_rejected=counts.rejected, rows_remarked=counts.remarked,
        rows_erased=counts.erased, finished_at=clock.now(), gone=found.gone,
        records=origins.counted(found) if state == "applied" else {},
    )  # fmt: skip
    if state == "applied":
        previews.forget(found)
        # Whoever imported it: what waited for a person waits no more.
        SourceFile.objects.filter(import_id=found.pk).update(state="done", because="")
        if counts.erased:
            letting_go.let_go(found)
        sources.remember_first(actor=actor, source=found.source, mapping=load(found.mapping or {}))
        publish(
            ImportApplied(
                import_id=found.pk, number=found.number, rows_read=counts.read, rows_created=counts.created,
                rows_updated=counts.updated, rows_unchanged=counts.unchanged, rows_rejected=counts.rejected,
                rows_erased=counts.erased, gone=departures.number_of(found.gone), back=departures.number_of(found.gone, "back"),
            ),
            by=actor,
        )  # fmt: skip


class _Attempt:
    """One go at one file."""

    def __init__(self, actor: Actor, found: Import, rejections: Rejections, told: Told | None) -> None:
        self._found = found
        self._rejections = rejections
        self._table, self._mapping = _opened(found)
        at = require_complete(self._mapping, self._table.header)
        first = list(itertools.islice(self._table.rows, ROWS_FOR_STYLE))
        self._first = [cells for _line, cells in first[:ROWS_TRIED]]
        self._rows: Iterator[Row] = itertools.chain(first, self._table.rows)
        place = self._place = sources.place(actor, self._mapping)
        self._site_id = sources.default_site(actor, found, self._mapping)
        self._reader = RowReader(
            mapping=self._mapping,
            header=self._table.header,
            at=at,
            styles=column_styles(self._mapping, self._table, at, (cells for _line, cells in first), place=place),
            place=place,
            default_site=self._site_id,
            source=found.source,
        )
        is_known = Import.objects.filter(source=found.source, state="applied").exists()
        self._progress = Progress(found, total=self._table.rows_estimate, is_known=is_known, told=told)
        self._read = 0
        if not first:
            raise sources.no_rows(found)

    def apply(self) -> Counts:
        """Everything, in the transaction that the caller has opened."""
        with self._progress, connection.cursor() as cursor:
            self._stage(cursor)
            self._remark_on_shared_numbers(cursor)
            prepare_for_sets(cursor, rows=self._read)
            self._outcomes = outcomes = self._bring_in(cursor)
            self._progress.step("ending")
            counting.refuse_unknown(cursor)
            self._list_refused()
            self._departed = departures.settle(cursor, found=self._found, mapping=self._mapping, site_id=self._site_id)
            created, updated = counting.created_and_updated(cursor, *outcomes)
        rejected, erased = self._rejections.rows, self._rejections.erased
        unchanged = self._read - created - updated - rejected - erased
        return Counts(self._read, created, updated, unchanged, rejected, self._rejections.remarks, erased)

    def _bring_in(self, cursor: Any) -> tuple[Outcome, Outcome, Outcomes]:
        source, number, progress = self._found.source, self._found.number, self._progress
        progress.step("customers")
        persons = people.apply(cursor, source=source, number=number)
        progress.step("cars")
        cars = vehicles.apply(cursor, source=source, number=number)
        self._told_by_vin = vin_facts.complete(cursor, examples=previews.EXAMPLES)
        progress.step("orders")
        return persons, cars, history.apply(cursor, source=source, number=number, has_line_numbers=self._mapping.maps("line.number"))

    def let_go(self, *, is_dry: bool) -> None:
        """Keep how much is gone. Raises TooManyGone for more than can be meant, unless a person said that it is."""
        if not is_dry and not self._found.may_let_go and departures.is_too_much(self._departed):
            raise departures.too_many(self._departed)
        self._found.gone = departures.dump(self._departed)

    def preview(self) -> Seen:
        """What it would do by examples, before it is taken back."""
        persons, cars, history = self._outcomes
        with connection.cursor() as cursor:
            seen = previews.see(cursor, customers=persons, cars=cars, history=history, trials=self._trials(), told_by_vin=self._told_by_vin)
        return previews.with_departures(seen, self._found, self._departed)

    def remember(self) -> None:
        """How this file was, for the next one of its source to be compared with."""
        fitting.remember(self._found.source, self._mapping, self._table, self._trials())

    def _trials(self) -> dict[str, Trial]:
        return try_out(self._mapping, self._table, self._first, self._place)

    def _stage(self, cursor: Any) -> None:
        with CopyBeside(cursor) as copying, processes.collecting_seldom():
            staging = Staging(cursor, copying)
            self._reader.leave_out(returns.remember(), before_asking=copying.wait)
            for rows, block in blocks(self._rows, self._table, self._reader):
                self._read += rows
                staging.take(block)
                self._rejections.take(block)
                self._progress.at(self._read, staging.staged)
        self._progress.has_read(self._read, staging.staged)

    def _remark_on_shared_numbers(self, cursor: Any) -> None:
        """Where each site numbers its customers from 1, strangers would become one without a word."""
        column = self._mapping.columns.get("customer.number")
        if column is None:
            return
        for line, number, one, other in people.shared_numbers(cursor, at_most=_MOST_SHARED):
            if customers.are_strangers(one, other):
                self._rejections.remark(line, Wrong(column, number, "number_of_several", _SHARED))

    def _list_refused(self) -> None:
        """Rows that only the records could refuse: the file is gone through once more for their cells."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {line_imports.REFUSED})")
            if not cursor.fetchone()[0]:
                return
        connection.ensure_connection()
        with connection.connection.cursor(name="refused_lines") as refused:
            refused.execute(f"SELECT DISTINCT ON (line) line, code FROM {line_imports.REFUSED} ORDER BY line")
            rows = iter(_opened(self._found)[0].rows)
            for line, code in refused:
                cells = next((cells for at, cells in rows if at == line), [])
                column = self._mapping.columns.get(_LATE_FIELDS.get(code, "order.number"), "")
                value = self._value(column, cells)
                self._rejections.add(line, [Wrong(column, value, code, _LATE_REASONS[code])], cells)

    def _value(self, column: str, cells: list[Any]) -> str:
        index = self._table.header.index(column) if column in self._table.header else len(cells)
        return str(cells[index]) if index < len(cells) else ""


def _opened(found: Import) -> tuple[Table, Mapping]:
    """The file and the import's own mapping, else the source's, else the likeliest; it is kept with the import."""
    choice = sources.choose(found)
    if not found.mapping:
        _tell_state(found, mapping=choice.mapping.dump())
    return choice.table, choice.mapping
