"""`forecourt audit verify`: find lines of the audit trail that were changed, removed or inserted.

Compares every entry with the seal it got when it was written, and the head of each chain with the one kept in the data folder. The exit
status is 0 when all is as it was, 1 when something is not; each finding is a line.
"""

import argparse
from typing import TYPE_CHECKING

from forecourt.config.commands import _organisations

if TYPE_CHECKING:
    from forecourt.records.dealership.models import Organisation

HELP = "find changed, removed or inserted lines of the audit trail"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"])
    parser.add_argument("--organisation", metavar="SLUG", help="only this one (all)")


def run(options: argparse.Namespace) -> int:
    organisations = _organisations.chosen(options.organisation)
    if organisations is None:
        return 1
    return int(sum(_verify(organisation) for organisation in organisations) > 0)


def _verify(organisation: "Organisation") -> int:
    from forecourt.runtime import scope, sealing

    with scope.of(organisation.pk):
        lines, findings = sealing.verify()
        sealing.note_check(lines, findings)
    print(f"{organisation.slug}: {lines} lines, {len(findings) or 'none'} not as sealed")
    for finding in findings:
        print(f"  line {finding.number or '-'}: {finding.kind} {finding.entry_id or ''}".rstrip())
    return len(findings)
