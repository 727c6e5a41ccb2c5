"""Every check of a right, by name: a check that goes, comes or asks for less changes a row of `checks.txt`, where a reader sees it.

The table tests of routes ask whether the right that a door names is kept; which right that is, and that an action below the door asks again, only a
row can say. `python -m tests.architecture.test_checks` writes the file anew; look at what it changed before you keep it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import forecourt

ROOT = Path(forecourt.__file__).parent
KNOWN = Path(__file__).with_name("checks.txt")
ASKING = {"require", "fetch", "may"}


def test_every_check_of_a_right_is_as_it_was_agreed() -> None:
    wanted, found = KNOWN.read_text(encoding="utf-8").splitlines(), rows()
    gone, new = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    assert wanted == found, f"gone: {gone}\nnew: {new}\nIf that is meant: python -m tests.architecture.test_checks"


def test_a_check_that_is_taken_out_is_missed() -> None:
    source = "def act(*, actor):\n    access.require(actor, 'people.edit')\n    return 1\n"
    assert list(checks(source, "x")) == ["x act require people.edit"]
    assert list(checks(source.replace("access.require(actor, 'people.edit')", "pass"), "x")) == []


def rows() -> list[str]:
    found: list[str] = []
    for file in sorted(ROOT.rglob("*.py")):
        if "migrations" not in file.parts:
            found += checks(file.read_text(encoding="utf-8"), ".".join(file.relative_to(ROOT).with_suffix("").parts))
    return sorted(found)


def checks(source: str, module: str) -> Iterator[str]:
    """`module function check right` for each; a right that is worked out is written as it stands in the source."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in function.decorator_list:
                yield from _asked(decorator, module, function.name, doors=True)
            if not isinstance(function, ast.ClassDef):
                for node in function.body:
                    yield from _asked(node, module, function.name, doors=False)


def _asked(root: ast.AST, module: str, name: str, *, doors: bool) -> Iterator[str]:
    for node in ast.walk(root):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of_access = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "access"
        if (doors and called in {"door", "right"}) or (of_access and called in ASKING):
            yield f"{module} {name} {called} {_right(node, called)}".rstrip()


def _right(call: ast.Call, called: str) -> str:
    named = next((each.value for each in call.keywords if each.arg == "right"), None)
    place = 0 if called in {"door", "right"} else 1
    given = named or (call.args[place] if len(call.args) > place else None)
    return str(given.value) if isinstance(given, ast.Constant) else ast.unparse(given) if given else ""


if __name__ == "__main__":
    KNOWN.write_text("\n".join(rows()) + "\n", encoding="utf-8")
