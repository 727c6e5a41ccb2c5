"""One door to every object.

Each context declares its rights in its `access.py` with `declare`. An action calls `require(actor, right, object)`; a view or
the API fetches through `fetch(Model, id, actor=…)`. Absent and foreign answer alike (`NotFound`, 404); own but not allowed is
`NotPermitted` (403).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.runtime.actors import Actor
from forecourt.runtime.scope import ScopedModel

ROLES = (
    "adviser",
    "technician",
    "parts",
    "sales",
    "marketing",
    "care",
    "back-office",
    "manager",
    "administrator",
    "network",
    "read-only",
)


@dataclass(frozen=True)
class Right:
    """Something one may do, and the roles that may by default."""

    name: str
    roles: frozenset[str]
    customer: bool = False  # a customer may, for what is theirs


_rights: dict[str, Right] = {}


def declare(name: str, *, roles: Collection[str], customer: bool = False) -> Right:
    """Declare a right once; raises ValueError on an unknown role or a second declaration."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"{name} names unknown roles {sorted(unknown)}")
    if name in _rights:
        raise ValueError(f"{name} is declared twice")
    _rights[name] = Right(name, frozenset(roles), customer)
    return _rights[name]


def rights() -> dict[str, Right]:
    return dict(_rights)


def rights_of(role: str) -> frozenset[str]:
    """All rights a role has by default; an administrator has every one."""
    return frozenset(name for name, right in _rights.items() if role in right.roles or role == "administrator")


def customer_rights() -> frozenset[str]:
    return frozenset(name for name, right in _rights.items() if right.customer)


def may(actor: Actor, right: str, target: object = None) -> bool:
    """Whether `require` would let this pass, for showing or hiding a control."""
    try:
        require(actor, right, target)
    except (NotPermitted, NotFound):
        return False
    return True


def require(actor: Actor, right: str, target: object = None) -> None:
    """Let pass or raise: `NotFound` for what is foreign to the actor, `NotPermitted` for what the actor may not do."""
    if right not in _rights:
        raise KeyError(f"{right} is not declared")
    if target is not None:
        _own(actor, target)
    if actor.kind != "system" and right not in actor.rights:
        raise NotPermitted(right)


def _own(actor: Actor, target: object) -> None:
    if getattr(target, "organisation_id", actor.organisation_id) != actor.organisation_id:
        raise NotFound
    if actor.kind == "customer" and getattr(target, "customer_id", actor.id) != actor.id:
        raise NotFound
    if not actor.may_act_at(getattr(target, "site_id", None)):
        raise NotFound


M = TypeVar("M", bound=ScopedModel)


def fetch(
    model: type[M],
    id: UUID,  # noqa: A002 - what it is called everywhere else
    *,
    actor: Actor,
    right: str,
    related: Collection[str] = (),
    lock: bool = False,
) -> M:
    """The object by id if the actor may see it with this right, else `NotFound` or `NotPermitted`. `lock` takes the row for update."""
    rows: Any = model.objects.select_related(*related) if related else model.objects
    if lock:
        rows = rows.select_for_update(of=("self",))
    found: M | None = rows.filter(pk=id).first()
    if found is None:
        raise NotFound
    require(actor, right, found)
    return found
