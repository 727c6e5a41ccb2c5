"""Whether something may be sent is answered in one place, `records.people.consent`, and asked by whatever sends."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import forecourt
from forecourt.config import wiring
from forecourt.engines.messaging import claim, registry
from forecourt.records.people import consent

ROOT = Path(forecourt.__file__).parent
LEDGER = "records/people/"
#: Who asks before something leaves: the claim for every message, the sets that a message is planned for, and pages that show the answer.
ASKING = {
    "demo/load.py",
    "engines/audience/due.py",
    "engines/messaging/claim.py",
    "faces/customer/booking/views.py",
    "faces/hooks/unsubscribe/views.py",
    "journeys/marketing/selection.py",
}
#: Who may hand something to the outside world: what a claim let pass; letters that an account asks for itself, such as a code to sign in.
CARRYING = {
    "engines/messaging/account_letters.py",
    "engines/messaging/account_texts.py",
    "engines/messaging/sending.py",
    "engines/messaging/unanswered.py",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        if "migrations" not in file.parts:
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def reads_the_ledger(tree: ast.AST) -> bool:
    """Whether the module takes the ledger's table, or the pure rules, into its own hands."""
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("forecourt.records.people")
        and {"ConsentEntry", "ConsentRule", "verdict", "rules", "gate"} & {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )


def asks(tree: ast.AST) -> bool:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    by_name = {
        func.attr for func in calls if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "consent"
    }
    by_port = any(isinstance(func, ast.Call) and ast.unparse(func) == "registry.consent()" for func in calls)
    return by_port or bool(by_name & {"may_send", "permitted"})


def carries(tree: ast.AST) -> bool:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(ast.unparse(func) in {"registry.relay", "registry.relay()", "registry.texts"} for func in calls)


def test_only_the_ledger_itself_reads_its_lines_and_decides() -> None:
    assert [name for name, tree in sources() if not name.startswith(LEDGER) and reads_the_ledger(tree)] == []


def test_whoever_sends_or_plans_to_send_asks_the_one_gate() -> None:
    assert {name for name, tree in sources() if asks(tree)} == ASKING


def test_only_what_the_claim_let_pass_is_handed_to_a_relay() -> None:
    assert {name for name, tree in sources() if carries(tree)} <= CARRYING


def test_the_gate_that_the_claim_asks_is_the_ledgers_own() -> None:
    wiring.tie()
    assert registry.consent() is consent.may_send
    decides = inspect.getsource(claim)
    assert decides.index("_no(message, batch, zone) or _composed(message)") < decides.index("def _no(")


def test_the_search_finds_a_second_judge() -> None:
    assert reads_the_ledger(ast.parse("from forecourt.records.people.models import ConsentEntry"))
    assert asks(ast.parse("registry.consent()(customer_id=None)"))
    assert asks(ast.parse("consent.may_send(customer_id=None)"))
    assert carries(ast.parse("with registry.relay()() as relay: pass"))
    assert carries(ast.parse("registry.texts().submit(text)"))
