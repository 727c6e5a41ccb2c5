"""What an operator or an integrator has to know has its place in docs/."""

import ast
import re
from pathlib import Path

from tools import reference

from forecourt.config import environment
from forecourt.config.command import subcommands
from forecourt.runtime import access, events

DOCS = Path(__file__).parents[2] / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
_VARIABLE = re.compile(r"(FORECOURT|DATABASE)_[A-Z_]+")


def variables() -> set[str]:
    """Every name of a variable that config/environment.py reads."""
    tree = ast.parse(Path(environment.__file__).read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if _VARIABLE.fullmatch(text)}


def test_every_variable_of_the_machine_stands_in_operations() -> None:
    assert len(variables()) >= 13
    assert [name for name in sorted(variables()) if f"| `{name}` |" not in OPERATIONS] == []


def test_no_variable_is_told_that_nobody_reads() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE))
    assert told - variables() == set()


def test_every_subcommand_stands_in_operations() -> None:
    told = set(re.findall(r"^\| `forecourt ([a-z-]+)", OPERATIONS, re.MULTILINE))
    assert told == set(subcommands())


def test_the_page_of_events_and_rights_is_as_the_code_says() -> None:
    """Not so? `python -m tools.reference` writes it anew."""
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page()


def test_the_page_of_personal_data_is_as_the_code_says() -> None:
    """Not so? `python -m tools.reference` writes it anew."""
    assert reference.PERSONAL_PAGE.read_text(encoding="utf-8") == reference.personal_page()


def test_every_event_and_right_stands_on_that_page() -> None:
    told = reference.PAGE.read_text(encoding="utf-8")
    assert [name for name in access.rights() if f"| `{name}` |" not in told] == []
    assert [name for name in events.registered() if not name.startswith("tests.") and f"| `{name}` v" not in told] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (page.relative_to(DOCS).as_posix(), target)
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([^)#:]+\.md|[^)#:]+/)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
