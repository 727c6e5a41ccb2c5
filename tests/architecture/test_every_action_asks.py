"""Every function below the faces that asks for a right, called by somebody who has every right but that one: refused, and nothing written.

The table tests of routes end at the door, which asks first; here the action itself is called, as a job, a command or the next face would. What is to
be called is read from the sources, so a new action is here by itself; an argument that is no id of `world` and no plain type is named in `GIVEN`.
"""

import ast
import importlib
import inspect
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from tools import mutation

from forecourt.journeys.workshop.models import JobCard
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.accounts.models import ApiToken
from forecourt.records.dealership.models import LegalEntity
from forecourt.records.people import controllers, shares
from forecourt.runtime import access
from forecourt.runtime.actors import Actor
from tests.architecture import witness, world
from tests.architecture.test_checks import ROOT
from tests.cast import Alpen

# Where the right comes as an argument or from who asks.
WORKED_OUT = {
    "engines.audience.segments.keeping._fetched": "audience.edit_segments",
    "journeys.workshop.billing.paper": "workshop.see_job_card",
    "journeys.workshop.locks.appointment": "workshop.move_appointment",
    "journeys.workshop.locks.job_card": "workshop.invoice",
    "records.people.consent.ledger._customer": "people.see_consent",
}
# Two things are fetched with one right, so that one check stays when the other is gone; which dealer's the second is, is asked all the same.
ASKED_TWICE = {
    "engines.audience.rules.change", "engines.intake.rejections.welcome_back", "engines.intake.sources.go_back",
    "journeys.workshop.job_cards._line",
    "records.dealership.bays.add", "records.dealership.bays.change",
    "records.dealership.deputies.name", "records.dealership.staff.take_on", "records.people.merges.undo", "records.vehicles.merges.undo",
    "records.history.putting_right.release", "records.people.customers.release", "records.vehicles.vehicles.release",
}  # fmt: skip
POWERFUL = "accounts.manage_tokens"  # can be granted
PLAIN: dict[str, Any] = {"str": "x", "int": 1, "bool": False, "float": 1.0, "UUID": world.NOBODY, "date": date(2026, 3, 2)}


@dataclass(frozen=True)
class Asking:
    """A function that asks for a right."""

    function: str
    right: str

    @property
    def name(self) -> str:
        return f"{self.function}-{self.right}"

    def find(self) -> Callable[..., Any]:
        module, _, name = self.function.rpartition(".")
        found: Callable[..., Any] = getattr(importlib.import_module(f"forecourt.{module}"), name)
        return found


@cache
def asking() -> tuple[Asking, ...]:
    return tuple(_asking())


def _asking() -> Iterator[Asking]:
    for file in sorted(ROOT.rglob("*.py")):
        place = file.relative_to(ROOT).with_suffix("").parts
        if place[0] == "faces" or "migrations" in place or place == ("runtime", "access"):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                name = ".".join((*place, node.name))
                yield from (Asking(name, right) for right in sorted({_right(call, name) for call in _checks(node)}))


def _checks(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"access.require", "access.fetch"}:
            yield node


def _right(call: ast.Call, name: str) -> str:
    given = next((each.value for each in call.keywords if each.arg == "right"), None) or call.args[1]
    return str(given.value) if isinstance(given, ast.Constant) else WORKED_OUT[name]


@pytest.fixture
def known(alpen: Alpen) -> dict[str, Any]:
    """Arguments by name."""
    with alpen.scope():
        ids = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
        importer = controllers.add(actor=alpen.system, key="importer:fiat", kind="importer", name="Importer")
        share = shares.record(
            actor=alpen.system, from_controller="dealer", to_controller=importer.key, purpose="offers", fields=("email",), basis="consent",
            starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1),
        )  # fmt: skip
        return ids | {
            "token": ApiToken.objects.get(pk=ids["token_id"]), "job_card": JobCard.objects.get(pk=ids["job_card_id"]), "share_id": share.pk,
            "bay_id": alpen.bays["Bay 1"].pk, "technician_id": alpen.staff["M. Huber"].pk, "legal_entity_id": LegalEntity.objects.get().pk,
            "survivor_id": ids["customer_id"], "absorbed_id": alpen.customers["dieter"].pk, "stand_in_id": alpen.staff["L. Rossi"].pk,
            "home_site_id": ids["site_id"], "account": alpen.staff["L. Rossi"].account, "stream": BytesIO(b"Order;Plate\n"),
            "visit_id": ids["support_visit_id"], "order_id": ids["visit_id"], "refusal": Refusal("x", "x"), "entries": (), "role": "adviser", "country": "IT",
            "opening_hours": "Mo-Fr 08:00-12:00", "zone": "Europe/Rome", "kind": "private", "language": "de", "email": "new@example.org",
            "starts_at": datetime(2026, 3, 2, 8, tzinfo=UTC), "ends_at": datetime(2026, 3, 3, 8, tzinfo=UTC), "is_dry": True, "told": None,
        }  # fmt: skip


def arguments(each: Asking, known: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """For what has no default, or names a thing."""
    given: dict[str, Any] = {"actor": actor}
    in_dealership = each.function.startswith("records.dealership.invitations.")
    for name, parameter in inspect.signature(each.find()).parameters.items():
        if name == "actor":
            continue
        if name == "right":
            given[name] = WORKED_OUT.get(each.function, POWERFUL)
        elif name == "invitation_id" and in_dealership:
            given[name] = known["staff_invitation_id"]
        elif name == "visit_id" and each.function.startswith("records.history."):
            given[name] = known["order_id"]
        elif name in known:
            given[name] = known[name]
        elif parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            given[name] = PLAIN.get(getattr(parameter.annotation, "__name__", str(parameter.annotation)), ())
    return given


def lacking(dealer: Alpen, right: str) -> Actor:
    """A member of staff with every right but this one."""
    rights = frozenset(access.rights()) - {right}
    return Actor(kind="staff", organisation_id=dealer.id, id=dealer.staff["Bob Brenner"].pk, rights=rights, role="read-only", via="session")


def test_actions_that_ask_are_found() -> None:
    found = asking()
    assert len({each.function for each in found}) >= 85
    assert set(WORKED_OUT) <= {each.function for each in found}
    assert {each.right for each in found} <= set(access.rights())


def test_whoever_lacks_the_right_is_refused_by_the_action_itself(alpen: Alpen, known: dict[str, Any]) -> None:
    with alpen.scope():
        wrong = [(each.name, told) for each in asking() if (told := became_of(each, known, lacking(alpen, each.right))) != "refused"]
    assert not wrong


def became_of(each: Asking, known: dict[str, Any], actor: Actor) -> str:
    """ "refused", or what happened instead, taken back."""
    told = ""

    def ask() -> int:
        nonlocal told
        try:
            answered = each.find()(**arguments(each, known, actor))
            if inspect.isgenerator(answered):
                list(answered)
        except NotPermitted as missing:
            told = "refused" if missing.right == each.right else f"refused for want of {missing.right}"
        except Exception as problem:  # noqa: BLE001 - whatever happened, it was not refused
            told = f"{type(problem).__name__}: {problem}"
        else:
            told = "done"
        return 403 if told == "refused" else 200

    try:
        witness.seen(ask)
    except AssertionError as stayed:
        return str(stayed)
    return told


def test_a_check_that_is_taken_out_of_an_action_is_missed(alpen: Alpen, known: dict[str, Any]) -> None:
    """What `python -m tools.mutation` takes out below the faces, each tried here in the running function."""
    with alpen.scope():
        missed = {each.name: is_missed(each, known, alpen) for each in mutation.mutations() if each.tests == mutation.ACTIONS}
    if mutation.OUTCOMES in os.environ:
        Path(os.environ[mutation.OUTCOMES]).write_text(json.dumps(missed), encoding="utf-8")
    assert {_function_at(name) for name, is_so in missed.items() if not is_so} == ASKED_TWICE


def _function_at(name: str) -> str:
    """`engines.audience.rules.change` of `engines/audience/rules.py:70 access.fetch asks for less`."""
    file, _, line = name.partition(" ")[0].partition(":")
    return ".".join((*Path(file).with_suffix("").parts, around((mutation.SOURCES / file).read_text(encoding="utf-8"), int(line)).name))


def around(source: str, line: int) -> ast.FunctionDef:
    [function] = [
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return function


def is_missed(taken: mutation.Mutation, known: dict[str, Any], dealer: Alpen) -> bool:
    """Whether somebody without the right gets through the function that no longer asks. Only its code is another, so whoever calls it calls this."""
    file = mutation.SOURCES / taken.file
    name, code = without(taken, file.read_text(encoding="utf-8"), str(file))
    function = ".".join((*Path(taken.file).with_suffix("").parts, name))
    with replaced(inspect.unwrap(Asking(function, "").find()), code):
        asked = [each for each in asking() if each.function == function]
        return any(became_of(each, known, lacking(dealer, each.right)) != "refused" for each in asked)


def without(taken: mutation.Mutation, source: str, file: str) -> tuple[str, CodeType]:
    """The function around a check, and its code when the check is taken out."""
    function = around(source, taken.line)
    whole = compile(mutation.mutated(source, taken), file, "exec")
    [code] = [each for each in whole.co_consts if isinstance(each, CodeType) and each.co_name == function.name]
    return function.name, code


@contextmanager
def replaced(function: Any, code: CodeType) -> Iterator[None]:
    before = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = before
