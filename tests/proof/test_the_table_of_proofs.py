"""What `make prove` ends with."""

from pathlib import Path

from tools import mutation, proofs
from tools.proofs import Line

from tests.proof.parts import tell

REPORT = """<testsuites><testsuite>
<testcase classname="tests.proof.test_parts_killed" name="test_a_good_one"/>
<testcase classname="tests.proof.test_parts_killed" name="test_an_import_ends[api]"><failure message="assert 1 == 2&#10;more">…</failure></testcase>
</testsuite></testsuites>"""


def test_a_test_tells_what_it_measured(tmp_path: Path, monkeypatch: object) -> None:
    figures = tmp_path / "figures"
    monkeypatch.setenv(proofs.FILE, str(figures))  # type: ignore[attr-defined]
    tell("500 mails", limit="each once", measured="500 once")
    assert list(proofs.told(figures)) == [Line("500 mails", "each once", "500 once")]


def test_a_failed_proof_is_a_line_that_says_how_to_run_it_alone(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    [line] = proofs.failures(report, tmp_path / "parts.log")
    assert line.cells() == ("an import ends[api]", "passes", "assert 1 == 2", "NO")
    assert "FORECOURT_PROVE=1 .venv/bin/pytest tests/proof/test_parts_killed.py -s -k 'test_an_import_ends'" in line.mend


def test_how_to_mend_stands_under_the_line_that_is_not_ok() -> None:
    shown = proofs.table([Line("one", "240 s", "9 s"), Line("two", "15 s", "20 s", ok=False, mend="look"), Line("three", "1", "1")])
    assert [line.split()[0] for line in shown.splitlines()] == ["what", "-----", "one", "two", "mend:", "three"]


def test_every_wall_on_the_list_still_stands_in_its_file_and_is_changed_by_its_removal() -> None:
    """A list that names a line which was rewritten since would stop in the middle, hours later."""
    walls = [(each, (mutation.SOURCES / each.file).read_text(encoding="utf-8")) for each in mutation.WALLS]
    assert [each.name for each, source in walls if each.before not in source or each.before == each.after] == []
    assert len({each.name for each in mutation.WALLS}) == len(mutation.WALLS)
    files = {part for each in mutation.WALLS for part in each.tests.split() if part.endswith(".py")}
    assert [each for each in sorted(files) if not (mutation.CHECKOUT / each).exists()] == []
