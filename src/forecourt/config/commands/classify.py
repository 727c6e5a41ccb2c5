"""`forecourt classify FILE --text COLUMN [--code COLUMN]`: say what kind of work each line of a file is, and why.

Reads CSV, TSV and workbooks as an import does, and changes nothing. By the standard rules, without a database; with --organisation as that
dealer's history is read: by their own rules on top, by what people decided ("by": "person") and by what was learned ("model"). With --json one line of JSON for each row: {"row": 1, "line": 2, "kinds": [...], "decided": [{"kind", "by",
"value"}, ...], "certainty": 0..1}, where lines on such grounds were right as often as `certainty` says (`engines/audience/certainty.py`). `row` counts the rows below the header, `line` is where the row stands in the file.

The exit status is 0, or 1 when the file or a column cannot be read, 2 when the database cannot be reached.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecourt.engines.audience.lines import Answer
    from forecourt.engines.intake.ports import Table

    Answering = Callable[[Sequence[tuple[str, str]]], list[Answer]]

HELP = "say what kind of work each line of a file is"
_LONG = 5000
_AT_ONCE = 2000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--text", required=True, metavar="COLUMN", help="the column that holds the text of the line")
    parser.add_argument("--code", metavar="COLUMN", help="the column that holds its job code or order number")
    parser.add_argument("--organisation", metavar="SLUG", help="by what this dealer says on top of the standard rules, too")
    parser.add_argument("--json", action="store_true", help="answer in JSON, one line a row")


def needs(options: argparse.Namespace) -> str:
    """Only a dealer's own rules lie in the database."""
    return "database" if options.organisation else "nothing"


def run(options: argparse.Namespace) -> int:
    from django.apps import apps
    from django.conf import settings

    from forecourt.kernel.errors import Refusal

    if not apps.ready:  # catalogues lie in the rooms, which we do without: what is refused is said as the source says it
        settings.USE_I18N = False
    try:
        return _classify(options)
    except Refusal as refusal:
        print(refusal.text, file=sys.stderr)
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):  # `… | head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"{problem.filename}: {problem.strerror}.", file=sys.stderr)
    return 1


def _classify(options: argparse.Namespace) -> int:
    from forecourt.adapters.dms import open_table
    from forecourt.kernel.identifiers import text_key

    table = open_table(options.file, name=options.file.name)
    text_at = _place(table, options.text)
    code_at = None if options.code is None else _place(table, options.code)
    asked = ((line, _cell(cells, code_at), _cell(cells, text_at)) for line, cells in _watched(table))
    counts: Counter[str] = Counter()
    different = set()
    with _answering(options.organisation) as answers_to:
        for row, ((line, code, text), answer) in enumerate(_answered(asked, answers_to), start=1):
            counts.update(answer.kinds or ("none",))
            different.add(text_key(code, text))
            print(_as_json(row, line, answer) if options.json else _as_words(row, text, answer))
    sys.stdout.flush()
    if not options.json:
        found = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
        print(f"\n{len(different)} different lines: {found or 'nothing'}.")
    return 0


def _answered(asked: Iterator[tuple[int, str, str]], answers_to: "Answering") -> "Iterator[tuple[tuple[int, str, str], Answer]]":
    while some := list(islice(asked, _AT_ONCE)):
        yield from zip(some, answers_to([(code, text) for _line, code, text in some]), strict=True)


@contextmanager
def _answering(organisation: str | None) -> "Iterator[Answering]":
    from forecourt.engines.audience.lines import Lines

    if organisation is None:
        lines = Lines()
        yield lambda asked: [lines.answer(code, text) for code, text in asked]
        return
    from forecourt.engines.audience import classification
    from forecourt.kernel.errors import Refusal
    from forecourt.records.dealership.models import Organisation
    from forecourt.runtime import scope

    found = Organisation.objects.filter(slug=organisation).first()
    if found is None:
        known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise Refusal("unknown_organisation", f"There is no organisation {organisation!r}. Known: {known}.")
    with scope.of(found.pk):
        yield classification.answers_to


def _place(table: "Table", wanted: str) -> int:
    """Where the column stands: as it is written, else without regard to case and spaces."""
    from forecourt.kernel.errors import Refusal

    if wanted in table.header:
        return table.header.index(wanted)
    alike = [at for at, name in enumerate(table.header) if _bare(name) == _bare(wanted)]
    if len(alike) == 1:
        return alike[0]
    raise Refusal("unknown_column", f"There is no column {wanted!r}. The file has: {', '.join(table.header)}.")


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()


def _cell(cells: list[Any], at: int | None) -> str:
    if at is None or at >= len(cells):
        return ""
    value = cells[at]
    # A workbook keeps every number as a fraction: the code 4711 comes as 4711.0.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _as_json(row: int, line: int, answer: "Answer") -> str:
    decided = [{"kind": each.work_kind, "by": each.by, "value": each.value} for each in answer.decided]
    told = {"row": row, "line": line, "kinds": answer.kinds, "decided": decided, "certainty": answer.certainty}
    return json.dumps(told, ensure_ascii=False)


def _as_words(row: int, text: str, answer: "Answer") -> str:
    reasons = ", ".join(f"{each.work_kind} ({each.by} {each.value})" for each in answer.decided)
    return f"{row:>6}  {text}  →  {reasons or 'no kind of work'}"


def _watched(table: "Table") -> Iterator[tuple[int, list[Any]]]:
    """The rows, with a bar on the terminal while a long file is written elsewhere."""
    if table.rows_estimate < _LONG or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from table.rows
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Classifying"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=table.rows_estimate)
        for count, row in enumerate(table.rows, start=1):
            yield row
            if not count % 1000:
                progress.update(task, completed=count)
