"""The `forecourt` command: what it offers, and what it says to a wrong word or a wrong environment."""

import os
import subprocess
import sys

from forecourt.config.command import subcommands


def forecourt(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "forecourt.config.command", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": "src"} | variables,
        check=False,
    )


def test_every_subcommand_says_in_a_line_what_it_is_for() -> None:
    lines = forecourt("--help").stdout.splitlines()[2:]

    assert [line.split()[0] for line in lines] == list(subcommands())
    assert all(len(line.split()) > 2 for line in lines)


def test_an_unknown_word_is_refused_with_what_is_known() -> None:
    answer = forecourt("strat")

    assert answer.returncode == 2
    assert answer.stderr.startswith("forecourt knows no 'strat'.\n")
    assert "  start " in answer.stderr


def test_a_wrong_environment_is_one_sentence_and_no_traceback() -> None:
    answer = forecourt("start", FORECOURT_PORT="eighty")

    assert (answer.returncode, answer.stderr) == (
        2,
        "FORECOURT_PORT is 'eighty'; it must be a number from 1 to 65532 (the next three ports are used too).\n",
    )
