"""`forecourt erase-again`: after a backup was put back, erase again whoever was erased since it was made. `forecourt start` does it too."""

import argparse

HELP = "erase again whom a restored backup brought back"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say nothing if nobody had to be")


def run(options: argparse.Namespace) -> int:
    from forecourt.records.people import erasures

    again = erasures.replay()
    if again or not options.quiet:
        print(f"{again} persons erased again.")
    return 0
