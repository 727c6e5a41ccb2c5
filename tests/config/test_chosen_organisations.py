"""Subcommands that work for organisations: one that is not there is told with those that are, and nothing is done."""

import argparse
from types import ModuleType
from typing import Any

import pytest

from forecourt.config.commands import audit, retention, support
from forecourt.records.people.models import RetentionRun
from tests.cast import Alpen, Rosso


def run(command: ModuleType, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    answer: int = command.run(parser.parse_args(arguments))
    return answer


@pytest.mark.parametrize(
    ("command", "asked"), [(audit, ("verify",)), (retention, ()), (support, ("--as", "alice@example.test", "--reason", "a look"))]
)
def test_an_organisation_that_is_not_there_is_told_with_those_that_are(
    alpen: Alpen, capsys: Any, command: ModuleType, asked: tuple[str, ...]
) -> None:
    assert run(command, *asked, "--organisation", "nobody") == 1
    assert capsys.readouterr() == ("", "There is no organisation 'nobody'. Known: autohaus-alpen.\n")
    with alpen.scope():
        assert not RetentionRun.objects.exists()


def test_one_that_is_named_is_the_only_one_and_without_a_name_it_is_all(alpen: Alpen, rosso: Rosso, capsys: Any) -> None:
    assert run(retention, "--dry-run", "--organisation", "autohaus-alpen") == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")] == ["autohaus-alpen"]
    assert run(retention, "--dry-run") == 0
    shown = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert len(shown) == 2
