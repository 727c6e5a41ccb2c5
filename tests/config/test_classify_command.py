"""`forecourt classify`: what a script and a person read from it, and that it needs no database."""

import argparse
import json
from pathlib import Path

import pytest
import xlsxwriter

from forecourt.config.commands import classify
from forecourt.engines.audience import rules
from forecourt.engines.audience.learning import deciding
from forecourt.engines.audience.models import Classification
from forecourt.kernel.identifiers import text_key
from forecourt.runtime.actors import system
from tests.cast import Alpen
from tests.config.test_command import forecourt

FILE = 'Nr;Arbeitstext;Code\n1;Ölwechsel mit Filter;\n;;\n2;"Achse; vermessen";BREMS1\n3;Kaffee;4711\n'


def called(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    classify.add_arguments(parser)
    return classify.run(parser.parse_args(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_bytes(FILE.encode("cp1252"))
    return path


def test_json_is_one_line_a_row_with_what_decided(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(str(file), "--text", "Arbeitstext", "--code", "Code", "--json") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"row": 1, "line": 2, "kinds": ["oil_service"], "decided": [{"kind": "oil_service", "by": "word", "value": "ölwechsel + filter"}], "certainty": 0.985},
        {"row": 2, "line": 4, "kinds": ["brakes"], "decided": [{"kind": "brakes", "by": "code", "value": "BREMS*"}], "certainty": 0.984},
        {"row": 3, "line": 5, "kinds": [], "decided": [], "certainty": 0.911},
    ]  # fmt: skip


def test_a_person_reads_the_reasons_and_a_count(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(str(file), "--text", " arbeitstext") == 0
    assert capsys.readouterr().out.splitlines() == [
        "     1  Ölwechsel mit Filter  →  oil_service (word ölwechsel + filter)",
        "     2  Achse; vermessen  →  no kind of work",
        "     3  Kaffee  →  no kind of work",
        "",
        "3 different lines: none 2, oil_service 1.",
    ]


def test_a_workbook_is_read_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with xlsxwriter.Workbook(tmp_path / "lines.xlsx") as book:
        book.add_worksheet().write_column(0, 0, ["code", 4711])
        book.get_worksheet_by_name("Sheet1").write_column(0, 1, ["text", "更换机油机滤"])
    assert called(str(tmp_path / "lines.xlsx"), "--text", "text", "--code", "code", "--json") == 0
    assert json.loads(capsys.readouterr().out)["kinds"] == ["oil_service"]


def test_an_unknown_column_names_those_there_are(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(str(file), "--text", "Text", "--json") == 1
    assert capsys.readouterr().err == "There is no column 'Text'. The file has: Nr, Arbeitstext, Code.\n"


def test_it_runs_without_a_database_and_refuses_in_a_sentence(file: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"}
    assert forecourt("classify", str(file), "--text", "Arbeitstext", "--json", **nowhere).stdout.count('"row"') == 3
    answer = forecourt("classify", "/bin/sh", "--text", "x", **nowhere)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)


def test_a_dealer_s_own_rules_are_asked_where_one_is_named(alpen: Alpen, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alpen.scope():
        rules.change(actor=system(alpen.organisation.pk, via="test"), work_kind="coffee", words=["Kaffee"])
    assert called(str(file), "--text", "Arbeitstext", "--organisation", "autohaus-alpen") == 0
    assert "Kaffee  →  coffee (word Kaffee)" in capsys.readouterr().out
    assert called(str(file), "--text", "Arbeitstext", "--organisation", "nobody") == 1
    assert "Known: autohaus-alpen." in capsys.readouterr().err


def test_a_dealer_s_lines_are_read_as_their_history_is(alpen: Alpen, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alpen.scope():
        key = text_key("", "Kaffee")
        Classification.objects.create(text_key=key, rules_version="")
        deciding.decide(actor=system(alpen.organisation.pk, via="test"), kinds={key: ["accessories"]})
    assert called(str(file), "--text", "Arbeitstext", "--organisation", "autohaus-alpen", "--json") == 0
    *_others, coffee = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (coffee["kinds"], coffee["certainty"]) == (["accessories"], 1.0)
    assert [(each["kind"], each["by"]) for each in coffee["decided"]] == [("accessories", "person")]
