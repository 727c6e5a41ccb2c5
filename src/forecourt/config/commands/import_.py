"""`forecourt import FILE --organisation SLUG --source NAME`: take in a dealer's file.

Customers, vehicles, repair orders and their lines as CSV or XLSX. The columns are read by --mapping FILE (JSON), else as saved for the
source, else as guessed from their names. Right rows are applied in one transaction, wrong ones listed. A file that is not like the last one
of its source (columns gone or renamed, cells that can no longer be read) waits in the imports' list; --anyway takes it all the same.
A complete list in which so much is missing that half a file is likelier waits there too, also with --anyway: a person says that it is meant.

The exit status is 0 when the file was taken, also with rejected rows (they are counted, listed, and written to --rejected FILE);
1 when it was refused or waits and nothing changed; 2 when the database cannot be reached.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from forecourt.config.commands import _organisations

if TYPE_CHECKING:
    from forecourt.engines.intake.progress import Told

HELP = "take in a dealer's file"
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--source", required=True, metavar="NAME", help="what the file comes out of; numbers are known per source")
    parser.add_argument("--site", metavar="SLUG", help="the site of rows that name none")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help='JSON: {"columns": {"customer.number": "Kd-Nr.", …}}')
    parser.add_argument("--anyway", action="store_true", help="also if the file is not like the last one of its source")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    parser.add_argument("--rejected", type=Path, metavar="FILE", help="write the wrong rows here, to correct and send again (.csv, .xlsx)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(options: argparse.Namespace) -> int:
    from forecourt.kernel.errors import NotFound, Refusal
    from forecourt.records.dealership.models import Organisation
    from forecourt.runtime import scope

    organisation = Organisation.objects.filter(slug=options.organisation).first()
    if organisation is None:
        return _refuse(options, "unknown_organisation", _organisations.unknown(options.organisation))
    with scope.of(organisation.pk):
        try:
            return _import(options, organisation.pk)
        except Refusal as refusal:
            return _refuse(options, refusal.code, refusal.text)
        except NotFound:
            return _refuse(options, "unknown_site", f"There is no site {options.site!r}.")
        except OSError as problem:
            return _refuse(options, "unreadable_file", f"{problem.filename}: {problem.strerror}.")


def _import(options: argparse.Namespace, organisation_id: UUID) -> int:
    from forecourt.engines.intake import mapping, running, uploads
    from forecourt.runtime.actors import system

    actor = system(organisation_id, via="command")
    found = uploads.receive_path(actor=actor, path=options.file, source=options.source, site_id=_site(options.site))
    if options.mapping:
        chosen = mapping.load(_json(options.mapping))
        uploads.choose_mapping(actor=actor, import_id=found.pk, mapping=chosen, remember=not options.dry_run)
    elif not options.dry_run and not options.anyway:
        uploads.refuse_unless_like_the_last(actor=actor, import_id=found.pk)
    act = running.dry_run if options.dry_run else running.run
    with _progress(options) as told:
        done = act(actor=actor, import_id=found.pk, told=told)
    if done.state == "waiting":
        return _tell_that_it_waits(options, done)
    _write_rejected(options, actor, done)
    _report(options, done)
    return 0


def _site(slug: str | None) -> UUID | None:
    from forecourt.kernel.errors import NotFound
    from forecourt.records.dealership.models import Site

    if slug is None:
        return None
    site = Site.objects.filter(slug=slug).first()
    if site is None:
        raise NotFound
    return site.pk


def _json(path: Path) -> dict[str, Any]:
    from forecourt.kernel.errors import Refusal

    try:
        saved = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise Refusal("not_a_mapping", f"{path.name} is not JSON: {error}.") from error
    return saved if isinstance(saved, dict) else {}


_STEPS = {
    "reading": "Reading and checking", "customers": "Matching customers", "cars": "Matching cars", "orders": "Taking in orders", "ending": "Finishing",
}  # fmt: skip


@contextmanager
def _progress(options: argparse.Namespace) -> "Iterator[Told | None]":
    """A bar on a terminal, nothing elsewhere; it goes to the error stream, so that the answer can be piped."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(_STEPS["reading"], total=None, left="")

        def told(step: str, rows: int, total: int, seconds_left: float) -> None:
            minutes, seconds = divmod(round(seconds_left), 60)
            progress.update(task, completed=rows, total=total, description=_STEPS[step], left=f"about {minutes}:{seconds:02} left")

        yield told


def _write_rejected(options: argparse.Namespace, actor: Any, done: Any) -> None:
    from forecourt.engines.intake import rejections

    if options.rejected and done.rows_rejected:
        kind: Any = "xlsx" if options.rejected.suffix.lower() == ".xlsx" else "csv"
        options.rejected.write_bytes(rejections.rejected_file(actor=actor, import_id=done.pk, kind=kind))


def _report(options: argparse.Namespace, done: Any) -> None:
    from forecourt.engines.intake import departures
    from forecourt.engines.intake.models import RejectedRow

    wrong = RejectedRow.objects.filter(of_import=done, is_remark=False)[:_SHOWN]
    counts = {name: getattr(done, f"rows_{name}") for name in ("read", "created", "updated", "unchanged", "rejected", "remarked", "erased")}
    counts |= {what: departures.number_of(done.gone, what) for what in ("gone", "back")}
    if options.json:
        listed = [
            {"line": row.line, "column": row.column, "value": row.value, "code": row.reason_code, "reason": row.reason} for row in wrong
        ]
        print(json.dumps({"import": done.number, "state": done.state, **counts, "wrong": listed}, ensure_ascii=False))
        return
    verb = "would be" if options.dry_run else "were"
    print(
        f"{counts['read']} rows read: {counts['created']} {verb} created, {counts['updated']} updated, "
        f"{counts['unchanged']} unchanged, {counts['rejected']} rejected; {counts['remarked']} values left out."
        + (f" {counts['erased']} rows of erased persons not taken." if counts["erased"] else "")
        + (
            f" {counts['gone']} {verb} marked as gone from the source, {counts['back']} are back."
            if counts["gone"] or counts["back"]
            else ""
        )
    )
    for row in wrong:
        print(f"  line {row.line}, {row.column or 'row'} {row.value!r}: {row.reason}")
    if counts["rejected"] > len(wrong):
        print(f"  … see import {done.number} for all.")


def _tell_that_it_waits(options: argparse.Namespace, done: Any) -> int:
    missing = ", ".join(
        f"{each['gone']} of {each['had']} {subject}s" for subject, each in done.gone.items() if isinstance(each, dict) and each["gone"]
    )
    text = (
        f"The file is a complete list, and {missing} are missing in it: half a file is likelier. Nothing was changed. "
        f"Import {done.number} waits in the list of imports until somebody says there that it is meant."
    )
    if options.json:
        print(json.dumps({"import": done.number, "state": done.state, "code": "too_many_gone", "reason": text, "gone": done.gone}))
    else:
        print(text, file=sys.stderr)
    return 1


def _refuse(options: argparse.Namespace, code: str, text: str) -> int:
    if options.json:
        print(json.dumps({"state": "refused", "code": code, "reason": text}, ensure_ascii=False))
    else:
        print(text, file=sys.stderr)
    return 1
