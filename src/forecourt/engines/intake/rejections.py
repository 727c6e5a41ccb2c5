"""The rows that were not taken, as a file to correct and send again: the original columns and, last, the reason.

Cells that a spreadsheet would run as a formula are written so that it does not; reading them takes that off again.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any, Literal
from uuid import UUID

import xlsxwriter  # type: ignore[import-untyped]
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from forecourt.engines.intake import no_records, sources
from forecourt.engines.intake.models import ERASED, Import, RejectedRow
from forecourt.kernel import spreadsheets
from forecourt.kernel.errors import NotFound
from forecourt.records.people import returns
from forecourt.records.people.returns import Remembered
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from forecourt.runtime.sentences import sentence


def of(*, actor: Actor, import_id: UUID) -> Any:
    """The rejected rows and remarks of an import, in the order of the file; a QuerySet, to be cut into pages."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.see_imports")
    return RejectedRow.objects.filter(of_import=found).order_by("line", "id")


def to_correct(*, actor: Actor, import_id: UUID, but: Iterable[int]) -> Any:
    """The same without the lines that are no records: there is nothing to correct in them."""
    return of(actor=actor, import_id=import_id).exclude(line__in=list(but), is_remark=False)


def rejected_file(*, actor: Actor, import_id: UUID, kind: Literal["csv", "xlsx"] = "csv") -> bytes:
    """The rejected rows as a file of its own."""
    found = access.fetch(Import, import_id, actor=actor, right="intake.run_imports", related=("stored_file",))
    header = _header(found)
    rows = _rows(found, len(header))
    return spreadsheets.as_csv([*header, _("Reason")], rows) if kind == "csv" else _as_xlsx([*header, _("Reason")], rows)


@transaction.atomic
def welcome_back(*, actor: Actor, row_id: UUID, reason: str) -> RejectedRow:
    """Whoever this row was about may come in with the next file; the reasons are those of `records.people.returns`."""
    row = access.fetch(RejectedRow, row_id, actor=actor, right="people.edit_customer", related=("of_import",))
    if row.reason_code != ERASED or not row.erased:
        raise NotFound
    access.require(actor, "people.edit_customer", row.of_import)
    returns.welcome(actor=actor, remembered=Remembered.load(row.erased), reason=reason)
    said = sentence("The person may be a customer again: the next import takes them in.")
    RejectedRow.objects.filter(of_import_id=row.of_import_id, erased=row.erased).update(erased={}, reason=said)
    return row


def _header(found: Import) -> list[str]:
    if found.header:
        return list(found.header)
    if found.stored_file is None:  # no longer kept
        raise NotFound
    return sources.choose(found).table.header


def _rows(found: Import, width: int) -> Iterator[list[Any]]:
    entries = (
        RejectedRow.objects.filter(of_import=found, is_remark=False)
        .exclude(Q(reason_code=ERASED) | Q(line__in=list(chain(*no_records.lines(found).values()))))
        .order_by("line", "id")
        .iterator(chunk_size=2000)
    )
    for _line, group in groupby(entries, key=lambda entry: entry.line):
        wrongs = list(group)
        cells = [*wrongs[0].cells, *[""] * width]
        # Cells beyond the header are part of what is wrong: they are put where they can be seen.
        beyond = " ".join(str(cell) for cell in wrongs[0].cells[width:] if str(cell).strip())
        reasons = [f"{wrong.column}: {wrong.reason}" if wrong.column else wrong.reason for wrong in wrongs]
        yield [*cells[:width], "; ".join([*reasons, *([beyond] if beyond else [])])]


def _as_xlsx(header: list[str], rows: Iterator[list[Any]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for number, row in enumerate([header, *rows]):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                sheet.write(number, column, cell)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()
