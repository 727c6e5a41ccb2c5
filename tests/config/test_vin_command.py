"""`forecourt vin`: what a script and a person read from it."""

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from forecourt.config.commands import vin


def called(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    vin.add_arguments(parser)
    return vin.run(parser.parse_args(arguments))


def test_there_is_one_line_of_json_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("--json", "5nms3caa0lh217545", "abc", "WVWZZZ1KZ6WO00001") == 0

    american, none, german = map(json.loads, capsys.readouterr().out.splitlines())
    assert (american["vin"], american["make"], american["model"], american["model_year"]) == (
        "5NMS3CAA0LH217545",
        "Hyundai",
        "Santa Fe",
        2020,
    )
    assert none == {"given": "abc", "readable": False, "vin": None, "code": "length", "reason": "a VIN has 17 characters, not 3"}
    assert german == {
        "given": "WVWZZZ1KZ6WO00001", "readable": True, "vin": "WVWZZZ1KZ6W000001", "repaired": ["12: O as 0"], "maker": "Volkswagen",
        "make": "Volkswagen", "model": None, "model_certainty": "not_known", "model_year": 2006, "model_year_certainty": "likely",
        "model_year_candidates": [2006], "region": "europe", "country": "DE", "plant_code": "W", "plant": "Wolfsburg", "plant_country": "DE",
        "check_digit": "not_used", "sources": {"make": "wmi", "model_year": "place_10", "plant": "place_11"}, "missing": [],
    }  # fmt: skip


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("WAUZZZ85ZLA012345", "1FADP3J24PL000001", "WDB2030461A123456", "x\x1b[31m") == 0

    assert capsys.readouterr().out.splitlines() == [
        "VIN                Make           Model           Year          Country  Plant           Check digit  Remarks",
        "WAUZZZ85ZLA012345  Audi           not known       2020 or 1990  DE       Ingolstadt (A)  not used",
        "1FADP3J24PL000001  Ford           Focus (likely)  2023          US       Wayne (L)       right",
        "WDB2030461A123456  Mercedes-Benz  not known       not known     DE       A               not used",
        "x�[31m                                                                                                not read: a VIN has 17 characters, not 6",
    ]


def test_a_dash_stands_for_the_lines_of_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = b"\xef\xbb\xbfWVWZZZ1KZ6W000001\r\n\r\n'tmbjf25j8a3012345\n\xff\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))

    assert called("-", "--json") == 0

    assert [json.loads(line)["vin"] for line in capsys.readouterr().out.splitlines()] == ["WVWZZZ1KZ6W000001", "TMBJF25J8A3012345", None]


def test_the_status_is_one_if_no_number_could_be_read() -> None:
    assert called("abc", "11111111111111111") == 1


def test_a_missing_extra_is_named_beside_the_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "ultravin", None)

    assert called("--json", "5NMS3CAA0LH217545") == 0

    told = capsys.readouterr()
    assert json.loads(told.out)["missing"] == ["vin-us"]
    assert told.err == "Make and model of North American cars need the extra vin-us: pip install 'forecourt[vin-us]'\n"


def test_neither_django_nor_the_registry_is_loaded_for_a_european_number() -> None:
    program = (
        "import sys; from forecourt.config.command import main; status = main(['vin', '--json', 'WVWZZZ1KZ6W000001']);"
        "print(status, sorted({'django', 'ultravin'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path("src").resolve()), "PATH": "/nowhere"},
    )

    assert answer.stdout.splitlines()[1] == "0 []"
