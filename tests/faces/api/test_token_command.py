"""`forecourt token`: the secret once on the output, or what is wrong and exit status 1."""

import argparse
from typing import Any

from forecourt.config.commands import token
from forecourt.records.accounts.models import ApiToken
from tests.cast import Alpen


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    token.add_arguments(parser)
    return token.run(parser.parse_args(arguments))


def test_a_token_is_printed_once_and_opens_the_api(alpen: Alpen, client: Any, capsys: Any) -> None:
    assert run("--organisation", "autohaus-alpen", "--role", "adviser") == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("fc_")
    assert client.get("/api/v1/customers", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    with alpen.scope():
        kept = ApiToken.objects.get()
    assert (kept.name, kept.role, secret in kept.digest) == ("command line", "adviser", False)


def test_an_unknown_role_is_told_with_those_that_exist(alpen: Alpen, capsys: Any) -> None:
    assert run("--organisation", "autohaus-alpen", "--role", "king") == 1
    assert capsys.readouterr().err.startswith("There is no role 'king'; take one of adviser, technician, ")


def test_an_unknown_organisation_is_told_with_those_that_exist(alpen: Alpen, capsys: Any) -> None:
    assert run("--organisation", "nobody", "--role", "adviser") == 1
    assert capsys.readouterr().err == "There is no organisation 'nobody'. Known: autohaus-alpen.\n"
