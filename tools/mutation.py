"""Takes out one wall at a time and looks whether a test turns red.

    python -m tools.mutation                 all; at least 95 % must turn red
    python -m tools.mutation --sample 12     some of them, spread evenly
    python -m tools.mutation --only door     those whose name holds this
    python -m tools.mutation --part 3/20 --place /tmp/walls      a twentieth; what earlier parts found stays in the place

Works on a copy of the sources in a folder of its own, with a database of its own. A mutation is one of: the right of a door, of an operation of the
API or of a fetch asks for less, a check in an action is gone, or one of the walls listed in `WALLS` has a hole. Each runs the narrow tests that
should see it: below the faces the action itself, called without the right; for what a face declares, the table of agreed checks, since the tests of
routes take a door at its word. A line says which kind saw it. What survives is listed; the exit status is 1 when too many do.
"""

import argparse
import ast
import hashlib
import json
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
CHECKS: Final = "--noconftest -p no:django -p no:schemathesis -p no:playwright tests/architecture/test_checks.py -k agreed"
ACTIONS: Final = "tests/architecture/test_every_action_asks.py"
OUTCOMES: Final = "FORECOURT_MUTATION_OUTCOMES"
"""Names the file in which that test tells which checks it missed."""
SCOPE: Final = "tests/runtime/test_scope.py"
ROWS: Final = "tests/architecture/test_walls.py"
DOORS: Final = "tests/architecture/test_doors.py"
API: Final = "tests/architecture/test_api_table.py"
ACCESS: Final = "tests/runtime/test_access.py"
TRESPASS: Final = "tests/architecture/test_trespass.py"
OUTSIDE: Final = "tests/adapters/test_outside.py"
INLETS: Final = "tests/faces/hooks/test_inlets.py"
TELLING: Final = "tests/engines/exchange/test_telling.py"
SIGNING: Final = "tests/engines/exchange/test_signing.py"
PHONE: Final = "tests/faces/customer/test_signin_by_phone.py"


@dataclass(frozen=True)
class Mutation:
    """One text of one file in another's place, and the tests that should turn red."""

    name: str
    file: str
    before: str
    after: str
    tests: str
    line: int = 0  # where the text stands, if it stands in several places

    @property
    def key(self) -> str:
        """Another one as soon as its place, what is changed there or the tests that should see it are others."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


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
    Mutation("a leaver comes in", "faces/staff/door.py", ", is_active=True)", ")", "tests/faces/staff/test_door.py"),
    Mutation("another dealer's cookie chooses the site", "faces/staff/door.py", "for site in request.sites if str(site.pk) == wanted", "for site in Site._base_manager.all() if str(site.pk) == wanted", f"{TRESPASS} -k ids_of_another"),
    Mutation("the API does not ask", "faces/api/door.py", "            access.require(actor, self.right)", "            pass", f"{API} -k marketing"),
    Mutation("one public number among private ones is enough", "adapters/outside.py", "not all(is_public(each)", "not any(is_public(each)", OUTSIDE),
    Mutation("the name is asked again for the connection", "adapters/outside.py", "create_connection((self._place.number,", "create_connection((self._place.host,", OUTSIDE),
    Mutation("numbers inside numbers are public", "adapters/outside.py", "    return not any(found in network", "    return True or not any(found in network", OUTSIDE),
    Mutation("an operator's host needs no naming", "adapters/outside.py", "is_inside = (is_named(host) or (is_ours and host in _HERE)) and", "is_inside =", OUTSIDE),
    Mutation("each drop has the whole time", "adapters/outside.py", "        self._inner.settimeout(self._line.left())\n        return self._inner.recv_into", "        return self._inner.recv_into", OUTSIDE),
    Mutation("any certificate will do", "adapters/outside.py", "    context.minimum_version", "    context.check_hostname = False\n    context.minimum_version", OUTSIDE),
    Mutation("the body is not signed", "engines/exchange/signing.py", "            each.update(part)", "            pass", SIGNING),
    Mutation("old messages are fresh", "engines/exchange/signing.py", "<= TOLERANCE_SECONDS", "<= 10 * TOLERANCE_SECONDS", SIGNING),
    Mutation("a wrong signature opens", "engines/exchange/inlets.py", "if not holds or self._inlet is None:", "if self._inlet is None:", INLETS),
    Mutation("a closed door opens", "engines/exchange/inlets.py", 'filter(pk=inlet_id, state="open")', "filter(pk=inlet_id)", INLETS),
    Mutation("a message counts twice", "faces/hooks/inlets/views.py", "    if not is_new:", "    if False:", INLETS),
    Mutation("a long body is read", "faces/hooks/inlets/views.py", "if int(length) > LARGEST:", "if False:", INLETS),
    Mutation("doors may be tried without end", "faces/hooks/inlets/views.py", '        limits.spend("hook:address"', '        len("hook:address") or limits.spend("hook:address"', INLETS),
    Mutation("an ended secret still signs", "engines/exchange/keys.py", "of.earlier_until > clock.now()", "True", TELLING),
    Mutation("secrets lie open", "engines/exchange/keys.py", "= seals.seal(secret), now", '= secret, now', TELLING),
    Mutation("a private address is subscribed", "engines/exchange/subscriptions.py", "        ports.outside().check(address)", "        pass", TELLING),
    Mutation("two workers send one message", "engines/exchange/deliveries.py", "waiting = rows.filter(free, rested,", "waiting = rows.filter(rested,", TELLING),
    Mutation("by phone: a code works in any browser", "records/accounts/proofs.py", "filter(pk=proof_id, browser_digest=secrets.digest(browser))", "filter(pk=proof_id)", PHONE),
    Mutation("by phone: the page of a code opens in any browser", "faces/customer/signin/views.py", "if proof is None or not proofs.is_of(proof, mark):\n        return _page(request, \"customer/signin/over.html\", {\"is_elsewhere\": True}, status=403)\n    if request.method == \"GET\":\n        return _code_page", "if proof is None:\n        return _page(request, \"customer/signin/over.html\", {\"is_elsewhere\": True}, status=403)\n    if request.method == \"GET\":\n        return _code_page", PHONE),
    Mutation("by phone: a code to prove a number signs in", "faces/customer/signin/views.py", "filter(pk=proof_id, kind__in=(BY_MAIL, BY_TEXT))", "filter(pk=proof_id)", PHONE),
    Mutation("by phone: a code of the text opens the link of a mail", "faces/customer/signin/views.py", "if proof is None or proof.kind != BY_MAIL:", "if proof is None:", PHONE),
    Mutation("by phone: guesses do not count", "records/accounts/proofs.py", "proof.tries += 1", "proof.tries += 0", PHONE),
    Mutation("by phone: a code works twice", "records/accounts/proofs.py", "proof.used_at = clock.now()", "proof.used_at = None", PHONE),
    Mutation("by phone: a number is proven for whoever shares the browser", "records/accounts/phones.py", "filter(account=account, kind=KIND, browser_digest", "filter(kind=KIND, browser_digest", PHONE),
    Mutation("by phone: a number is proven in any browser", "records/accounts/phones.py", "kind=KIND, browser_digest=secrets.digest(browser))", "kind=KIND)", PHONE),
    Mutation("by phone: a code to change the mail address proves a number", "records/accounts/phones.py", "kind=KIND, browser_digest", "browser_digest", PHONE),
    Mutation("by phone: a number is taken over without its proof", "records/accounts/phones.py", "newest.used_at is None or clock.now()", "clock.now()", PHONE),
    Mutation("by phone: a number is taken over long after its proof", "records/accounts/phones.py", "newest.used_at is None or clock.now() >= newest.ends_at", "newest.used_at is None", PHONE),
    Mutation("by phone: whose number was taken over stays signed in by it", "records/accounts/phones.py", "    devices.end_by_text(account=owner)\n", "", PHONE),
    Mutation("by phone: an earlier number leaves its browsers signed in", "records/accounts/phones.py", "        devices.end_by_text(account=account, but=device.pk)\n    Phone.objects.update_or_create", "        pass\n    Phone.objects.update_or_create", PHONE),
    Mutation("by phone: a removed number leaves its browsers signed in", "records/accounts/phones.py", "        devices.end_by_text(account=account, but=device.pk)\n    return phone", "        pass\n    return phone", PHONE),
    Mutation("by phone: whoever left is let in", "records/accounts/phones.py", "if phone is not None and phone.account.is_active else", "if phone is not None else", PHONE),
    Mutation("by phone: a number lets in for ever", "records/accounts/phones.py", "filter(number=number, used_at__gt=clock.now() - LASTS)", "filter(number=number)", PHONE),
    Mutation("by phone: texts go to numbers nobody has proven", "faces/customer/signin/texts.py", "    if phones.account_of(letter.address) is None:\n        return ()\n", "", PHONE),
    Mutation("by phone: texts without end to one number", "records/accounts/proofs.py", "    limits.spend(\"text.pair\", number, source, most=3, seconds=900)\n", "", PHONE),
    Mutation("by phone: texts without end to one number from many places", "records/accounts/proofs.py", "    limits.spend(\"text.number\", number, most=10, seconds=86_400)\n", "", PHONE),
    Mutation("by phone: texts without end to new numbers", "records/accounts/proofs.py", "    limits.spend(\"new_number.account\", account.pk, most=5, seconds=86_400)\n", "", PHONE),
    Mutation("by phone: texts without end to a new number of many accounts", "records/accounts/proofs.py", "    limits.spend(\"new_number.number\", number, most=10, seconds=86_400)\n", "", PHONE),
    Mutation("by phone: nobody is told of an unknown browser", "faces/customer/signin/views.py", "if not devices.is_known_with(browser.secret_of(request), proof.address):", "if False:", PHONE),
    Mutation("by phone: any browser is a known one", "records/accounts/devices.py", "filter(digest=secrets.digest(secret), account__phone__number=number)", "filter(account__phone__number=number)", PHONE),
    Mutation("by phone: whatever is told of a text is believed", "adapters/sms.py", "return bool(token) and hmac.compare_digest(signature(token, address, fields).encode(), given.encode(\"utf-8\", \"replace\"))", "return True", PHONE),
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
    tests = CHECKS if place.startswith("faces/") else ACTIONS
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "access.require":
            yield Mutation(
                f"{place}:{node.lineno} is not asked", place, ast.get_source_segment(source, node) or "", "pass", tests, node.lineno
            )
        elif isinstance(node, ast.Call) and (right := _right_of(node)) and right != f'"{LESS}"':
            before = ast.get_source_segment(source, node) or ""
            after = before.replace(f"right={right}", f'right="{LESS}"') if "right=" in before else before.replace(right, f'"{LESS}"', 1)
            yield Mutation(f"{place}:{node.lineno} {before.split('(')[0]} asks for less", place, before, after, tests, node.lineno)


def _right_of(call: ast.Call) -> str:
    """The right that a door, an operation of the API or a fetch names, as it is written; the customers' doors name purposes, which have no dot."""
    called = ast.unparse(call.func)
    given = call.args[0] if called in {"door", "right"} and call.args else None
    if called == "access.fetch":
        given = next((each.value for each in call.keywords if each.arg == "right"), None)
    if isinstance(given, ast.Constant):
        return f'"{given.value}"' if isinstance(given.value, str) and "." in given.value else ""
    return ast.unparse(given) if given else ""


Outcomes = dict[str, str]  # by key: how it was seen, or ""
HAPPENED: Final = "by what happens"
AGREED: Final = "by the table of agreed checks"


def try_all(chosen: list[Mutation], place: Path) -> Outcomes:
    """What became of each; earlier outcomes in the place are taken over."""
    kept = place / "outcomes.json"
    outcomes: Outcomes = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    left = [each for each in chosen if not outcomes.get(each.key)]
    copy = _copied(place)
    missed = _missed(copy) if any(each.tests == ACTIONS for each in left) else {}
    for tests in sorted({CHECKS, *(each.tests for each in left)} - {ACTIONS}, key=len):
        if outcomes.keys() >= {tests} or ("-k" not in tests and outcomes.keys() >= set(tests.split())):
            continue
        if _run(copy, tests) != 0:
            raise SystemExit(f"The tests are red before anything is taken out: {tests}")
        outcomes[tests] = "green"
        kept.write_text(json.dumps(outcomes, indent=0), encoding="utf-8")
    for number, each in enumerate(left, start=1):
        began = time.monotonic()
        happened = missed[each.name] if each.tests == ACTIONS else each.tests != CHECKS and _is_seen(copy, each)
        outcomes[each.key] = HAPPENED if happened else AGREED if _is_another_row(each) else ""
        kept.write_text(json.dumps(outcomes, indent=0), encoding="utf-8")
        seen = f"red, {outcomes[each.key]}:" if outcomes[each.key] else "GREEN"
        print(f"{number}/{len(left)} {seen} {each.name} ({time.monotonic() - began:.0f} s)", flush=True)
    return outcomes


def _copied(place: Path) -> Path:
    copy = place / "checkout"
    shutil.rmtree(copy, ignore_errors=True)
    left_out = shutil.ignore_patterns(".git", ".venv", "node_modules", ".data*", "__pycache__", ".*_cache")
    shutil.copytree(CHECKOUT, copy, symlinks=True, ignore=left_out)
    place.chmod(0o755)  # PostgreSQL runs as another user when we are root
    return copy


def _missed(copy: Path) -> dict[str, bool]:
    """What the actions' own test found out: it takes each of their checks out of the running function, so one run tries them all."""
    found = copy.parent / "missed.json"
    _run(copy, ACTIONS, **{OUTCOMES: str(found)})
    if not found.exists():
        raise SystemExit(f"The tests are red before anything is taken out: {ACTIONS}")
    missed: dict[str, bool] = json.loads(found.read_text(encoding="utf-8"))
    found.unlink()
    return missed


def _is_another_row(mutation: Mutation) -> bool:
    """Whether the table of agreed checks, which reads nothing but the sources, has other rows for the file."""
    from tests.architecture.test_checks import checks

    source = (SOURCES / mutation.file).read_text(encoding="utf-8")
    return list(checks(source, "")) != list(checks(mutated(source, mutation), ""))


def _is_seen(copy: Path, mutation: Mutation) -> bool:
    file = copy / "src" / "forecourt" / mutation.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutated(whole, mutation), encoding="utf-8")
    try:
        return _run(copy, mutation.tests) != 0
    finally:
        file.write_text(whole, encoding="utf-8")


def mutated(whole: str, mutation: Mutation) -> str:
    """The file with its mutation."""
    start = sum(len(line) for line in whole.splitlines(keepends=True)[: max(mutation.line - 1, 0)])
    place = whole.find(mutation.before, start)
    if place < 0:
        raise SystemExit(f"{mutation.name}: {mutation.before!r} is not in {mutation.file}; bring tools/mutation.py up to date.")
    return whole[:place] + mutation.after + whole[place + len(mutation.before) :]


def _run(copy: Path, tests: str, **variables: str) -> int:
    """pytest's exit status: 0 when all is green."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FORECOURT_", "DATABASE_"))}
    environment |= {
        "PYTHONPATH": f"{copy / 'src'}:{copy}",
        "FORECOURT_DATA": str(copy.parent / "data"),
        "PYTHONDONTWRITEBYTECODE": "1",
    } | variables
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests.split()]
    return subprocess.run(command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them, spread evenly")
    parser.add_argument("--only", metavar="WORDS", default="", help="those whose name holds this")
    parser.add_argument("--part", metavar="I/N", default="1/1", help="the I-th of N parts")
    parser.add_argument("--place", metavar="FOLDER", type=Path, help="where copy, database and outcomes stay for the next part")
    given = parser.parse_args()
    every = [each for each in mutations() if given.only in each.name]
    chosen = every[:: max(1, len(every) // given.sample)][: given.sample] if given.sample else every
    part, parts = (int(each) for each in given.part.split("/"))
    with tempfile.TemporaryDirectory(prefix="forecourt-mutation-") as folder:
        place = given.place or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        outcomes = try_all(chosen[part - 1 :: parts], place)
    return _tell([each for each in chosen if each.key in outcomes], outcomes)


def _tell(tried: list[Mutation], outcomes: Outcomes) -> int:
    """The exit status: 1 when too many survived."""
    survived = [each for each in tried if not outcomes[each.key]]
    happened = sum(outcomes[each.key] == HAPPENED for each in tried)
    share = 1 - len(survived) / len(tried)
    print(f"\n{len(tried)} walls taken out one at a time, {len(tried) - len(survived)} seen: {share:.1%} (promise {LEAST_SHARE:.0%})")
    print(f"  {happened} by what happens, {len(tried) - len(survived) - happened} by the table of agreed checks alone")
    for each in survived:
        print(f"  unseen: {each.name}")
    return int(share < LEAST_SHARE)


if __name__ == "__main__":
    sys.exit(main())
