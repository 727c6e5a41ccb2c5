"""`forecourt token`: make a token for a program. Prints the secret, once."""

import argparse
import sys

HELP = "make an API token for a program"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--role", required=True)
    parser.add_argument("--name", default="command line")


def run(options: argparse.Namespace) -> int:
    from forecourt.records.accounts import tokens
    from forecourt.records.dealership.models import Organisation
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    organisation = Organisation.objects.filter(slug=options.organisation).first()
    if organisation is None:
        known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        print(f"There is no organisation {options.organisation!r}. Known: {known}.", file=sys.stderr)
        return 1
    with scope.of(organisation.pk):
        try:
            _, secret = tokens.create(actor=system(organisation.pk, via="command"), name=options.name, role=options.role)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
    print(secret)
    return 0
