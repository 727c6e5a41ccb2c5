"""A context alone writes its tables: checked over the syntax trees of all of Forecourt."""

import ast
from collections.abc import Iterator
from pathlib import Path

import forecourt

ROOT = Path(forecourt.__file__).parent
WRITES = {
    "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "bulk_update", "save", "acreate", "aupdate",
}  # fmt: skip


def test_each_table_is_written_only_by_its_own_context() -> None:
    found = [problem for file in sorted(ROOT.rglob("*.py")) if "migrations" not in file.parts for problem in foreign_writes(file)]
    assert not found, "Call an action of the context instead:\n" + "\n".join(found)


def test_the_search_finds_a_foreign_write() -> None:
    source = "from forecourt.records.people.models import Customer\nCustomer.objects.filter(pk=1).update(city='')\n"
    assert list(writes_in(source, context="faces.staff", name="x.py")) == ["x.py:2 writes records.people's Customer"]


def test_the_search_finds_a_foreign_row_being_built() -> None:
    source = "from forecourt.records.people.models import Customer\nCustomer(city='x').save()\n"
    assert list(writes_in(source, context="faces.staff", name="x.py")) == ["x.py:2 writes records.people's Customer"]


def foreign_writes(file: Path) -> Iterator[str]:
    parts = file.relative_to(ROOT).parts
    yield from writes_in(file.read_text(encoding="utf-8"), context=".".join(parts[:2]).removesuffix(".py"), name="/".join(parts))


def writes_in(source: str, *, context: str, name: str) -> Iterator[str]:
    tree = ast.parse(source)
    owner_of = dict(_imported_models(tree))
    seen = set()
    for node in ast.walk(tree):
        model = _written_model(node)
        owner = owner_of.get(model or "")
        if owner and not _same_room(owner, context) and (node.lineno, model) not in seen:  # type: ignore[attr-defined]
            seen.add((node.lineno, model))  # type: ignore[attr-defined]
            yield f"{name}:{node.lineno} writes {owner}'s {model}"  # type: ignore[attr-defined]


def _same_room(owner: str, context: str) -> bool:
    return owner == context or (owner.startswith("runtime") and context.startswith("runtime"))


def _imported_models(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("forecourt.") and ".models" in node.module:
            for alias in node.names:
                yield alias.asname or alias.name, node.module.split(".models")[0].removeprefix("forecourt.")


def _written_model(node: ast.AST) -> str | None:
    """The model's name if the node is `Model(…)` or a writing call that begins with `Model.objects`."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
        return node.func.id
    if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
        return _manager_root(node.func.value)
    return None


def _manager_root(node: ast.AST) -> str | None:
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            if node.attr in {"objects", "_base_manager"} and isinstance(node.value, ast.Name):
                return node.value.id
            node = node.value
        else:
            return None
