"""`forecourt setup`: make the database where there is none, and bring its tables up to date. `forecourt start` does it too."""

import argparse

from forecourt.config.commands import migrate

HELP = "make the database and its tables"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    migrate.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    return migrate.run(options)
