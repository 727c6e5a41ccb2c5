"""`forecourt demo`: fill an empty database with two believable dealer groups. `make run` does it by itself."""

import argparse

HELP = "load the demonstration into an empty database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--if-empty", action="store_true", help="do nothing, and say so, when there is data already")


def run(options: argparse.Namespace) -> int:
    from forecourt.config import applied
    from forecourt.config.environment import environment
    from forecourt.config.parts import DEMO_WANTED
    from forecourt.demo import load

    answer = load.run(only_if_empty=options.if_empty)
    applied.note_demonstration(environment())
    (environment().run_folder / DEMO_WANTED).unlink(missing_ok=True)
    print(answer)
    return 0
