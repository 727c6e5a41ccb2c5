"""One door to every object.

Each context declares its rights in its `access.py` with `declare`. An action calls `require(actor, right, object)`; a view or
the API fetches through `fetch(Model, id, actor=…)`. Absent and foreign answer alike (`NotFound`, 404); own but not allowed is
`NotPermitted` (403).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.runtime import audit
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
    powerful: bool = False  # no role has it: it is granted person by person, and every use is audited


_rights: dict[str, Right] = {}


def declare(name: str, *, roles: Collection[str], customer: bool = False, powerful: bool = False) -> Right:
    """Declare a right once; raises ValueError on an unknown role or a second declaration.

    A powerful right (exports, merges, tokens, the audit trail, identity papers) comes with no role, the administrator's included:
    an administrator grants it to one person at a time, and `require` writes each use into the audit trail.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"{name} names unknown roles {sorted(unknown)}")
    if name in _rights:
        raise ValueError(f"{name} is declared twice")
    if powerful and roles:
        raise ValueError(f"{name} is powerful, so no role has it by itself")
    _rights[name] = Right(name, frozenset(roles), customer, powerful)
    return _rights[name]


def rights() -> dict[str, Right]:
    return dict(_rights)


def rights_of(role: str, adjusted: Mapping[str, bool] | None = None) -> frozenset[str]:
    """The rights of a role: those declared (an administrator has every one that is not powerful), adjusted as the organisation says."""
    declared = {name for name, right in _rights.items() if not right.powerful and (role in right.roles or role == "administrator")}
    for name, allowed in (adjusted or {}).items():
        if name in _rights and not _rights[name].powerful:
            (declared.add if allowed else declared.discard)(name)
    return frozenset(declared)


def customer_rights() -> frozenset[str]:
    return frozenset(name for name, right in _rights.items() if right.customer)


def may(actor: Actor, right: str, target: object = None) -> bool:
    """Whether `require` would let this pass, for showing or hiding a control."""
    try:
        _check(actor, right, target)
    except (NotPermitted, NotFound):
        return False
    return True


def require(actor: Actor, right: str, target: object = None) -> None:
    """Let pass or raise: `NotFound` for what is foreign to the actor, `NotPermitted` for what the actor may not do.

    The use of a powerful right is written into the audit trail, once for each time that somebody comes in: the door asks, and the action
    behind it asks again.
    """
    _check(actor, right, target)
    if _rights[right].powerful and actor.kind != "system" and right not in actor.used:
        actor.used.add(right)
        audit.record(by=actor, act="right_used", object_kind="right", object_id=getattr(target, "pk", None), right=right)


def _check(actor: Actor, right: str, target: object) -> None:
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
