"""What a source no longer has is told apart from what a partial file leaves out; nothing is erased by it."""

import datetime
from typing import Any

import pytest

from forecourt.engines.audience import facts
from forecourt.engines.audience.models import DueWork, VehicleFacts
from forecourt.engines.intake import running, uploads
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import, PreviewExample
from forecourt.kernel.errors import Refusal
from forecourt.records.history.models import Visit
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import Event
from tests.cast import Alpen
from tests.engines.intake.files import LINES, export, sent

CARS = Mapping(columns={"vehicle.vin": "FIN", "vehicle.plate": "Kennz", "customer.number": "Kunde", "customer.name": "Name"})
GOLF, PANDA = "WVWZZZ1KZAW123456;BZ 111 AA;1001;Anna Müller", "ZFA31200000123457;GA 222 BB;1002;Bruno Berger"
ORDERS = Mapping(columns={
    "order.number": "Auftrag", "order.site": "Filiale", "order.opened_on": "Datum", "vehicle.vin": "FIN", "customer.number": "Kunde",
    "customer.name": "Name", "line.text": "Text", "line.amount": "Netto",
})  # fmt: skip


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import."""
    return alpen.actor("Max Mair")


def listed(mapping: Mapping, *subjects: str, **columns: str) -> Mapping:
    """The mapping of a complete list of these, with these columns besides."""
    more = {name.replace("_", "."): column for name, column in columns.items()}
    return Mapping(columns=mapping.columns | more, complete=tuple(subjects))


def brought(actor: Actor, mapping: Mapping, *rows: str, header: str = "FIN;Kennz;Kunde;Name", dry: bool = False, **more: Any) -> Import:
    """A file of these rows, read so."""
    came = sent(actor, "\r\n".join((header, *rows)).encode(), source="dms", **more)
    uploads.choose_mapping(actor=actor, import_id=came.pk, mapping=mapping, remember=False)
    return (running.dry_run if dry else running.run)(actor=actor, import_id=came.pk)


def gone_cars() -> set[str]:
    return set(Vehicle.objects.exclude(gone_on=None).values_list("plate", flat=True))


def test_a_car_that_a_partial_file_leaves_out_is_not_gone(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        brought(max_mair, CARS, GOLF, PANDA)
        done = brought(max_mair, CARS, GOLF)
        assert (done.gone, gone_cars()) == ({}, set())


def test_a_car_that_a_complete_file_leaves_out_is_marked_and_one_that_comes_again_is_not(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        brought(max_mair, listed(CARS, "vehicle"), GOLF, PANDA)
        done = brought(max_mair, listed(CARS, "vehicle"), GOLF)
        assert done.gone == {"vehicle": {"gone": 1, "had": 0, "back": 0}}
        panda = Vehicle.objects.get(plate="GA 222 BB")
        assert panda.gone_on == clock.now().date()
        mark = panda.references.get()
        assert (mark.source, mark.gone_import, mark.gone_how) == ("dms", done.number, "missing")
        assert not Customer.objects.exclude(gone_on=None).exists()  # a list of cars is none of customers
        event = Event.objects.filter(name="intake.import_applied").latest("occurred_at")
        assert (event.values["gone"], event.values["back"]) == (1, 0)
        again = brought(max_mair, CARS, PANDA)  # a partial file takes the mark away as well
        assert (again.gone, gone_cars()) == ({"vehicle": {"gone": 0, "had": 0, "back": 1}}, set())
        assert panda.references.get().gone_import is None


def test_what_another_source_still_has_is_not_gone(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        numbered = Mapping(columns=CARS.columns | {"vehicle.number": "Nr"}, complete=("vehicle", "customer"))
        header = "FIN;Kennz;Kunde;Name;Nr"
        brought(max_mair, numbered, f"{GOLF};1", f"{PANDA};2", header=header)
        other = sent(max_mair, f"{header}\r\n{PANDA};77\r\n".encode(), source="other")
        uploads.choose_mapping(actor=max_mair, import_id=other.pk, mapping=numbered, remember=False)
        running.run(actor=max_mair, import_id=other.pk)
        brought(max_mair, numbered, f"{GOLF};1", header=header)
        assert gone_cars() == set()
        marks = {each.source: each.gone_how for each in Vehicle.objects.get(plate="GA 222 BB").references.all()}
        assert marks == {"dms": "missing", "other": ""}
        assert CustomerReference.objects.get(source="dms", number="1002").gone_how == "missing"
        assert Customer.objects.get(references__source="dms", number="1002").gone_on == clock.now().date()


def test_a_row_marked_as_deleted_is_a_deletion_whatever_the_file_is(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        brought(max_mair, CARS, GOLF, PANDA)
        marked = listed(CARS, vehicle_deleted="Lösch", customer_deleted="KLösch")
        done = brought(
            max_mair, marked, f"{PANDA.replace('Bruno', 'Nobody')};gelöscht;X", "WAUZZZ8K9BA000001;ZZ 1;9;Never Known;D;D",
            header="FIN;Kennz;Kunde;Name;Lösch;KLösch",
        )  # fmt: skip
        assert gone_cars() == {"GA 222 BB"}
        assert {name: each["gone"] for name, each in done.gone.items()} == {"vehicle": 1, "customer": 1}
        bruno = Customer.objects.get(number="1002")
        assert (bruno.name, bruno.gone_on) == ("Bruno Berger", clock.now().date())  # nothing else of such a row is taken in
        assert not Vehicle.objects.filter(plate="ZZ 1").exists()
        assert not Customer.objects.filter(number="9").exists()
        assert done.rows_rejected == 0
        back = brought(max_mair, marked, f"{PANDA};;", header="FIN;Kennz;Kunde;Name;Lösch;KLösch")
        assert (gone_cars(), {name: each["back"] for name, each in back.gone.items()}) == (set(), {"vehicle": 1, "customer": 1})


def test_a_row_that_cannot_be_read_is_no_deletion(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        whole = listed(CARS, "vehicle", vehicle_number="Nr")
        header = "FIN;Kennz;Kunde;Name;Nr"
        brought(max_mair, whole, f"{GOLF};1", f"{PANDA};2", header=header)
        done = brought(max_mair, whole, f"{GOLF};1", "WRONG VIN;;1002;Bruno;2", header=header)
        assert (done.rows_rejected, gone_cars()) == (1, set())


def test_half_a_file_waits_until_a_person_says_that_it_is_meant(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        rows = [f"WVWZZZ1KZAW{number:06};BZ {number:03} AA;{number};Kunde {number}" for number in range(200)]
        brought(max_mair, listed(CARS, "vehicle"), *rows)
        seen = brought(max_mair, listed(CARS, "vehicle"), *rows[:140], dry=True)
        assert (seen.state, seen.gone) == ("checked", {"vehicle": {"gone": 60, "had": 200, "back": 0}, "too_many": True})
        examples = PreviewExample.objects.filter(of_import=seen, outcome="gone")
        assert {each.title for each in examples} < {f"BZ {number:03} AA" for number in range(140, 200)}
        assert len(examples) == 4
        assert gone_cars() == set()
        held = brought(max_mair, listed(CARS, "vehicle"), *rows[:140])
        assert (held.state, held.gone["vehicle"]["gone"], gone_cars()) == ("waiting", 60, set())
        uploads.start(actor=max_mair, import_id=held.pk, may_let_go=True)
        done = running.run(actor=max_mair, import_id=held.pk)
        assert (done.state, len(gone_cars())) == ("applied", 60)
        brought(max_mair, listed(CARS, "vehicle"), *rows[:100])  # 40 of 140 are more than a fifth, and few
        assert len(gone_cars()) == 100


def test_a_cancelled_order_counts_no_more_and_the_days_that_a_file_does_not_cover_are_left_alone(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        header = "Auftrag;Filiale;Datum;FIN;Kunde;Name;Text;Netto"
        golf = "WVWZZZ1KZAW123456;1001;Anna"
        rows = [
            f"A-{number};BOZ;{day};{golf};Inspektion;100"
            for number, day in enumerate(("01.02.2024", "01.03.2025", "01.04.2026", "01.05.2026"))
        ]
        brought(max_mair, listed(ORDERS, "order"), *rows, header=header)
        facts.refresh(today=datetime.date(2026, 11, 22))
        assert VehicleFacts.objects.get(vehicle__vin="WVWZZZ1KZAW123456").visits == 4
        done = brought(max_mair, listed(ORDERS, "order"), rows[1], rows[3], header=header)
        assert done.gone == {"order": {"gone": 1, "had": 0, "back": 0}}
        assert list(Visit.objects.exclude(gone_on=None).values_list("number", "gone_how")) == [("A-2", "missing")]
        marked = listed(ORDERS, order_deleted="St")
        brought(max_mair, marked, f"{rows[3]};storno", header=f"{header};St")
        facts.refresh(today=datetime.date(2026, 11, 22))
        known = VehicleFacts.objects.get(vehicle__vin="WVWZZZ1KZAW123456")
        assert (known.visits, known.spent_net, known.last_visit_on, known.visits_12) == (2, 200, datetime.date(2025, 3, 1), 0)
        assert Visit.objects.get(number="A-3").lines.count() == 1
        brought(max_mair, marked, f"{rows[3]};", header=f"{header};St")
        facts.refresh(today=datetime.date(2026, 11, 22))
        assert VehicleFacts.objects.get(vehicle__vin="WVWZZZ1KZAW123456").visits == 3


def test_a_car_that_is_gone_is_neither_due_nor_in_a_target_group(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        running.run(actor=max_mair, import_id=sent(max_mair, export(*LINES), source="dms").pk)
        today = datetime.date(2026, 11, 22)
        facts.refresh(today=today)
        assert DueWork.objects.filter(vehicle__plate="BZ 111 AA").exists()
        marked = listed(CARS, vehicle_deleted="Lösch", customer_deleted="KLösch")
        header = "FIN;Kennz;Kunde;Name;Lösch;KLösch"
        brought(max_mair, marked, f"{GOLF};1;", f"{PANDA};;storno", header=header)
        facts.refresh(today=today)
        both = ["BZ 111 AA", "GA 222 BB"]
        assert not DueWork.objects.filter(vehicle__plate__in=both).exists()
        assert set(VehicleFacts.objects.filter(vehicle__plate__in=both).values_list("customer_kind", flat=True)) == {"none"}
        brought(max_mair, marked, f"{GOLF};;", header=header)
        facts.refresh(today=today)
        assert DueWork.objects.filter(vehicle__plate="BZ 111 AA").exists()
        assert VehicleFacts.objects.get(vehicle__plate="BZ 111 AA").customer_kind == "private"


def test_each_site_may_send_a_complete_list_of_its_own(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        whole = listed(CARS, "vehicle")
        brought(max_mair, whole, GOLF, site_id=alpen.bozen.pk)
        brought(max_mair, whole, PANDA, site_id=alpen.meran.pk)
        assert gone_cars() == set()
        brought(max_mair, whole, "WAUZZZ8K9BA000001;CC 1;1003;Carla", site_id=alpen.bozen.pk)
        assert gone_cars() == {"BZ 111 AA"}


def test_a_list_is_complete_only_of_what_it_tells(alpen: Alpen, max_mair: Actor) -> None:
    from forecourt.engines.intake import mapping

    kept = mapping.load(listed(CARS, "order", "vehicle").dump())
    assert kept.complete == ("vehicle",)
    with pytest.raises(Refusal):
        mapping.load({"columns": "x"})
