"""`forecourt support`: look in at a dealer as one of its staff, for a reason and a short time. Prints a link that works once."""

import argparse
import getpass
import sys

from forecourt.config.commands import _organisations

HELP = "look in at a dealer as one of its staff"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--as", required=True, metavar="EMAIL", dest="email", help="whose pages to see")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; the dealer reads it")
    parser.add_argument("--minutes", type=int, default=30, metavar="N", help="how long (30, at most 120)")


def run(options: argparse.Namespace) -> int:
    from forecourt.kernel.errors import Refusal
    from forecourt.records.dealership import support
    from forecourt.records.dealership.models import StaffMember
    from forecourt.runtime import links, scope
    from forecourt.runtime.actors import system

    organisation = _organisations.named(options.organisation)
    if organisation is None:
        return 1
    with scope.of(organisation.pk):
        member = StaffMember.objects.filter(account__email__iexact=options.email, is_active=True).first()
        if member is None:
            print(f"Nobody with the address {options.email!r} works there.", file=sys.stderr)
            return 1
        actor = system(organisation.pk, via="command")
        try:
            visit = support.invite(
                actor=actor, staff_member_id=member.pk, operator=getpass.getuser(), reason=options.reason, minutes=options.minutes
            )
        except Refusal as refusal:
            print(refusal, file=sys.stderr)
            return 1
    print(links.url(purpose="support", organisation_id=organisation.pk, subject_id=visit.pk, holder_id=visit.link_id, days=1))
    return 0
