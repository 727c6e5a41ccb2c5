"""`forecourt migrate`: bring the tables up to date, as the role that owns them. Repeatable."""

import argparse

HELP = "bring the database's tables up to date"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say nothing but problems")


def run(options: argparse.Namespace) -> int:
    from forecourt.config import applied, schema
    from forecourt.config.environment import environment

    missing = schema.missing_migrations()
    if missing or schema.missing_walls():
        schema.migrate(verbosity=0 if options.quiet else 1)
        print(f"{len(missing)} migrations applied.")
    elif not options.quiet:
        print("All migrations are in.")
    applied.note_migrations(environment())
    return 0
