"""Records that may be one person are found, weighed, merged where clear, and asked about where not."""

from typing import Any

import pytest

from forecourt.kernel import identifiers
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.people import customers, duplicates, merges
from forecourt.records.people.models import Customer, Likeness, Merge
from forecourt.records.vehicles.models import Holding
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso


@pytest.fixture
def anna(alpen: Alpen) -> Actor:
    with alpen.scope():
        Customer.objects.update(mobile="")  # the cast shares one number
    return alpen.actor("Anna Amort")


def person(name: str, **fields: Any) -> Customer:
    """`Josef Huber` with what is given, at home in 39100 unless told otherwise."""
    first, _, last = name.rpartition(" ")
    return Customer.objects.create(
        number=f"T-{Customer.objects.count()}", first_name=first, last_name=last, match_name=identifiers.normal_name(name),
        sort_key=identifiers.sort_key(f"{last} {first}"), **fields,
    )  # fmt: skip


def look(actor: Actor) -> tuple[int, int]:
    found = duplicates.look(actor=actor)
    return found.merged, found.waiting


HOME = {"street": "Gasse 1", "postcode": "39100"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # (merged, waiting)
        (("Josef Huber", {"email": "j@h.example"}), ("Huber Josef", {"email": "j@h.example"}), (1, 0)),
        (("Josef Huber", {"mobile": "+391"}), ("Josef Huber", {"phone": "+391"}), (1, 0)),
        (("Josef Huber", HOME), ("Josef Huber", HOME), (0, 1)),  # father and son
        (("Josef Huber", {**HOME, "mobile": "+391"}), ("Josef Huber", {**HOME, "mobile": "+392"}), (0, 1)),
        (("Josef Huber", {"email": "j@h.example", "mobile": "+391"}), ("Josef Huber", {"email": "j@h.example", "mobile": "+392"}), (0, 1)),
        (("Anna Schmidt", {"email": "a@s.example"}), ("Anna Schmitt", {"email": "a@s.example"}), (0, 1)),
        (("J Huber", {"email": "j@h.example"}), ("Josef Huber", {"email": "j@h.example"}), (0, 1)),
        (("Josef Huber", {**HOME, "mobile": "+391"}), ("Maria Huber", {**HOME, "mobile": "+391"}), (0, 0)),  # a household
        (("Josef Huber", {"email": "info@club.example"}), ("Karl Mair", {"email": "info@club.example"}), (0, 0)),
        (("Josef Huber", {"postcode": "39100"}), ("Josef Huber", {"postcode": "39012"}), (0, 0)),
    ],
)
def test_what_is_clear_merges_what_is_doubtful_waits_and_a_household_stays_itself(
    alpen: Alpen, anna: Actor, one: Any, other: Any, expected: tuple[int, int]
) -> None:
    with alpen.scope():
        person(one[0], **one[1])
        person(other[0], **other[1])
        assert look(anna) == expected


def test_the_same_car_is_evidence(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        twin = person("Dana Dorfer")
        Holding.objects.create(vehicle=alpen.golf, customer=twin, role="driver")
        assert look(anna) == (0, 1)
        assert [(each["of"], each["level"]) for each in Likeness.objects.get().evidence] == [("name", "same"), ("vin", "same")]


def test_a_number_that_many_share_tells_nothing(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        for _ in range(13):
            person("Josef Huber", phone="+39047100")
        assert look(anna) == (0, 0)


def test_evidence_is_kept_as_codes_and_never_as_values(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        person("Anna Schmidt", email="a@s.example", mobile="+391")
        person("Anna Schmitt", email="a@s.example", mobile="+392")
        look(anna)
        assert Likeness.objects.get().evidence == [
            {"of": "name", "level": "near", "weight": 6.6},
            {"of": "email", "level": "same", "weight": 13.1},
            {"of": "phone", "level": "other", "weight": -1.5},
        ]


def test_with_merging_by_itself_switched_off_even_clear_pairs_wait(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        duplicates.choose_policy(actor=anna, merges_clear_pairs=False)
        person("Josef Huber", email="j@h.example")
        person("Josef Huber", email="j@h.example")
        assert look(anna) == (0, 1)
        assert Likeness.objects.get().is_clear is True


def test_a_clear_merge_keeps_the_older_record_and_says_that_a_rule_did_it(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        older, newer = person("Josef Huber", email="j@h.example"), person("Josef Huber", email="j@h.example", city="Bozen")
        look(anna)
        done = Merge.objects.get()
        assert (done.survivor_id, done.absorbed_id, done.merged_by_kind, str(done.weight)) == (older.pk, newer.pk, "system", "25.19")
        assert Customer.objects.get(pk=older.pk).city == "Bozen"
        assert AuditEntry.objects.get(act="people.merged").actor_kind == "system"


def test_whoever_was_told_apart_is_not_asked_about_again_until_that_is_taken_back(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        person("Josef Huber", **HOME)
        person("Josef Huber", **HOME)
        look(anna)
        pair = duplicates.waiting().get()
        duplicates.tell_apart(actor=anna, likeness_id=pair.pk)
        assert look(anna) == (0, 0)
        duplicates.ask_again(actor=anna, likeness_id=pair.pk)
        assert look(anna) == (0, 1)
        with pytest.raises(Refusal, match="Nobody told"):
            duplicates.ask_again(actor=anna, likeness_id=pair.pk)


def test_a_merge_that_was_undone_is_not_done_again_by_itself(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        person("Josef Huber", email="j@h.example")
        person("Josef Huber", email="j@h.example")
        look(anna)
        merges.undo(actor=anna, merge_id=Merge.objects.get().pk)
        assert look(anna) == (0, 0)
        assert Likeness.objects.get().state == "different"


def test_what_no_longer_looks_alike_leaves_the_queue(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        person("Josef Huber", **HOME)
        other = person("Josef Huber", **HOME)
        assert look(anna) == (0, 1)
        customers.change(actor=anna, customer_id=other.pk, first_name="Maria")
        assert look(anna) == (0, 0)


def test_a_pair_is_decided_once(alpen: Alpen, anna: Actor) -> None:
    with alpen.scope():
        older = person("Josef Huber", **HOME)
        person("Josef Huber", **HOME)
        look(anna)
        pair = duplicates.waiting().get()
        duplicates.merge_pair(actor=anna, likeness_id=pair.pk, survivor_id=older.pk)
        with pytest.raises(Refusal, match="meanwhile"):
            duplicates.tell_apart(actor=anna, likeness_id=pair.pk)


def test_dealers_are_looked_at_apart_and_only_with_the_right(alpen: Alpen, rosso: Rosso, anna: Actor) -> None:
    with rosso.scope():
        person("Josef Huber", email="j@h.example")
    with alpen.scope():
        person("Josef Huber", email="j@h.example")
        assert look(anna) == (0, 0)
        with pytest.raises(NotPermitted):
            duplicates.look(actor=alpen.alice)
