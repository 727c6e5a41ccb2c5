# ruff: noqa: S608 - SQL is put together from names of our own tables; values are always parameters
"""What a dry run would do, by examples: what would be new, what would change from what to what, and what looks doubtful.

A few rows are looked at inside the import's transaction, while all that it would write is there; what stood there before is read once it
is rolled back. The cost is a few looks into the import's temporary tables, whatever the length of the file.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from forecourt.engines.intake import departures
from forecourt.engines.intake.models import Import, PreviewExample
from forecourt.engines.intake.trying import Trial
from forecourt.records.history.imports import Outcomes
from forecourt.records.history.line_imports import GATHERED, VISITS_BY_KEY
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.history.odd_mileages import OddMileages
from forecourt.records.people.imports import CUSTOMERS_BY_KEY, Outcome
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vin_facts
from forecourt.records.vehicles.imports import VEHICLES_BY_KEY
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import scope
from forecourt.runtime.departures import Departures

EXAMPLES: Final = 4
# Keys of one thing stand beside each other; so many are taken to have enough things.
_LOOKED_AT: Final = 40
_MOST_COUNTED: Final = 1000
_BY_KEY: Final = {"customer": CUSTOMERS_BY_KEY, "vehicle": VEHICLES_BY_KEY, "order": VISITS_BY_KEY}
# Field as in `fields` → attribute of the record, in the order in which people read them.
_SHOWN: Final[dict[str, dict[str, str]]] = {
    "customer": {
        "customer.name": "name", "customer.kind": "kind", "customer.salutation": "salutation", "customer.email": "email",
        "customer.phone": "phone", "customer.mobile": "mobile", "customer.street": "street", "customer.postcode": "postcode",
        "customer.city": "city", "customer.country": "country", "customer.language": "language",
        "customer.tier": "tier", "customer.looks_for": "looks_for",
    },
    "vehicle": {
        "vehicle.plate": "plate", "vehicle.vin": "vin", "vehicle.make": "make", "vehicle.model": "model", "vehicle.fuel": "fuel",
        "vehicle.model_year": "model_year", "vehicle.first_registration": "first_registered_on",
        "vehicle.next_statutory_test_on": "statutory_test_due_on", "vehicle.kind": "kind",
        "vehicle.warranty_until": "warranty_until", "vehicle.contract_until": "contract_until",
        "vehicle.next_service_on": "service_due_on", "vehicle.next_service_km": "service_due_km", "vehicle.mileage": "mileage",
    },
    "order": {"order.opened_on": "opened_on", "order.closed_on": "closed_on", "order.mileage": "mileage"},
    "line": {
        "line.kind": "kind", "line.code": "code", "line.text": "text", "line.hours": "hours", "line.quantity": "quantity",
        "line.amount": "net_amount",
    },
}  # fmt: skip
#: What is made of a cell is another field than it tells.
_STORED_AS: Final = {"line.gross": "line.amount"}
_LINE_VALUES: Final = tuple(_SHOWN["line"].values())


@dataclass
class Seen:
    """What was seen inside the import's transaction; `told` after it was rolled back."""

    counts: dict[str, Any]
    examples: list[PreviewExample] = field(default_factory=list)
    # (subject, line, id) and what the file would make of it
    changed: list[tuple[str, int | None, Any, str, dict[str, Any]]] = field(default_factory=list)


def see(
    cursor: Any, *, customers: Outcome, cars: Outcome, history: Outcomes, trials: Dictionary[str, Trial], told_by_vin: list[vin_facts.Example]
) -> Seen:  # fmt: skip
    """Look at what the import would leave, in its own transaction."""
    outcomes = {"customer": customers, "vehicle": cars, "order": history.visits, "line": history.lines}
    seen = Seen({subject: {"created": each.created, "updated": each.updated} for subject, each in outcomes.items()})
    for subject, outcome in outcomes.items():
        if outcome.created:
            seen.examples += [_created(subject, *found) for found in _some(cursor, subject, "c")]
        if outcome.updated:
            seen.changed += [(subject, *found) for found in _some(cursor, subject, "u")]
    if customers.created:
        _see_likely_duplicates(cursor, seen)
    if history.odd.count:
        _see_odd_mileages(history.odd, seen)
    seen.examples += _cleaned(trials.values())
    seen.examples += [_by_vin(each) for each in told_by_vin]
    return seen


def with_departures(seen: Seen, found: Import, told: Dictionary[str, Departures]) -> Seen:
    """With a few of those that would be marked as gone from the source."""
    seen.examples += departures.examples(found, _read, told, at_most=EXAMPLES)
    return seen


def keep(found: Import, seen: Seen) -> None:
    """Keep with the import what was seen; called after the rollback, when what stands there is as it was before."""
    for subject, line, thing, title, now in seen.changed:
        before = _before(subject, thing)
        values = [[name, before.get(name), value] for name, value in now.items() if value != before.get(name)]
        if values:
            thing_id = thing if isinstance(thing, UUID) else None
            seen.examples.append(
                PreviewExample(outcome="updated", subject=subject, line=line, thing_id=thing_id, title=title, values=values)
            )
    PreviewExample.objects.filter(of_import=found).delete()
    for place, example in enumerate(seen.examples):
        example.of_import, example.place = found, place
    PreviewExample.objects.bulk_create(seen.examples)
    found.preview = seen.counts
    found.save(update_fields=["preview"])


def forget(found: Import) -> None:
    """What was to come has come."""
    PreviewExample.objects.filter(of_import=found).delete()


def _some(cursor: Any, subject: str, change: str) -> list[tuple[int | None, Any, str, dict[str, Any]]]:
    """(line, id, title, values) of a few things that are new or changed, as the import would leave them."""
    if subject == "line":
        return _some_lines(cursor, change)
    # A keeper may have changed what no row of the file is about; those have no line.
    cursor.execute(f"SELECT id, line FROM {_BY_KEY[subject]} WHERE change = %s LIMIT {_LOOKED_AT}", [change])
    lines: dict[Any, int | None] = {}
    for key, line in sorted(cursor.fetchall(), key=lambda row: row[1] or 0):
        lines.setdefault(key, line)
    found = {thing.pk: (title, values) for thing, title, values in _read(subject, list(lines)[:EXAMPLES])}
    return [(line, key, *found[key]) for key, line in lines.items() if key in found]


def _some_lines(cursor: Any, change: str) -> list[tuple[int | None, Any, str, dict[str, Any]]]:
    cursor.execute(
        f"SELECT line, visit_id, position, {', '.join(_LINE_VALUES)} FROM {GATHERED} WHERE change = %s LIMIT {_LOOKED_AT}", [change]
    )
    rows = sorted(cursor.fetchall())[:EXAMPLES]
    numbers = dict(Visit.objects.filter(pk__in=[row[1] for row in rows]).values_list("pk", "number"))
    return [
        (line, (visit, position), numbers.get(visit, ""), dict(zip(_SHOWN["line"], map(_kept, values), strict=True)))
        for line, visit, position, *values in rows
    ]


def _read(subject: str, ids: list[Any]) -> Iterable[tuple[Any, str, dict[str, Any]]]:
    names = _SHOWN[subject]
    if subject == "customer":
        for person in Customer.objects.filter(pk__in=ids):
            yield person, person.name, _values(person, names)
    elif subject == "vehicle":
        keepers = {
            each.vehicle_id: each.customer.name
            for each in Holding.objects.filter(vehicle_id__in=ids, role="keeper", until_on=None).select_related("customer")
        }
        for car in Vehicle.objects.filter(pk__in=ids):
            yield car, car.plate or car.vin, _values(car, names) | ({"keeper": keepers[car.pk]} if car.pk in keepers else {})
    else:
        for visit in Visit.objects.filter(pk__in=ids).select_related("customer", "vehicle"):
            who = {
                "vehicle.plate": visit.vehicle.plate or visit.vehicle.vin,
                "customer.name": visit.customer.name if visit.customer else "",
            }
            yield visit, visit.number, {name: text for name, text in who.items() if text} | _values(visit, names)


def _before(subject: str, thing: Any) -> dict[str, Any]:
    if subject == "line":
        line = JobLine.objects.filter(visit_id=thing[0], position=thing[1]).first()
        return _values(line, _SHOWN["line"]) if line else {}
    return next((values for _thing, _title, values in _read(subject, [thing])), {})


def _created(subject: str, line: int | None, _thing: Any, title: str, values: dict[str, Any]) -> PreviewExample:
    told = [[name, None, value] for name, value in values.items() if value not in (None, "", title)]
    return PreviewExample(outcome="created", subject=subject, line=line, title=title, values=told)


def _values(thing: Any, names: Dictionary[str, str]) -> dict[str, Any]:
    return {name: _kept(getattr(thing, attribute)) for name, attribute in names.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value.normalize() + 0) if isinstance(value, Decimal) else value


def _see_likely_duplicates(cursor: Any, seen: Seen) -> None:
    """New customers who share an e-mail address, a telephone number, or name and postcode with one who was known before."""
    known = "known.organisation_id = %(organisation)s AND known.merged_into_id IS NULL AND known.kind <> 'internal'"
    ways = {
        "customer.email": "known.email = given.email AND given.email <> ''",
        "customer.mobile": "known.mobile = given.mobile AND given.mobile <> ''",
        "customer.postcode": "known.match_name = given.match_name AND known.postcode = given.postcode AND given.postcode <> ''",
    }
    same = " UNION ALL ".join(
        f"""SELECT given.id, given.line, known.id AS known_id, '{name}' AS way, {number} AS rank
            FROM {CUSTOMERS_BY_KEY} AS given JOIN people_customer AS known ON {known} AND {how}
            WHERE given.change = 'c' AND NOT EXISTS (
                SELECT FROM {CUSTOMERS_BY_KEY} AS made WHERE made.id = known.id AND made.change = 'c')"""
        for number, (name, how) in enumerate(ways.items())
    )
    cursor.execute(
        f"""SELECT * FROM (SELECT DISTINCT ON (id) id, line, known_id, way FROM ({same}) AS every ORDER BY id, rank) AS one
            ORDER BY line LIMIT {_MOST_COUNTED}""",
        {"organisation": scope.organisation_id()},
    )
    pairs = cursor.fetchall()
    seen.counts["duplicates"] = len(pairs)
    first = pairs[:EXAMPLES]
    people = {each.pk: each for each in Customer.objects.filter(pk__in=[key for pair in first for key in (pair[0], pair[2])])}
    for new_id, line, known_id, way in first:
        new, there = people[new_id], people[known_id]
        values = [["customer.name", there.name, new.name], [way, *(_kept(getattr(each, way.split(".")[1])) for each in (there, new))]]
        seen.examples.append(
            PreviewExample(outcome="doubtful", subject="customer", line=line, thing_id=known_id, title=there.name, values=values)
        )


def _by_vin(car: vin_facts.Example) -> PreviewExample:
    """Make, model and year of a car for which the file has none."""
    values = [[f"vehicle.{name}", car.vin, value] for name, value in car.values.items()]
    return PreviewExample(outcome="cleaned", subject="vehicle", line=car.line, title=car.vin, values=values)


def _see_odd_mileages(odd: OddMileages, seen: Seen) -> None:
    """From the reading beside it to that which does not go with it."""
    seen.counts["odd_mileages"] = odd.count
    seen.examples += [
        PreviewExample(
            outcome="doubtful", subject="order", line=each.line, title=each.order,
            values=[["order.mileage", each.beside, each.mileage], ["order.opened_on", _kept(each.beside_on), _kept(each.on)]],
        )
        for each in odd.examples
    ]  # fmt: skip


def _cleaned(trials: Iterable[Trial]) -> list[PreviewExample]:
    """One row per kind of cell that was tidied."""
    return [
        PreviewExample(
            outcome="cleaned", subject=trial.field.split(".")[0], title=trial.column,
            values=[[_STORED_AS.get(trial.field, trial.field), each.before, _kept(each.after)] for each in trial.cleaned],
        )
        for trial in trials
        if trial.cleaned
    ]  # fmt: skip
