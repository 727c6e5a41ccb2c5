"""Who is in a segment now, and why: asked of PostgreSQL each time, in one statement however many cars there are.

A member is a car with its keeper; the dealer's own cars are left out. Staff of some sites see the cars whose last visit was there, and those
never seen anywhere. Every reader goes through `_Question`, so that a count, a page and a run of a flow speak of the same cars.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from forecourt.engines.audience import register
from forecourt.engines.audience.models import Segment, VehicleFacts
from forecourt.engines.audience.register import CARS
from forecourt.engines.audience.segments import spellings
from forecourt.kernel import conditions
from forecourt.kernel.conditions import Column, Condition, Elsewhere, Expression, Reason
from forecourt.kernel.conditions.tree import RELATIVE
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.records.dealership.models import Site
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor

# ruff: noqa: S608 - put together from our own texts; values go in as parameters

_JOINS: Final = {
    "vehicle": f" JOIN vehicles_vehicle ON vehicles_vehicle.id = {CARS}.vehicle_id",
    "customer": f" JOIN people_customer ON people_customer.id = {CARS}.customer_id",
}
_KEPT: Final = f"{CARS}.customer_kind NOT IN ('internal', 'none', '')"  # empty: of a car that is not worked out yet
_ORDERS: Final[dict[str, tuple[str, str]]] = {
    "plate": ("vehicles_vehicle.plate_key", "vehicle"),
    "car": ("vehicles_vehicle.make", "vehicle"),
    "customer": ("people_customer.sort_key", "customer"),
    "last_visit": (f"{CARS}.last_visit_on", ""),
}
ORDERS: Final = tuple(f"{sign}{name}" for name in _ORDERS for sign in ("", "-"))


@dataclass(frozen=True)
class Member:
    """One car of a segment with its keeper, and the comparisons that put it there."""

    facts: VehicleFacts
    customer: Customer | None
    reasons: list[Reason]


def cars(*, actor: Actor, of: Segment | Condition, at: date | None = None) -> QuerySet[VehicleFacts]:
    """The members as rows that can be narrowed further, one a car, with `vehicle_id`, `customer_id` and `site_id`. `at` is the day (today)."""
    sql, params = _question(actor, of, at).ids()
    return VehicleFacts.objects.filter(vehicle_id__in=RawSQL(sql, params))  # noqa: S611 - as above


def count(*, actor: Actor, of: Segment | Condition, at: date | None = None, text: str = "") -> int:
    """How many members there are; one query."""
    sql, params = _question(actor, of, at, text).counted()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])


def page(
    *, actor: Actor, of: Segment | Condition, at: date | None = None, text: str = "", order: str = "plate", offset: int = 0, size: int = 50
) -> list[Member]:  # fmt: skip
    """A page of members with their reasons; `text` is the beginning of a plate, VIN or name. Four queries."""
    question = _question(actor, of, at, text)
    with connection.cursor() as cursor:
        cursor.execute(*question.paged(order, offset, size))
        ids = [row[0] for row in cursor.fetchall()]
    rows = {row.vehicle_id: row for row in VehicleFacts.objects.filter(vehicle_id__in=ids).select_related("vehicle")}
    known = question.facts(ids)
    return with_keepers(
        [rows[each] for each in ids if each in rows and each in known],
        lambda row: conditions.because(question.rule, known[row.vehicle_id], question.today),
    )


def with_keepers(rows: Sequence[VehicleFacts], because: Callable[[VehicleFacts], list[Reason]]) -> list[Member]:
    """The rows as members, with their keepers and why they are there; one query."""
    customers = Customer.objects.in_bulk([row.customer_id for row in rows if row.customer_id])
    return [Member(row, customers.get(row.customer_id) if row.customer_id else None, because(row)) for row in rows]


def facts_of(*, rule: Condition, vehicle_ids: Sequence[UUID], at: date | None = None) -> dict[UUID, dict[str, object]]:
    """What a rule asks of these cars, by field, as its evaluators in Python want it; one query."""
    return _Question(None, rule, at).facts(vehicle_ids)


def ids(*, of: Segment, at: date) -> tuple[str, list[Any]]:
    """The ids of all members at all sites, as a statement with its values: for noting them, never for showing."""
    return _Question(None, of, at).ids()


def let_see(actor: Actor, of: Segment) -> None:
    """NotPermitted for who may not see segments, NotFound for what is somebody else's own."""
    access.require(actor, "audience.see_segments")
    if not of.may_be_seen_by(actor.kind, actor.id):
        raise NotFound


def _question(actor: Actor, of: Segment | Condition, at: date | None, text: str = "") -> "_Question":
    """What a member of staff asks, if they may."""
    access.require(actor, "audience.see_segments")
    if isinstance(of, Segment):
        let_see(actor, of)
    return _Question(actor, of, at, text)


class _Question:
    """A rule as the parts of a statement."""

    def __init__(self, actor: Actor | None, of: Segment | Condition, at: date | None, text: str = "") -> None:
        self.actor, self.text = actor, text.strip()
        self.rule = spellings.resolved(conditions.parse(of.rule) if isinstance(of, Segment) else of)
        self.today = at or _today(self.rule)
        asked = {field: _asked(field) for field in sorted(conditions.fields_of(self.rule))}
        self.columns: dict[str, Column] = {field: each.criterion.column(each.parameter) for field, each in asked.items()}
        self.kinds = {field: each.criterion.kind for field, each in asked.items()}
        self.join = ""

    def counted(self) -> tuple[str, list[Any]]:
        where, params = self._where()
        return f"SELECT count(*) FROM {self._tables()} WHERE {where}", params

    def ids(self) -> tuple[str, list[Any]]:
        where, params = self._where()
        return f"SELECT {CARS}.vehicle_id FROM {self._tables()} WHERE {where}", params

    def paged(self, order: str, offset: int, size: int) -> tuple[str, list[Any]]:
        column, join = _ORDERS.get(order.lstrip("-"), _ORDERS["plate"])
        self.join = _JOINS.get(join, "")
        sql, params = self.ids()
        way = "DESC NULLS LAST" if order.startswith("-") else "ASC"
        return f"{sql} ORDER BY {column} {way}, {CARS}.vehicle_id LIMIT %s OFFSET %s", [*params, size, offset]

    def facts(self, ids: Sequence[UUID]) -> dict[UUID, dict[str, object]]:
        """The fields of these cars."""
        told = {field: _value(column) for field, column in self.columns.items()}
        columns = "".join(f", {each.sql}" for each in told.values())
        params: list[Any] = [value for each in told.values() for value in each.params]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {CARS}.vehicle_id{columns} FROM {self._tables()} WHERE {CARS}.organisation_id = %s AND {CARS}.vehicle_id = ANY(%s)",
                [*params, scope.organisation_id(), list(ids)],
            )
            return {row[0]: dict(zip(told, row[1:], strict=True)) for row in cursor.fetchall()}

    def _tables(self) -> str:
        return CARS + self.join

    def _where(self) -> tuple[str, list[Any]]:
        told = [f"{CARS}.organisation_id = %s", _KEPT]
        params: list[Any] = [scope.organisation_id()]
        if self.actor is not None and self.actor.sites is not None:
            told.append(f"({CARS}.site_id IS NULL OR {CARS}.site_id = ANY(%s))")
            params.append(list(self.actor.sites))
        if self.text:
            found, of_text = Vehicle.objects.filter(vehicles.matching(self.text)).values("pk").query.sql_with_params()
            told.append(f"{CARS}.vehicle_id IN ({found})")
            params.extend(of_text)
        rule, of_rule = conditions.to_sql(self.rule, self.columns, self.today, self.kinds)
        return " AND ".join([*told, rule]), [*params, *of_rule]


def _today(rule: Condition) -> date:
    """The day on the dealer's calendar, at its first site, if the rule asks for it: a month there begins before or after that of UTC."""
    is_asked = any(leaf.op in RELATIVE or leaf.op == "in_period" for leaf in conditions.comparisons(rule))
    zone = Site.objects.order_by("pk").values_list("zone", flat=True).first() if is_asked else None
    return clock.today(zone) if zone else clock.now().date()


def _asked(field: str) -> register.Asked:
    found = register.asked(field)
    if found is None:
        raise Refusal("criterion_gone", _("This segment asks for something that is no longer known: %(what)s") % {"what": field})
    return found


def _value(column: Column) -> Expression:
    match column:
        case Elsewhere():
            return column.value()
        case Expression():
            return column
        case str():
            return Expression(column)
