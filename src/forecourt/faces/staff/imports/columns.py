"""The page that asks what the columns of a file mean: what was detected, what comes of it, and everything that can be corrected."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forecourt.engines.intake import uploads
from forecourt.engines.intake.fields import FIELDS
from forecourt.engines.intake.mapping import Mapping, listed_in, unmet
from forecourt.engines.intake.models import Import
from forecourt.engines.intake.ports import Manner
from forecourt.engines.intake.trying import Trial
from forecourt.engines.intake.uploads import Look
from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.imports import words
from forecourt.faces.staff.imports.forms import WHOLE_LISTS, choices, manner_of, manner_shown, mapping_of, meant_twice, written
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.runtime import access


@dataclass(frozen=True)
class Shown:
    """A cell as it stands in the file, and as it would be stored or why it cannot be."""

    before: str
    after: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Column:
    """One column of the file: what it was taken for and why, how it is written, and what comes of its cells."""

    index: int
    name: str
    # As people read it: "Column 1 (A)" where the file does not name it.
    called: str = ""
    meaning: str = ""
    reason: str = ""
    # "date", "number" or "unit" where a person may say how it is written, what they said, and how it is read now.
    asks: str = ""
    chosen: str = ""
    found: str = ""
    examples: list[Shown] = field(default_factory=list)
    bad: int = 0
    filled: int = 0


@require_http_methods(["GET", "POST"])
@door("intake.run_imports")
def columns(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """What each column means and how it is written; saved for the source, so it is asked once. `do=look` only shows what would come of it."""
    found = access.fetch(Import, import_id, actor=request.actor, right="intake.run_imports")
    try:
        seen, manner, problem = _seen(request, import_id)
    except Refusal as refusal:
        return render(request, "staff/imports/refused.html", {"import": found, "reason": str(refusal)}, status=422)
    looks.listed(request, "import_rows", [], rows=len(seen.rows))
    mapping = mapping_of(request.POST, seen, manner) if request.method == "POST" else seen.mapping
    problem = problem or meant_twice(request.POST, seen.header)
    is_look = request.POST.get("do") == "look" or request.method == "GET"
    if not is_look and not problem:
        try:
            uploads.choose_mapping(actor=request.actor, import_id=import_id, mapping=mapping)
            uploads.start(actor=request.actor, import_id=import_id, dry_run=True)
        except Refusal as refusal:
            problem = str(refusal)
        else:
            return redirect("imports:show", import_id)
    shown = _shown(request, seen, mapping)
    if problem:
        shown["columns"] = _as_chosen(request, shown["columns"])
    context = {"import": found, "problem": problem, "choices": choices()} | shown
    template = "_columns" if request.headers.get("HX-Request") else "columns"
    return render(request, f"staff/imports/{template}.html", context, status=422 if problem else 200)


def _seen(request: StaffRequest, import_id: UUID) -> tuple[Look, Manner, str]:
    """The file as it is to be read; as it was read before if that cannot be done, with the reason. Raises Refusal for what is no table."""
    if request.method != "POST":
        seen = uploads.look(actor=request.actor, import_id=import_id)
        return seen, seen.mapping.manner, ""
    try:
        manner = manner_of(request.POST)
        return uploads.look(actor=request.actor, import_id=import_id, manner=manner), manner, ""
    except Refusal as refusal:
        manner = manner_shown(request.POST)
        return uploads.look(actor=request.actor, import_id=import_id, manner=manner), manner, str(refusal)


def _shown(request: StaffRequest, seen: Look, mapping: Mapping) -> dict[str, Any]:
    trials = uploads.trial(actor=request.actor, seen=seen, mapping=mapping)
    saved = seen.saved
    by = StaffMember.objects.filter(pk=saved.saved_by_id).first() if saved and saved.saved_by_id else None
    return {
        "look": seen, "table": seen.table, "has_lines": seen.table.kind in ("delimited", "xlsx", "xls", "ods"), "manner": mapping.manner, "shown": written(mapping.manner),
        "unmet": unmet(mapping), "unlike": seen.unlike, "columns": _columns(seen, mapping, trials), "unlike_lines": unlike_lines(seen.unlike),
        "encodings": words.ENCODINGS, "delimiters": words.DELIMITERS, "quotes": words.QUOTES,
        "encoding_found": words.encoding(seen.table.encoding),
        "delimiter_found": words.DELIMITERS.get(seen.table.delimiter or "", seen.table.delimiter),
        "quote_found": words.QUOTES.get(seen.table.quote or "", seen.table.quote),
        "saved": saved, "saved_by": by,
        "no_records": mapping.no_records,
        "lists": [(name, label, name in mapping.complete) for name, label in WHOLE_LISTS.items() if listed_in(mapping.columns, [name])],
    }  # fmt: skip


def unlike_lines(fit: Any) -> list[dict[str, Any]]:
    """What of a file is not like the last one, line by line, for the template to put into words."""
    return [
        *({"is": "renamed", "field": words.field(name), "was": was, "now": now} for name, was, now in fit.renamed),
        *({"is": "missing", "field": words.field(name), "was": was} for name, was in fit.missing),
        *(
            {"is": "emptied" if each.is_emptied else "worse", "was": each.column, "before": each.before, "now": each.now}
            for each in fit.worse
        ),
        *({"is": "new", "was": column, "field": words.field(name) if name else ""} for column, name in fit.new),
    ]


def _columns(seen: Look, mapping: Mapping, trials: Dictionary[str, Trial]) -> list[Column]:
    field_of = {trial.column: name for name, trial in trials.items()}
    reason_of = {guess.column: guess.reason for guess in seen.mapping.guesses if field_of.get(guess.column) == guess.field}
    sites = {str(site.pk): site.name for site in Site.objects.all()}
    found = []
    for index, name in enumerate(seen.header):
        called = _("Column %(number)s %(name)s") % {"number": index + 1, "name": name} if seen.table.is_headless else name
        column = Column(index, name, called, reason=str(reason_of.get(name, "")), examples=_raw(seen, index))
        trial = trials.get(field_of.get(name, ""))
        found.append(_tried(column, mapping, trial, sites) if trial else column)
    return found


def _as_chosen(request: StaffRequest, found: list[Column]) -> list[Column]:
    """With what was chosen for a column though another means it already: to be seen and corrected, not to be chosen once more."""
    if request.POST.get("width") != str(len(found)):
        return found
    chosen = [request.POST.get(f"column-{column.index}", "") for column in found]
    return [
        replace(column, meaning=name, examples=[Shown(each.before, each.before) for each in column.examples])
        if name in FIELDS and not column.meaning
        else column
        for column, name in zip(found, chosen, strict=True)
    ]


def _raw(seen: Look, index: int) -> list[Shown]:
    texts = (str(row[index]).strip() for row in seen.rows if index < len(row))
    return [Shown(text[:60]) for text in list(dict.fromkeys(filter(None, texts)))[:2]]


def _tried(column: Column, mapping: Mapping, trial: Trial, sites: dict[str, str]) -> Column:
    name = trial.field
    asks, chosen, detected = _asked(mapping, trial)
    examples = [Shown(each.before, words.value(name, each.after, sites), each.problem) for each in trial.examples]
    return replace(
        column, meaning=name, asks=asks, chosen=chosen or "", found=detected, examples=examples, bad=trial.bad, filled=trial.filled
    )  # fmt: skip


def _asked(mapping: Mapping, trial: Trial) -> tuple[str, str | None, str]:
    """What a person may say of how it is written, what they said, and how it is read now."""
    name, style = trial.field, trial.style
    if trial.writes_dates:
        return "date", mapping.date_orders.get(name), "ymd" if style.has_year_first else style.date_order
    if trial.writes_mileages:
        return "unit", mapping.units.get(name), "mi" if style.is_in_miles else "km"
    if trial.writes_names:
        return "name", mapping.name_orders.get(name), style.name_order
    return ("number", mapping.decimals.get(name), style.decimal) if trial.writes_numbers else ("", None, "")
