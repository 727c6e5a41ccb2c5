"""What is known of a person, table by table and place by place: how it is found, handed out, erased, and how long it is kept.

Each context declares its tables in its `personal.py`: `declare` for what hangs on a person, `impersonal` for what does not, with the reason.
A table that could hold something of a person and is in neither list fails a test. `place` is for what lies outside tables (logs, mails),
`hold` for what an erasure must wait for, `cars` and `words` for what else points to a person. Nothing here knows what a customer is:
`records.people.erasures` and `records.people.takeout` walk these lists.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_noop

RELATION: Final = gettext_noop("while the person is a customer")
DERIVED: Final = gettext_noop("worked out anew whenever its basis changes")
YEAR: Final = 365
"""Days; a term in years does not count leap days."""
LAW: Final = gettext_noop("as long as commercial and tax law of the country ask")


@dataclass(frozen=True)
class Subject:
    """A person: every id they are known by, the cars that were nobody else's, and the words that would give them away."""

    organisation_id: UUID
    customer_ids: tuple[UUID, ...]
    vehicle_ids: tuple[UUID, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset, repr=False)


Find = Callable[[Subject], Q]
Erase = Callable[[Subject, QuerySet[Any]], int]
Kept = Callable[[QuerySet[Any]], list[dict[str, str]]]


@dataclass(frozen=True)
class Term:
    """Rows are past their time so many days after what a column says. `only` are those that still hold something.

    `end` is the owning context's own way to empty or delete them; without it they go as they do when a person is erased.
    """

    days: int
    since: str
    only: Q = field(default_factory=Q)
    end: Erase | None = None


@dataclass(frozen=True)
class Rule:
    """One table. `kept` lists rows that law keeps; those are in no way changed beyond what `erase` does to them."""

    model: type[Model]
    title: str
    find: Find
    erase: Erase
    keep: str
    is_exported: bool
    files: tuple[str, ...]
    kept: Kept | None
    term: Term | None = None

    def rows(self, subject: Subject) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.find(subject)).distinct()  # noqa: SLF001 - Django's own name for what is public


_rules: dict[str, Rule] = {}
_impersonal: dict[str, str] = {}
_places: dict[str, Callable[[Subject], int]] = {}
_holds: list[Callable[[Subject], str]] = []
_cars: list[Callable[[Subject, bool], list[UUID]]] = []
_words: list[Callable[[Subject], set[str]]] = []


def declare(
    model: type[Model],
    title: str,
    *,
    erase: Erase,
    person: str | tuple[str, ...] | Find = (),
    car: str | tuple[str, ...] = (),
    keep: str = RELATION,
    export: bool = True,
    files: tuple[str, ...] = (),
    kept: Kept | None = None,
    term: Term | None = None,
) -> None:
    """A table with a person in it. `person` and `car` are paths to their ids; parents are declared before what hangs on them.

    `files` are columns with ids of stored files, which go with the rows. What has a `term` goes by itself when that is over.
    """
    label = label_of(model)
    if label in _rules or label in _impersonal:
        raise ValueError(f"{label} is declared twice")
    find = person if callable(person) else _by_paths(_paths(person), _paths(car))
    _rules[label] = Rule(model, title, find, erase, keep, export, files, kept, term)


def impersonal(*models: type[Model], because: str) -> None:
    """Tables without anything of a customer, and why one can be sure."""
    for model in models:
        if label_of(model) in _rules:
            raise ValueError(f"{label_of(model)} is declared twice")
        _impersonal[label_of(model)] = because


def place(name: str, forget: Callable[[Subject], int]) -> None:
    """Somewhere outside the tables; `forget` takes out what is there of a person and says how many things."""
    _places[name] = forget


def hold(reason: Callable[[Subject], str]) -> None:
    """Why a person cannot be erased yet, in a sentence; empty if nothing stands in the way."""
    _holds.append(reason)


def cars(of: Callable[[Subject, bool], list[UUID]]) -> None:
    """Which cars are a person's; the flag asks for those alone that were never anybody else's."""
    _cars.append(of)


def words(of: Callable[[Subject], set[str]]) -> None:
    """Words that would give a person away wherever they stand."""
    _words.append(of)


def describe(subject: Subject, *, only_theirs: bool) -> Subject:
    """The subject with its cars and words."""
    with_cars = replace(subject, vehicle_ids=tuple(car for of in _cars for car in of(subject, only_theirs)))
    told = {word.strip() for of in _words for word in of(with_cars)}
    return replace(with_cars, words=frozenset(word for word in told if len(word) >= _SHORTEST_WORD))


def rules() -> list[Rule]:
    """Parents before what hangs on them, lower floors before upper ones."""
    return list(_rules.values())


def known() -> set[str]:
    return _rules.keys() | _impersonal.keys()


def reasons() -> dict[str, str]:
    return dict(_impersonal)


def places() -> dict[str, Callable[[Subject], int]]:
    return dict(_places)


def holds(subject: Subject) -> Iterator[str]:
    return (reason for of in _holds if (reason := of(subject)))


def label_of(model: type[Model]) -> str:
    return model._meta.label_lower  # noqa: SLF001 - Django's own name for what is public


def delete(subject: Subject, rows: QuerySet[Any]) -> int:
    """The rows go."""
    ids = list(rows.values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=ids).delete()  # noqa: SLF001 - Django's own name for what is public
    return len(ids)


def clear(**values: Any) -> Erase:
    """The rows stay as figures; these columns lose what they said."""

    def erase(subject: Subject, rows: QuerySet[Any]) -> int:
        ids = list(rows.values_list("pk", flat=True))
        return rows.model._default_manager.filter(pk__in=ids).update(**values)  # type: ignore[no-any-return]  # noqa: SLF001

    return erase


def leave(subject: Subject, rows: QuerySet[Any]) -> int:
    """The rows hold nothing that says who it was; they follow to nobody's record."""
    return 0


_SHORTEST_WORD: Final = 5


def _paths(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _by_paths(person: tuple[str, ...], car: tuple[str, ...]) -> Find:
    def find(subject: Subject) -> Q:
        found = Q(pk__in=())
        for path in person:
            found |= Q(**{f"{path}__in": subject.customer_ids})
        for path in car:
            found |= Q(**{f"{path}__in": subject.vehicle_ids})
        return found

    return find
