"""`forecourt manage …`: Django's own commands, for those who build Forecourt. Migrations run with `forecourt migrate`."""

import argparse

NEEDS = "django"
HELP = "Django's own commands"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="…")


def run(options: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["forecourt manage", *options.rest])
    return 0
