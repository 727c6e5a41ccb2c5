"""How a source is read is kept in versions, and a file that is not like the last one waits for a person."""

from dataclasses import replace
from io import BytesIO

import pytest

from forecourt.engines.intake import fitting, running, sources, uploads
from forecourt.engines.intake.fitting import Worse
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import Import, MappingVersion, SourceMapping
from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.records.people.models import Customer
from forecourt.runtime.actors import Actor
from tests.cast import Alpen, Rosso
from tests.engines.intake.files import sent

HEADER = "Kundennummer;Name;E-Mail;Mobil"
MAPPING = Mapping({"customer.number": "Kundennummer", "customer.name": "Name", "customer.email": "E-Mail", "customer.mobile": "Mobil"})


def people(count: int, *, header: str = HEADER, mobile: str = "+39 333 10{:05}", first: int = 0) -> bytes:
    rows = [f"{number};Anna M{number};anna{number}@example.org;{mobile.format(number)}" for number in range(first, first + count)]
    return "\n".join([header, *rows, ""]).encode()


@pytest.fixture
def max_mair(alpen: Alpen) -> Actor:
    """The manager, who may import."""
    return alpen.actor("Max Mair")


def handed_in(actor: Actor, content: bytes) -> Import:
    """As a program does it, and a worker after it."""
    came = uploads.take(actor=actor, name="people.csv", stream=BytesIO(content), source="dms")
    return came if came.state == "waiting" else running.run(actor=actor, import_id=came.pk)


def unlike(came: Import) -> fitting.Fit:
    return fitting.read(Import.objects.get(pk=came.pk).unlike)


def test_a_file_like_the_last_one_runs_and_one_with_a_column_renamed_or_gone_waits(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        assert handed_in(max_mair, people(30)).state == "applied"
        assert handed_in(max_mair, people(30, first=30)).rows_created == 30
        renamed = handed_in(max_mair, people(30, first=60, header="Kundennummer;Name;E-Mail Adresse;Mobil"))
        assert renamed.state == "waiting"
        assert unlike(renamed).renamed == [["customer.email", "E-Mail", "E-Mail Adresse"]]
        gone = handed_in(max_mair, people(30, first=60, header="Kundennummer;Name;E-Mail;xyz"))
        assert gone.state == "waiting"
        assert (unlike(gone).missing, unlike(gone).renamed) == ([["customer.mobile", "Mobil"]], [])
        assert Customer.objects.filter(number="60").count() == 0


def test_a_column_whose_cells_can_no_longer_be_read_or_are_gone_holds_the_file_up_and_says_by_how_much(
    alpen: Alpen, max_mair: Actor
) -> None:
    with alpen.scope():
        handed_in(max_mair, people(40))
        broken = handed_in(max_mair, people(40, mobile="call later {}"))
        assert broken.state == "waiting"
        assert unlike(broken).worse == [Worse("customer.mobile", "Mobil", 0.0, 1.0)]
        emptied = handed_in(max_mair, people(40, mobile=""))
        assert unlike(emptied).worse == [Worse("customer.mobile", "Mobil", 1.0, 0.0, is_emptied=True)]
        few = people(40).replace(b"+39 333 1000003", b"call later")
        assert handed_in(max_mair, few).state == "applied"


def test_a_new_column_waits_only_if_it_would_mean_something(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        handed_in(max_mair, people(5))
        meaning_nothing = people(5).replace(b".org;", b".org;1;").replace(b"E-Mail;", b"E-Mail;zzz;")
        assert handed_in(max_mair, meaning_nothing).state == "applied"
        told = people(5).replace(b".org;", b".org;39100;").replace(b"E-Mail;", b"E-Mail;PLZ;")
        came = handed_in(max_mair, told)
        assert (came.state, unlike(came).new) == ("waiting", [["PLZ", "customer.postcode"]])


def test_a_file_that_waited_runs_once_a_person_has_said_how_it_is_read_and_so_does_the_next(alpen: Alpen, max_mair: Actor) -> None:
    with alpen.scope():
        handed_in(max_mair, people(5))
        header = "Kundennummer;Name;E-Mail Adresse;Mobil"
        came = handed_in(max_mair, people(5, first=60, header=header))
        seen = uploads.look(actor=max_mair, import_id=came.pk)
        assert seen.mapping.columns["customer.email"] == "E-Mail Adresse"
        uploads.choose_mapping(actor=max_mair, import_id=came.pk, mapping=seen.mapping)
        assert running.run(actor=max_mair, import_id=came.pk).rows_created == 5
        assert handed_in(max_mair, people(5, first=70, header=header)).rows_created == 5


def test_each_change_of_a_mapping_is_a_version_with_who_did_it_and_an_earlier_one_can_be_taken_up_again(
    alpen: Alpen, max_mair: Actor
) -> None:
    with alpen.scope():
        sources.save_mapping(actor=max_mair, source="dms", mapping=MAPPING)
        sources.save_mapping(actor=max_mair, source="dms", mapping=MAPPING)
        changed = replace(MAPPING, columns={name: column for name, column in MAPPING.columns.items() if name != "customer.mobile"})
        sources.save_mapping(actor=alpen.actor("Anna Amort"), source="dms", mapping=changed)
        first = MappingVersion.objects.get(number=1)
        saved = sources.go_back(actor=max_mair, version_id=first.pk)
        assert (saved.version, sources.saved_mapping("dms")) == (3, MAPPING)
        versions = list(MappingVersion.objects.order_by("number").values_list("number", "saved_by_id", "back_to"))
        anna = alpen.actor("Anna Amort").id
        assert versions == [(1, max_mair.id, None), (2, anna, None), (3, max_mair.id, 1)]


def test_who_may_not_import_and_who_is_of_another_house_cannot_go_back(alpen: Alpen, rosso: Rosso, max_mair: Actor) -> None:
    with alpen.scope():
        sources.save_mapping(actor=max_mair, source="dms", mapping=MAPPING)
        version = MappingVersion.objects.get()
        with pytest.raises(NotPermitted):
            sources.go_back(actor=alpen.bob, version_id=version.pk)
    with rosso.scope(), pytest.raises(NotFound):
        sources.go_back(actor=rosso.actor("C. Amministra"), version_id=version.pk)


def test_each_kind_of_file_of_a_source_keeps_its_own_mapping(alpen: Alpen, max_mair: Actor) -> None:
    cars = Mapping({"vehicle.plate": "Kz", "vehicle.make": "Fabrikat"})
    with alpen.scope():
        handed_in(max_mair, people(3))
        found = sent(max_mair, b"Kz;Fabrikat\nBZ 700 AA;Fiat\n")
        uploads.choose_mapping(actor=max_mair, import_id=found.pk, mapping=cars)
        running.run(actor=max_mair, import_id=found.pk)
        assert sorted(SourceMapping.objects.values_list("kind", flat=True)) == ["customer", "vehicle"]
        assert handed_in(max_mair, people(3, first=10)).rows_created == 3
        assert handed_in(max_mair, b"Kz;Fabrikat\nBZ 701 AA;Fiat\n").rows_created == 1
