"""`forecourt import`: what a script and a person read from it."""

import argparse
import json
from pathlib import Path

import pytest

from forecourt.config.commands import import_
from forecourt.engines.intake.models import Import
from forecourt.records.history.models import Visit
from tests.cast import Alpen
from tests.engines.intake.files import LINES, export


def called(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    return import_.run(parser.parse_args(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(export(*LINES, LINES[2].replace("15.03.2025", "soon").replace("A-2", "A-3")))
    return path


def test_json_counts_add_up_and_a_dry_run_changes_nothing(alpen: Alpen, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (str(file), "--organisation", "autohaus-alpen", "--source", "dms", "--json")
    assert called(*arguments, "--dry-run") == 0
    checked = json.loads(capsys.readouterr().out)
    with alpen.scope():
        assert Visit.objects.count() == 0
    assert called(*arguments) == 0
    done = json.loads(capsys.readouterr().out)
    wanted = {"read": 4, "created": 3, "updated": 0, "unchanged": 0, "rejected": 1, "remarked": 0}
    assert {name: checked[name] for name in wanted} == wanted
    assert {name: done[name] for name in wanted} == wanted
    assert (checked["state"], done["state"]) == ("checked", "applied")
    assert done["wrong"] == [{"line": 5, "column": "Auftragsdatum", "value": "soon", "code": "no_date", "reason": "This is not a date."}]
    assert called(*arguments) == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == 3


def test_wrong_rows_are_written_to_a_file_on_demand(alpen: Alpen, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(str(file), "--organisation", "autohaus-alpen", "--source", "dms", "--rejected", str(tmp_path / "wrong.csv")) == 0
    assert "4 rows read: 3 were created, 0 updated, 0 unchanged, 1 rejected" in capsys.readouterr().out
    assert len((tmp_path / "wrong.csv").read_text("utf-8-sig").splitlines()) == 2


def test_a_mapping_may_come_with_the_file(alpen: Alpen, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("k;n\n1;Meier\n")
    (tmp_path / "m.json").write_text('{"columns": {"customer.number": "k", "customer.name": "n"}}')
    assert called(str(tmp_path / "a.csv"), "--organisation", "autohaus-alpen", "--source", "s", "--mapping", str(tmp_path / "m.json")) == 0
    assert "1 were created" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "more", "code"),
    [
        (b"\x89PNG\r\n\x1a\n", (), "picture"),
        (b"", (), "empty_file"),
        (b"x;y\n1;2\n", (), "no_columns_known"),
        (b"x;y\n1;2\n", ("--site", "nowhere"), "unknown_site"),
    ],
)
def test_what_is_refused_ends_with_one_and_a_reason(
    alpen: Alpen, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, more: tuple[str, ...], code: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert called(str(tmp_path / "a.csv"), "--organisation", "autohaus-alpen", "--source", "s", "--json", *more) == 1
    assert json.loads(capsys.readouterr().out)["code"] == code


def test_an_unknown_organisation_and_a_missing_file_are_said_in_words(alpen: Alpen, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("a.csv", "--organisation", "nobody", "--source", "s") == 1
    assert "Known: autohaus-alpen." in capsys.readouterr().err
    assert called("/nowhere/a.csv", "--organisation", "autohaus-alpen", "--source", "s") == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_a_file_that_is_not_like_the_last_one_waits_unless_it_is_to_be_taken_anyway(
    alpen: Alpen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--organisation", "autohaus-alpen", "--source", "dms", "--json")
    path = tmp_path / "people.csv"
    path.write_text("Kundennummer;Name;PLZ\n1;Meier;39100\n")
    assert called(str(path), *arguments) == 0
    path.write_text("Kundennummer;Name;PLZ;Ort\n2;Huber;39100;Bozen\n")
    capsys.readouterr()
    assert called(str(path), *arguments) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], "“Ort”" in told["reason"]) == ("not_like_the_last", True)
    with alpen.scope():
        assert Import.objects.get(number=2).state == "waiting"
    assert called(str(path), *arguments, "--anyway") == 0
    assert json.loads(capsys.readouterr().out)["created"] == 1


def test_a_complete_list_with_too_much_missing_waits_with_one_and_says_how_much(
    alpen: Alpen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, how = tmp_path / "cars.csv", tmp_path / "m.json"
    how.write_text('{"columns": {"vehicle.vin": "FIN", "vehicle.plate": "Kennz"}, "complete": ["vehicle"]}')
    arguments = (str(path), "--organisation", "autohaus-alpen", "--source", "dms", "--mapping", str(how), "--anyway")
    rows = [f"WVWZZZ1KZAW{number:06};BZ {number:03} AA" for number in range(120)]
    path.write_text("\n".join(("FIN;Kennz", *rows)))
    assert called(*arguments) == 0
    path.write_text("\n".join(("FIN;Kennz", *rows[:60])))
    capsys.readouterr()
    assert called(*arguments) == 1
    assert "60 of 120 vehicles are missing" in capsys.readouterr().err
    assert called(*arguments, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["code"], told["gone"]["vehicle"]["gone"]) == ("waiting", "too_many_gone", 60)
    path.write_text("\n".join(("FIN;Kennz", *rows[1:])))
    assert called(*arguments) == 0
    assert "1 were marked as gone from the source, 0 are back." in capsys.readouterr().out
