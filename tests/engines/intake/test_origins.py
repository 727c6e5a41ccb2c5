"""Every customer, car and order keeps the number of the import that made it, and of the last one that changed it."""

from typing import Any

import pytest
from django.db import connection

from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.kernel.errors import Refusal
from forecourt.records.history.models import Visit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.actors import Actor
from tests.cast import Alpen
from tests.engines.intake.files import LINES, export, sent

MODELS: tuple[Any, ...] = (Customer, Vehicle, Visit)


def imported(actor: Actor, *lines: str) -> Import:
    return running.run(actor=actor, import_id=sent(actor, export(*lines)).pk)


def numbers() -> dict[str, tuple[int | None, int | None]]:
    """By what people call it: made by, changed by."""
    told = {thing.number: thing for thing in (*Customer.objects.all(), *Visit.objects.all())}
    told |= {thing.plate: thing for thing in Vehicle.objects.all()}
    return {name: (thing.brought_by, thing.changed_by) for name, thing in told.items()}


def versions() -> list[tuple[Any, ...]]:
    """Where each row lies: a row that is written anew lies elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT id, ctid::text, xmin::text FROM {each._meta.db_table}" for each in MODELS))
        return sorted(cursor.fetchall())


def test_what_an_import_made_changed_or_left_alone_says_so_and_what_staff_made_has_none(alpen: Alpen) -> None:
    with alpen.scope():
        actor = alpen.actor("Max Mair")
        by_hand = set(numbers())
        first = imported(actor)
        told = numbers()
        assert {told[name] for name in by_hand} == {(None, None)}
        assert {name: told[name] for name in set(told) - by_hand} == dict.fromkeys(
            ("1001", "1002", "BZ 111 AA", "GA 222 BB", "A-1", "A-2"), (first.number, None)
        )
        before = versions()
        imported(actor)
        assert versions() == before
        moved = LINES[2].replace("Weg 2", "Gasse 9")
        third = imported(actor, *LINES[:2], moved)
        told = numbers()
        assert told["1002"] == (first.number, third.number)
        assert {told[name] for name in ("1001", "BZ 111 AA", "GA 222 BB", "A-1", "A-2")} == {(first.number, None)}


def test_a_line_changes_its_order_even_where_the_sum_stays(alpen: Alpen) -> None:
    with alpen.scope():
        actor = alpen.actor("Max Mair")
        first = imported(actor)
        second = imported(actor, LINES[0].replace("Inspektion mit", "Große Inspektion mit"), *LINES[1:])
        told = numbers()
        assert (told["A-1"], told["A-2"]) == ((first.number, second.number), (first.number, None))
        third = imported(actor, LINES[2], LINES[2].replace(";1;L;0200;Radwechsel", ";2;L;0300;Wuchten"))
        assert numbers()["A-2"] == (first.number, third.number)


def test_a_new_keeper_and_a_later_mileage_change_the_car(alpen: Alpen) -> None:
    with alpen.scope():
        actor = alpen.actor("Max Mair")
        first = imported(actor)
        car, keeper = "GA 222 BB", LINES[2].replace("A-2;15.03.2025;15.03.2025;12.000", "A-3;15.04.2025;15.04.2025;13.000")
        second = imported(actor, keeper)
        assert numbers()[car] == (first.number, second.number)
        sold = LINES[0].split(";")[:10] + LINES[2].split(";")[10:]
        third = imported(actor, ";".join(sold).replace("A-2;15.03.2025;15.03.2025;12.000", "A-4;15.05.2025;15.05.2025;"))
        assert numbers()[car] == (first.number, third.number)


def test_a_refused_attempt_leaves_no_number_and_its_next_one_has_the_same(alpen: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    with alpen.scope():
        actor = alpen.actor("Max Mair")
        found = sent(actor, export())

        def refuse(*_anything: Any, **_more: Any) -> None:
            raise Refusal("not_now", "Not now.")

        with monkeypatch.context() as broken:
            broken.setattr(running.counting, "refuse_unknown", refuse)
            with pytest.raises(Refusal, match="Not now"):
                running.run(actor=actor, import_id=found.pk)
        assert not Customer.objects.exclude(brought_by=None).exists()
        running.run(actor=actor, import_id=found.pk)
        assert numbers()["A-1"] == (found.number, None)
