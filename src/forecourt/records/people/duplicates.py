# ruff: noqa: S608 - SQL is put together from statements of our own contexts; values are always parameters
"""Finding records that may be one person: which pairs to look at, what speaks for each, and what people decided.

Pairs are never compared all with all: contexts declare keys (`declare_key`: an e-mail address, a telephone number, a car …) as statements
over their own tables, and only records that share a key are looked at, found by PostgreSQL in one go. A key that many share (a switchboard,
a company car pool) tells nothing and is passed over. What agreement is worth is `kernel.likeness`'s. Clear pairs merge by themselves if the
dealer's policy says so, doubtful ones wait for a person, and who was told apart once is not asked about again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from forecourt.kernel import likeness
from forecourt.kernel.errors import Refusal
from forecourt.kernel.identifiers import normal_name
from forecourt.kernel.ids import uuid7
from forecourt.records.people import merges
from forecourt.records.people.models import Customer, Likeness, Merge, MergePolicy
from forecourt.runtime import access, audit, clock, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.database.bulk import create_temporary_as, prepare_for_sets

#: From here on a pair waits for a person, in bits of evidence …
DOUBTFUL_FROM: Final = 14.0
#: … and from here on it may merge by itself, if nothing contradicts.
CLEAR_FROM: Final = 24.0
_MOST_SHARING: Final = 12
_CHUNK: Final = 5_000
_MOST_MERGES_A_RUN: Final = 20_000
_COLUMNS: Final = (
    "kind", "first_name", "last_name", "company", "match_name", "email", "phone", "mobile", "street", "postcode", "created_at",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What speaks for or against a pair, as codes and weights."""

    of: str
    level: str
    weight: float


@dataclass(frozen=True)
class Outcome:
    """How many pairs were looked at, merged and left for a person."""

    pairs: int
    merged: int
    waiting: int


_keys: dict[str, str] = {}


def declare_key(name: str, statement: str) -> None:
    """A context's statement of (customer_id, key) for the organisation `%(organisation)s`. Sharing a key makes two records a pair to look at.

    A key named like a comparison of `kernel.likeness` ("vin", "plate") is evidence too.
    """
    _keys[name] = statement


_OWN: Final = "FROM people_customer WHERE organisation_id = %(organisation)s AND merged_into_id IS NULL AND kind <> 'internal' AND"
declare_key("email", f"SELECT id, email {_OWN} email <> ''")
declare_key("phone", f"SELECT id, phone {_OWN} phone <> '' UNION SELECT id, mobile {_OWN} mobile <> ''")
declare_key("name and place", f"SELECT id, match_name || '|' || postcode {_OWN} match_name <> '' AND postcode <> ''")
declare_key("address", f"SELECT id, postcode || '|' || lower(street) {_OWN} street <> '' AND postcode <> ''")


def look(*, actor: Actor) -> Outcome:
    """Look at all records of the organisation: merge what is clear, leave what is doubtful. Repeatable; takes a minute for a million."""
    access.require(actor, "people.merge")
    with transaction.atomic():
        pairs = _note(_found())
        chosen = policy()
        chosen.looked_at = clock.now()
        chosen.save()
    merged = merge_clear_ones() if chosen.merges_clear_pairs else 0
    return Outcome(pairs=pairs, merged=merged, waiting=Likeness.objects.filter(state="waiting").count())


def merge_clear_ones() -> int:
    """Merge the pairs that leave no doubt, each in its own transaction; a pair whose record is gone meanwhile is left."""
    actor = system(scope.organisation_id(), via="duplicates")
    clear = Likeness.objects.filter(state="waiting", is_clear=True).order_by("-weight", "pk").values_list("pk", flat=True)
    merged = 0
    for pair_id in list(clear[:_MOST_MERGES_A_RUN]):
        with transaction.atomic():
            pair = Likeness.objects.select_for_update().filter(pk=pair_id, state="waiting").select_related("one", "other").first()
            if pair is None:
                continue
            older, newer = sorted((pair.one, pair.other), key=lambda customer: (customer.created_at, customer.pk))
            try:
                with transaction.atomic():
                    merges.merge(actor=actor, survivor_id=older.pk, absorbed_id=newer.pk, weight=pair.weight)
                merged += 1
            except Refusal:
                Likeness.objects.filter(pk=pair_id).update(state="gone")
    return merged


def waiting() -> QuerySet[Likeness]:
    """What a person should decide, the likeliest first."""
    return Likeness.objects.filter(state="waiting").select_related("one", "other").order_by("-weight", "pk")


@transaction.atomic
def merge_pair(*, actor: Actor, likeness_id: UUID, survivor_id: UUID, take: Iterable[str] = ()) -> Merge:
    """They are one person. Refusal("decided_already") if somebody was faster."""
    pair = _to_decide(actor, likeness_id)
    absorbed_id = pair.other_id if survivor_id == pair.one_id else pair.one_id
    return merges.merge(actor=actor, survivor_id=survivor_id, absorbed_id=absorbed_id, take=list(take), weight=pair.weight)


@transaction.atomic
def tell_apart(*, actor: Actor, likeness_id: UUID) -> Likeness:
    """They are two people; nobody is asked about them again. Refusal("decided_already")."""
    pair = _to_decide(actor, likeness_id)
    pair.state, pair.decided_at, pair.decided_by_id = "different", clock.now(), actor.id
    pair.save(update_fields=["state", "decided_at", "decided_by_id"])
    audit.record(by=actor, act="people.told_apart", object_kind="customer", object_id=pair.one_id, other_id=str(pair.other_id))
    return pair


@transaction.atomic
def ask_again(*, actor: Actor, likeness_id: UUID) -> Likeness:
    """Take "different persons" back. Refusal("not_told_apart") if that is not what was said."""
    pair = access.fetch(Likeness, likeness_id, actor=actor, right="people.merge", lock=True)
    if pair.state != "different":
        raise Refusal("not_told_apart", _("Nobody told these records apart."))
    pair.state, pair.decided_at, pair.decided_by_id = "waiting", None, None
    pair.save(update_fields=["state", "decided_at", "decided_by_id"])
    audit.record(by=actor, act="people.asked_again", object_kind="customer", object_id=pair.one_id, other_id=str(pair.other_id))
    return pair


def policy() -> MergePolicy:
    """What the dealer chose, or the defaults, not saved yet."""
    return MergePolicy.objects.first() or MergePolicy()


@transaction.atomic
def choose_policy(*, actor: Actor, merges_clear_pairs: bool) -> MergePolicy:
    """Whether clear pairs merge by themselves."""
    access.require(actor, "people.merge")
    chosen = MergePolicy.objects.select_for_update().first() or MergePolicy()
    chosen.merges_clear_pairs = merges_clear_pairs
    chosen.save()
    audit.record(
        by=actor, act="people.merge_policy", object_kind="organisation", object_id=scope.organisation_id(), merges=merges_clear_pairs
    )
    return chosen


def weigh(one: Customer, other: Customer, shared: Iterable[str], *, bearers: int, people: int) -> tuple[list[Evidence], bool]:
    """What speaks for and against two records being one person, and whether anything contradicts it outright.

    `shared` are the names of the keys both have; `bearers` of `people` records bear this name.
    """
    shared = set(shared)
    name = likeness.compare_names(_name(one), _name(other))
    if name == "same":
        found = [Evidence("name", "same", likeness.weight_of_name(bearers, people))]
    else:
        found = [Evidence("name", name, likeness.weight("name", name))]
    levels = {
        "email": _compare({one.email} - {""}, {other.email} - {""}),
        "phone": _compare({one.phone, one.mobile} - {""}, {other.phone, other.mobile} - {""}),
        "address": _compare_address(one, other),
        "vin": "same" if "vin" in shared else "",
        "plate": "same" if "plate" in shared and "vin" not in shared else "",
    }
    found += [Evidence(of, level, likeness.weight(of, level)) for of, level in levels.items() if level]
    contradicts = name != "same" or levels["email"] == "other" or levels["phone"] == "other" or (one.kind != other.kind)
    return found, contradicts


def _compare(one: set[str], other: set[str]) -> str:
    if not one or not other:
        return ""
    return "same" if one & other else "other"


def _compare_address(one: Customer, other: Customer) -> str:
    if not one.postcode or not other.postcode:
        return ""
    if one.postcode != other.postcode:
        return "other"
    if one.street and other.street and one.street.casefold() == other.street.casefold():
        return "same"
    return "postcode"


def _name(customer: Customer) -> tuple[str, str]:
    if customer.kind == "business" and customer.company:
        return normal_name(customer.company), ""
    return normal_name(customer.last_name), normal_name(customer.first_name)


def _found() -> Iterator[Likeness]:
    """Every pair that shares a key and is at least doubtful, weighed."""
    facts = {"organisation": scope.organisation_id(), "most": _MOST_SHARING}
    with connection.cursor() as cursor:
        prepare_for_sets(cursor, rows=_CHUNK)
        keys = " UNION ALL ".join(
            f"SELECT '{name}' AS name, keyed.* FROM ({statement}) AS keyed (customer_id, key)" for name, statement in _keys.items()
        )
        create_temporary_as(cursor, "likeness_key", keys, facts)
        create_temporary_as(
            cursor,
            "likeness_shared",
            "SELECT name, key FROM likeness_key GROUP BY name, key HAVING count(*) BETWEEN 2 AND %(most)s",
            facts,
        )
        create_temporary_as(
            cursor,
            "likeness_pair",
            """WITH few AS (SELECT * FROM likeness_key JOIN likeness_shared USING (name, key))
               SELECT one.customer_id AS one_id, other.customer_id AS other_id, array_agg(DISTINCT one.name) AS names
               FROM few AS one JOIN few AS other USING (name, key)
               WHERE one.customer_id < other.customer_id GROUP BY 1, 2""",
        )
        create_temporary_as(
            cursor,
            "likeness_name",
            "SELECT match_name, count(*) AS bearers FROM people_customer WHERE organisation_id = %(organisation)s GROUP BY match_name",
            facts,
        )
        people = Customer.objects.count()
        cursor.execute(
            "SELECT one_id, other_id, names, bearers FROM likeness_pair JOIN people_customer ON id = one_id JOIN likeness_name USING (match_name)"
        )
        while rows := cursor.fetchmany(_CHUNK):
            yield from _weighed(rows, people)


def _weighed(rows: list[Any], people: int) -> Iterator[Likeness]:
    ids = {each for row in rows for each in row[:2]}
    known = {row.pk: row for row in Customer.objects.filter(pk__in=ids).only(*_COLUMNS)}
    for one_id, other_id, names, bearers in rows:
        evidence, contradicts = weigh(known[one_id], known[other_id], names, bearers=bearers, people=people)
        total = sum(each.weight for each in evidence)
        if total < DOUBTFUL_FROM or evidence[0].level == "other":  # a household shares all but the first name
            continue
        yield Likeness(
            id=uuid7(),
            organisation_id=scope.organisation_id(),
            one_id=one_id,
            other_id=other_id,
            weight=Decimal(f"{total:.2f}"),
            evidence=[{"of": each.of, "level": each.level, "weight": round(each.weight, 1)} for each in evidence],
            is_clear=total >= CLEAR_FROM and not contradicts,
            found_at=clock.now(),
        )


def _note(found: Iterable[Likeness]) -> int:
    """Write down what waits; what was decided stays decided, and what no longer looks alike is gone."""
    began = clock.now()
    rows = list(found)
    Likeness.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["one", "other"], update_fields=["weight", "evidence", "is_clear", "found_at"]
    )  # fmt: skip
    Likeness.objects.filter(state="waiting", found_at__lt=began).update(state="gone")
    Likeness.objects.filter(state="gone", found_at__gte=began).update(state="waiting")
    return len(rows)


def _to_decide(actor: Actor, likeness_id: UUID) -> Likeness:
    pair = access.fetch(Likeness, likeness_id, actor=actor, right="people.merge", lock=True)
    if pair.state != "waiting":
        raise Refusal("decided_already", _("This pair was decided meanwhile."))
    return pair
