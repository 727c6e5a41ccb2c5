"""The environment: defaults, one complaint per wrong value, and a secret that is made once."""

import stat
from pathlib import Path

import pytest

from forecourt.config.environment import EnvironmentProblem, read


def test_with_nothing_set_forecourt_listens_on_this_machine_only(tmp_path: Path) -> None:
    here = read({"FORECOURT_DATA": str(tmp_path)})

    assert (here.host, here.port, here.live_port, here.smtp_port, here.texts_port) == ("127.0.0.1", 8000, 8001, 8002, 8003)
    assert here.is_local
    assert here.runs_database
    assert here.runs_mail_server
    assert here.smtp_url == "smtp://127.0.0.1:8002"
    assert here.origin == "http://127.0.0.1:8000"


def test_text_messages_end_here_unless_a_gateway_or_a_relay_is_named(tmp_path: Path) -> None:
    here, real = (read({"FORECOURT_DATA": str(tmp_path)} | more) for more in ({}, {"FORECOURT_SMTP_URL": "smtp://relay.example"}))
    assert here.runs_texts_gateway
    assert here.texts_place == ("127.0.0.1", 8003)
    assert len(here.texts_token) == 32
    assert (real.texts_url, real.runs_texts_gateway) == ("", False)

    named = read(
        {"FORECOURT_DATA": str(tmp_path), "FORECOURT_SMS_URL": "https://AC1:to%2Fken@gateway.example", "FORECOURT_SMS_FROM": "Alpen"}
    )
    assert (named.texts_place, named.texts_token, named.texts_sender) == (("gateway.example", 443), "to/ken", "Alpen")
    assert not named.runs_texts_gateway
    assert "ken@" not in repr(named)


def test_a_relay_of_the_dealer_replaces_the_local_mail_server(tmp_path: Path) -> None:
    here = read({"FORECOURT_DATA": str(tmp_path), "FORECOURT_SMTP_URL": "smtps://relay.example:465"})

    assert here.smtp_url == "smtps://relay.example:465"
    assert not here.runs_mail_server


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        (
            "FORECOURT_PORT",
            "eighty",
            "FORECOURT_PORT is 'eighty'; it must be a number from 1 to 65532 (the next three ports are used too).",
        ),
        ("FORECOURT_PORT", "65533", "FORECOURT_PORT is '65533'; it must be a number from 1 to 65532 (the next three ports are used too)."),
        ("FORECOURT_DEBUG", "perhaps", "FORECOURT_DEBUG is 'perhaps'; write 1 or 0."),
        ("FORECOURT_POSTGRES_BIN", "/nowhere", "FORECOURT_POSTGRES_BIN is '/nowhere'; there is no such folder."),
        ("DATABASE_URL", "mysql://a:secret@b/c", "DATABASE_URL begins with 'mysql'; it must begin with postgres:// or postgresql://."),
        ("DATABASE_ADMIN_URL", "postgresql:///x", "DATABASE_ADMIN_URL is set but DATABASE_URL is not"),
        ("FORECOURT_SMS_URL", "http://AC1:secret@gateway.example", "FORECOURT_SMS_URL must be https://ACCOUNT:TOKEN@HOST"),
        ("FORECOURT_SMS_URL", "https://secret@gateway.example", "FORECOURT_SMS_URL must be https://ACCOUNT:TOKEN@HOST"),
        ("FORECOURT_SMS_URL", "https://AC1:secret@gateway.example", "FORECOURT_SMS_FROM is ''; it must be a number such as"),
        ("FORECOURT_CLOCK", "tomorrow", "FORECOURT_CLOCK is 'tomorrow'"),
        ("FORECOURT_CLOCK", "+6", "write an offset such as +6h, -3d or +90m"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(tmp_path: Path, name: str, value: str, complaint: str) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        read({"FORECOURT_DATA": str(tmp_path), name: value})

    assert complaint in str(problem.value)
    assert "secret" not in str(problem.value)


def test_the_secret_key_is_made_once_and_only_we_can_read_it(tmp_path: Path) -> None:
    first = read({"FORECOURT_DATA": str(tmp_path)}).secret_key
    second = read({"FORECOURT_DATA": str(tmp_path)}).secret_key

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["seal-key", "secret-key"]


def test_the_public_address_is_for_links_in_mails(tmp_path: Path) -> None:
    here = read({"FORECOURT_DATA": str(tmp_path), "FORECOURT_URL": "https://service.example/"})
    assert here.public_url == "https://service.example"


def test_a_public_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="FORECOURT_URL"):
        read({"FORECOURT_DATA": str(tmp_path), "FORECOURT_URL": "service.example"})
