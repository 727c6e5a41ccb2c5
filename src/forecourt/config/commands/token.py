"""`forecourt token`: make a token for a program. Prints the secret, once."""

import argparse
import sys

from forecourt.config.commands import _organisations

HELP = "make an API token for a program"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--role", required=True)
    parser.add_argument("--name", default="command line")


def run(options: argparse.Namespace) -> int:
    from forecourt.records.accounts import tokens
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    organisation = _organisations.named(options.organisation)
    if organisation is None:
        return 1
    with scope.of(organisation.pk):
        try:
            _, secret = tokens.create(actor=system(organisation.pk, via="command"), name=options.name, role=options.role)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
    print(secret)
    return 0
