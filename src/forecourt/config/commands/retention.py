"""`forecourt retention`: take away what is past its time, as the worker does once a day; `--dry-run` says what would go and changes nothing."""

import argparse
from typing import TYPE_CHECKING

from forecourt.config.commands import _organisations

if TYPE_CHECKING:
    from forecourt.records.dealership.models import Organisation

HELP = "take away what is past its time"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")
    parser.add_argument("--organisation", metavar="SLUG", help="only this one (all)")


def run(options: argparse.Namespace) -> int:
    organisations = _organisations.chosen(options.organisation)
    if organisations is None:
        return 1
    for organisation in organisations:
        _tell(organisation, is_dry=options.dry_run)
    return 0


def _tell(organisation: "Organisation", *, is_dry: bool) -> None:
    from forecourt.records.people import retention
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    with scope.of(organisation.pk):
        if is_dry:
            figures = [each.dump() for each in retention.look()]
        else:
            figures = retention.carry_out(actor=system(organisation.pk, via="command")).figures
    word = "would go" if is_dry else "went"
    print(f"{organisation.slug}: {sum(each['due' if is_dry else 'gone'] for each in figures)} rows {word}.")
    for each in figures:
        oldest = f", the oldest of {each['oldest'][:10]}" if each["oldest"] else ""
        coming = f", the next on {each['next_at'][:10]}" if each["next_at"] else ""
        print(f"  {each['label']}: {each['due' if is_dry else 'gone']} {word} of {each['rows']}{oldest}{coming}")
