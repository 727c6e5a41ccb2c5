"""Takes out one wall at a time and looks whether a test turns red.

    python -m tools.mutation                 all; at least 95 % must turn red
    python -m tools.mutation --sample 12     some of them, spread evenly
    python -m tools.mutation --only door     those whose name holds this

Works on a copy of the sources in a folder of its own, with a database of its own. A mutation is one of: the right of a door or of an
operation of the API asks for less, a check in an action is gone, or one of the walls listed in `WALLS` has a hole. Each runs the narrow
tests that should see it. What survives is listed; the exit status is 1 when too many do.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = CHECKOUT / "src" / "forecourt"
LEAST_SHARE: Final = 0.95
LESS: Final = "staff.come_in"
CHECKS: Final = "tests/architecture/test_checks.py"
SCOPE: Final = "tests/runtime/test_scope.py"
ROWS: Final = "tests/architecture/test_walls.py"
DOORS: Final = "tests/architecture/test_doors.py"
API: Final = "tests/architecture/test_api_table.py"
ACCESS: Final = "tests/runtime/test_access.py"
TRESPASS: Final = "tests/architecture/test_trespass.py"


@dataclass(frozen=True)
class Mutation:
    """One text of one file in another's place, and the tests that should turn red."""

    name: str
    file: str
    before: str
    after: str
    tests: str
    line: int = 0  # where the text stands, if it stands in several places


WALLS: Final = (
    Mutation("rows are not filtered", "runtime/scope.py", "return rows.filter(organisation_id=current)", "return rows", SCOPE),
    Mutation("unscoped questions are answered", "runtime/scope.py", "if current is None:\n            raise", "if False:\n            raise", SCOPE),
    Mutation("foreign rows are saved", "runtime/scope.py", "elif given != current:", "elif False:", SCOPE),
    Mutation("foreign rows are written in bulk", "runtime/scope.py", "            row.claim_organisation()\n        return super().bulk_create", "            pass\n        return super().bulk_create", SCOPE),
    Mutation("foreign rows are changed in bulk", "runtime/scope.py", "            row.claim_organisation()\n        return super().bulk_update", "            pass\n        return super().bulk_update", SCOPE),
    Mutation("rows move to another dealer", "runtime/scope.py", '& kwargs.keys():', '& set():', SCOPE),
    Mutation("supervision sees every table", "runtime/scope.py", "if not self.model.seen_everywhere:", "if False:", SCOPE),
    Mutation("PostgreSQL is not told at the beginning", "runtime/scope.py", "    if is_open():\n        _name_scope(wrapper)", "    return", SCOPE),
    Mutation("the setting outlives its transaction", "runtime/scope.py", "set_config(%s, %s, true)", "set_config(%s, %s, false)", f"{SCOPE} {ROWS}"),
    Mutation("supervision keeps the application's role", "runtime/scope.py", 'EVERYWHERE_ROLE if current == _EVERYWHERE else "none"', '"none"', f"{SCOPE} {ROWS}"),
    Mutation("a policy lets all rows through", "runtime/database/walls.py", 'USING ({self.own}) WITH CHECK ({self.own})', 'USING (true) WITH CHECK ({self.own})', ROWS),
    Mutation("a policy takes all rows in", "runtime/database/walls.py", 'USING ({self.own}) WITH CHECK ({self.own})', 'USING ({self.own}) WITH CHECK (true)', ROWS),
    Mutation("policies are not enabled", "runtime/database/walls.py", 'yield f"ALTER TABLE {wall.table} ENABLE ROW LEVEL SECURITY"', "pass", ROWS),
    Mutation("policies do not bind the owner", "runtime/database/walls.py", 'yield f"ALTER TABLE {wall.table} FORCE ROW LEVEL SECURITY"', "pass", ROWS),
    Mutation("live fragments have no policy", "runtime/database/walls.py", "        _LIVE,\n", "", ROWS),
    Mutation("supervision may read all", "runtime/database/walls.py", '("SELECT",) if model.seen_everywhere else ()', '("SELECT",)', ROWS),
    Mutation("supervision may write", "runtime/database/walls.py", '("SELECT",) if model.seen_everywhere else ()', '("SELECT", "UPDATE") if model.seen_everywhere else ()', ROWS),
    Mutation("a right is not asked", "runtime/access.py", 'if actor.kind != "system" and right not in actor.rights:', "if False:", ACCESS),
    Mutation("a foreign thing is one's own", "runtime/access.py", "!= actor.organisation_id:\n        raise NotFound", "!= actor.organisation_id:\n        pass", ACCESS),
    Mutation("another customer's thing is one's own", "runtime/access.py", '!= actor.id:\n        raise NotFound', '!= actor.id:\n        pass', ACCESS),
    Mutation("a sister site is one's own", "runtime/access.py", 'if not actor.may_act_at(getattr(target, "site_id", None)):', "if False:", ACCESS),
    Mutation("what is fetched is not asked for", "runtime/access.py", "    require(actor, right, found)\n    return found", "    return found", ACCESS),
    Mutation("the staff door does not ask", "faces/staff/door.py", "                access.require(request.actor, right)", "                pass", f"{DOORS} -k read-only"),
    Mutation("a leaver comes in", "faces/staff/door.py", ", is_active=True)", ")", "tests/records/dealership tests/faces/staff"),
    Mutation("another dealer's cookie chooses the site", "faces/staff/door.py", "for site in request.sites if str(site.pk) == wanted", "for site in Site._base_manager.all() if str(site.pk) == wanted", f"{TRESPASS} -k ids_of_another"),
    Mutation("the API does not ask", "faces/api/door.py", "            access.require(actor, self.right)", "            pass", f"{API} -k marketing"),
    Mutation("an ended token opens", "records/accounts/tokens.py", "digest=digest(secret), ended_at=None)", "digest=digest(secret))", f"{API} -k living_token"),
)  # fmt: skip


def mutations() -> Iterator[Mutation]:
    yield from WALLS
    for file in sorted(SOURCES.rglob("*.py")):
        if "migrations" not in file.parts:
            yield from _checks_in(file)


def _checks_in(file: Path) -> Iterator[Mutation]:
    """Each door and operation asking for less, each check of an action gone."""
    source = file.read_text(encoding="utf-8")
    place = str(file.relative_to(SOURCES))
    for node in ast.walk(ast.parse(source)):
        before = ast.get_source_segment(source, node) if isinstance(node, ast.Expr | ast.Call) else None
        if before is None:
            continue
        line = node.lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.Expr) and before.startswith("access.require("):
            yield Mutation(f"{place}:{line} is not asked", place, before, "pass", CHECKS, line)
        elif isinstance(node, ast.Call) and (right := _right_of(node)) and right != LESS:
            after = before.replace(f'"{right}"', f'"{LESS}"')
            yield Mutation(f"{place}:{line} {before.split('(')[0]} asks for less", place, before, after, CHECKS, line)


def _right_of(call: ast.Call) -> str:
    """The right that a door, an operation of the API or a fetch names; the customers' doors name purposes, which have no dot."""
    called = ast.unparse(call.func)
    given = call.args[0] if called in {"door", "right"} and call.args else None
    if called == "access.fetch":
        given = next((each.value for each in call.keywords if each.arg == "right"), None)
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) and "." in given.value else ""


def try_all(chosen: list[Mutation]) -> list[Mutation]:
    """The mutations that no test saw."""
    survived = []
    with tempfile.TemporaryDirectory(prefix="forecourt-mutation-") as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(
            CHECKOUT, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "node_modules", ".data*", "__pycache__")
        )
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user when we are root
        if _run(copy, f"{CHECKS} {ACCESS} {SCOPE} {ROWS}") != 0:
            raise SystemExit("The tests are red before anything is taken out.")
        for number, each in enumerate(chosen, start=1):
            began = time.monotonic()
            is_seen = _is_seen(copy, each)
            print(f"{number}/{len(chosen)} {'red' if is_seen else 'GREEN'} {each.name} ({time.monotonic() - began:.0f} s)", flush=True)
            if not is_seen:
                survived.append(each)
    return survived


def _is_seen(copy: Path, mutation: Mutation) -> bool:
    file = copy / "src" / "forecourt" / mutation.file
    whole = file.read_text(encoding="utf-8")
    start = sum(len(line) for line in whole.splitlines(keepends=True)[: max(mutation.line - 1, 0)])
    place = whole.find(mutation.before, start)
    if place < 0:
        raise SystemExit(f"{mutation.name}: {mutation.before!r} is not in {mutation.file}; bring tools/mutation.py up to date.")
    file.write_text(whole[:place] + mutation.after + whole[place + len(mutation.before) :], encoding="utf-8")
    try:
        return _run(copy, mutation.tests) != 0
    finally:
        file.write_text(whole, encoding="utf-8")


def _run(copy: Path, tests: str) -> int:
    """pytest's exit status: 0 when all is green."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FORECOURT_", "DATABASE_"))}
    environment |= {"PYTHONPATH": f"{copy / 'src'}:{copy}", "FORECOURT_DATA": str(copy.parent / "data"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests.split()]
    return subprocess.run(command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them, spread evenly")
    parser.add_argument("--only", metavar="WORDS", default="", help="those whose name holds this")
    given = parser.parse_args()
    every = [each for each in mutations() if given.only in each.name]
    chosen = every[:: max(1, len(every) // given.sample)][: given.sample] if given.sample else every
    survived = try_all(chosen)
    share = 1 - len(survived) / len(chosen)
    print(f"\n{len(chosen)} walls taken out one at a time, {len(chosen) - len(survived)} seen: {share:.1%} (promise {LEAST_SHARE:.0%})")
    for each in survived:
        print(f"  unseen: {each.name}")
    return int(share < LEAST_SHARE)


if __name__ == "__main__":
    sys.exit(main())
