"""Whoever imports says that a file is the whole list; what is gone is told before, and shown where a record's sources stand."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.intake import running, sources, uploads
from forecourt.engines.intake.mapping import load
from forecourt.engines.intake.models import Import, SourceMapping
from forecourt.kernel.errors import Refusal
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime.models import AuditEntry
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, Rosso
from tests.engines.intake.files import sent

#: Of the page behind the number, however many rows it has.
QUERIES = 17

HEADER = "FIN;Kennzeichen;Kunde;Name"
MAPPED = {"column-0": "vehicle.vin", "column-1": "vehicle.plate", "column-2": "customer.number", "column-3": "customer.name", "width": "4"}


@pytest.fixture
def client(alpen: Alpen) -> Client:
    return signed_in(alpen, "manager")


def rows(*numbers: int) -> bytes:
    return "\n".join((HEADER, *(f"WVWZZZ1KZAW{each:06};BZ {each:03} AA;K{each};Kunde {each}" for each in numbers), "")).encode()


def came(alpen: Alpen, content: bytes) -> Import:
    with alpen.scope():
        return sent(alpen.actor("Max Mair"), content, source="cars")


def checked(alpen: Alpen, client: Client, content: bytes, **answers: Any) -> tuple[Import, str]:
    """The page of the import after the columns were chosen and its dry run is over."""
    found = came(alpen, content)
    assert client.post(reverse("imports:map", args=[found.pk]), MAPPED | {"do": "save"} | answers).status_code == 302
    with alpen.scope():
        running.dry_run(actor=alpen.actor("Max Mair"), import_id=found.pk)
    return found, client.get(reverse("imports:show", args=[found.pk])).content.decode()


def applied(alpen: Alpen, found: Import) -> Import:
    with alpen.scope():
        return running.run(actor=alpen.actor("Max Mair"), import_id=found.pk)


def test_the_whole_list_is_chosen_told_before_and_shown_at_the_car_and_its_keeper(alpen: Alpen, client: Client) -> None:
    first, page = checked(alpen, client, rows(1, 2), **{"complete-vehicle": "on", "complete-customer": "on"})
    assert "marked as gone" not in page
    applied(alpen, first)
    with alpen.scope():
        assert load(SourceMapping.objects.get().mapping).complete == ("customer", "vehicle")
    second = came(alpen, rows(1))
    asked = client.get(reverse("imports:map", args=[second.pk])).content.decode()
    assert 'name="complete-vehicle" value="on" checked' in asked
    with alpen.scope():
        running.dry_run(actor=alpen.actor("Max Mair"), import_id=second.pk)
        gone = Vehicle.objects.get(plate="BZ 002 AA")
    told = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert "Would be marked as gone from the source" in told
    assert reverse("vehicles:vehicle", args=[gone.pk]) in told
    done = applied(alpen, second)
    car = client.get(reverse("vehicles:vehicle", args=[gone.pk])).content.decode()
    assert "No source has this car any more" in car
    assert f"(import {done.number})" in car
    assert "2 gone from the source" in client.get(reverse("imports:list")).content.decode()
    with alpen.scope():
        keeper = Customer.objects.get(number="K2")
    assert "No source has this customer any more" in client.get(reverse("customers:customer", args=[keeper.pk])).content.decode()


def test_half_a_file_asks_and_is_imported_only_when_it_is_meant(alpen: Alpen, client: Client) -> None:
    first, _page = checked(alpen, client, rows(*range(100)), **{"complete-vehicle": "on"})
    applied(alpen, first)
    second, page = checked(alpen, client, rows(*range(30)), **{"complete-vehicle": "on"})
    assert "70 of 100 would be marked as gone from the source" in page
    assert "send it again" in page
    client.post(reverse("imports:start", args=[second.pk]))
    assert applied(alpen, second).state == "waiting"
    asked = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert "Show what is missing" in asked
    client.post(reverse("imports:start", args=[second.pk]), {"dry_run": "1"})
    with alpen.scope():
        running.dry_run(actor=alpen.actor("Max Mair"), import_id=second.pk)
    shown = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert "Cars: 70 · nothing of it is erased" in shown
    assert "Show what is missing" not in shown
    client.post(reverse("imports:start", args=[second.pk]))
    assert applied(alpen, second).state == "waiting"
    third = came(alpen, rows(*range(30)))
    client.post(reverse("imports:discard", args=[third.pk]))
    assert "was put aside" in client.get(reverse("imports:show", args=[third.pk])).content.decode()
    page = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert "70 of 100 would be marked as gone from the source" in page
    client.post(reverse("imports:start", args=[second.pk]), {"may_let_go": "1"})
    assert applied(alpen, second).state == "applied"
    with alpen.scope():
        entries = AuditEntry.objects.filter(act__startswith="intake.").order_by("at")
        told = [(each.act, each.object_id, each.values.get("gone")) for each in entries]
    assert told == [("intake.import_put_aside", third.pk, None), ("intake.import_meant", second.pk, 70)]


def test_the_versions_say_that_a_file_became_the_whole_list(alpen: Alpen, client: Client) -> None:
    checked(alpen, client, rows(1))
    checked(alpen, client, rows(1), **{"complete-vehicle": "on"})
    with alpen.scope():
        saved = SourceMapping.objects.get()
        assert sources.known() == ["cars"]
    assert "whole list of the cars" in client.get(reverse("imports:versions", args=[saved.pk])).content.decode()


def test_a_row_that_names_no_car_is_told_as_the_reason_why_none_is_marked(alpen: Alpen, client: Client) -> None:
    first, _page = checked(alpen, client, rows(1, 2), **{"complete-vehicle": "on"})
    applied(alpen, first)
    second, page = checked(alpen, client, rows(1) + b"WVWZZZ;;K2;Kunde 2\n", **{"complete-vehicle": "on"})
    assert "Not everything that is missing is marked as gone." in page
    assert "Cars: one row cannot be read" in page
    applied(alpen, second)
    assert "Cars: one row cannot be read" in client.get(reverse("imports:show", args=[second.pk])).content.decode()


def test_a_list_without_rows_is_refused_with_what_to_do(alpen: Alpen, client: Client) -> None:
    with alpen.scope():
        found = sent(alpen.actor("Max Mair"), f"{HEADER}\n".encode(), source="cars")
        with pytest.raises(Refusal) as no_rows:
            uploads.look(actor=alpen.actor("Max Mair"), import_id=found.pk)
        uploads.refuse(actor=alpen.actor("Max Mair"), import_id=found.pk, refusal=no_rows.value)
    page = client.get(reverse("imports:show", args=[found.pk])).content.decode()
    assert "Please export it again" in page
    assert reverse("imports:new") in page
    assert reverse("imports:map", args=[found.pk]) not in page
    assert "Rows read" not in page


def test_the_number_of_an_applied_import_opens_the_records_behind_it(alpen: Alpen, client: Client, django_assert_num_queries: Any) -> None:
    whole = {"complete-vehicle": "on", "complete-customer": "on"}
    first, _page = checked(alpen, client, rows(1, 2, 3, 4), **whole)
    applied(alpen, first)
    second, _page = checked(alpen, client, rows(1), **whole)
    behind = reverse("imports:gone", args=[second.pk])
    assert behind not in client.get(reverse("imports:show", args=[second.pk])).content.decode()
    applied(alpen, second)
    assert f'href="{behind}"' in client.get(reverse("imports:show", args=[second.pk])).content.decode()
    with alpen.scope():
        cars = {
            each.plate: reverse("vehicles:vehicle", args=[each.pk])
            for each in Vehicle.objects.filter(plate__endswith="AA", plate__startswith="BZ 00").order_by("plate")
        }
    page = client.get(behind, {"what": "vehicle"}).content.decode()
    assert [plate for plate, address in cars.items() if address in page] == ["BZ 002 AA", "BZ 003 AA", "BZ 004 AA"]
    people = client.get(behind).content.decode()
    assert [number for number in ("K1", "K2", "K3", "K4") if f">{number}</td>" in people] == ["K2", "K3", "K4"]
    with django_assert_num_queries(QUERIES):
        found = client.get(behind, {"what": "customer", "q": "Kunde 3"}).content.decode()
    assert [number for number in ("K2", "K3", "K4") if f">{number}</td>" in found] == ["K3"]
    with django_assert_num_queries(QUERIES):
        client.get(behind, {"what": "customer"})
    third, _page = checked(alpen, client, rows(1, 2), **{"complete-vehicle": "", "complete-customer": ""})
    applied(alpen, third)
    page = client.get(behind, {"what": "vehicle"}).content.decode()
    assert [plate for plate, address in cars.items() if address in page] == ["BZ 003 AA", "BZ 004 AA"]
    assert "2 of 3 still bear the mark of this import." in page


def test_what_an_import_of_another_dealer_made_changed_or_marked_is_not_found(rosso: Rosso, alpen: Alpen, client: Client) -> None:
    found = came(alpen, rows(1))
    theirs = Client()
    with rosso.scope():
        member = next(iter(rosso.staff.values()))
        theirs.force_login(member.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    applied(alpen, found)
    assert {theirs.get(reverse(f"imports:{name}", args=[found.pk])).status_code for name in ("made", "changed", "gone")} == {404}
    assert "Nothing bears the mark of this import." in client.get(reverse("imports:gone", args=[found.pk])).content.decode()


def test_rows_that_hold_back_are_called_no_records_by_a_tap_and_taken_back_where_the_columns_are_chosen(
    alpen: Alpen, client: Client
) -> None:
    first, _page = checked(alpen, client, rows(1, 2), **{"complete-vehicle": "on"})
    applied(alpen, first)
    second, page = checked(alpen, client, rows(1) + b"Summe;;1 Kunde;\n", **{"complete-vehicle": "on"})
    assert 'name="says" value="summe"' in page
    tap = reverse("imports:no_records", args=[second.pk])
    refused = client.post(tap)
    form = refused.content.decode().split(f'action="{tap}"')[1].split("</form>")[0]
    assert (refused.status_code, "Please choose which rows are no records." in form, form.count("autofocus")) == (422, True, 1)
    assert client.get(tap, {"page": "2"}).headers["Location"] == f"{reverse('imports:show', args=[second.pk])}?page=2"
    client.post(tap, {"says": "summe"})
    with alpen.scope():
        running.dry_run(actor=alpen.actor("Max Mair"), import_id=second.pk)
    page = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert "Not everything that is missing is marked as gone." not in page
    assert "Would be marked as gone from the source" in page
    assert "No records: 1" in page
    assert "</span> · line 3</span>" in page
    assert 'id="rejected"' not in page
    client.post(tap, {"again": "summe"})
    with alpen.scope():
        running.dry_run(actor=alpen.actor("Max Mair"), import_id=second.pk)
    again = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert ("No records: 1" in again, 'id="rejected"' in again) == (False, True)
    client.post(tap, {"says": "summe"})
    with alpen.scope():
        running.dry_run(actor=alpen.actor("Max Mair"), import_id=second.pk)
    columns = client.get(reverse("imports:map", args=[second.pk])).content.decode()
    assert 'name="no-records" value="summe" checked' in columns
    assert "Rows that begin with “summe” are no records" in columns
    with alpen.scope():
        saved = SourceMapping.objects.get()
    assert "Rows that begin with “summe” are no records" in client.get(reverse("imports:versions", args=[saved.pk])).content.decode()
    client.post(reverse("imports:map", args=[second.pk]), MAPPED | {"do": "save", "complete-vehicle": "on"})
    with alpen.scope():
        assert load(SourceMapping.objects.get().mapping).no_records == ()


def test_the_numbers_of_what_is_new_and_changed_open_the_records_that_bear_them(
    alpen: Alpen, client: Client, django_assert_num_queries: Any
) -> None:
    first, _page = checked(alpen, client, rows(1, 2, 3))
    assert reverse("imports:made", args=[first.pk]) not in client.get(reverse("imports:show", args=[first.pk])).content.decode()
    applied(alpen, first)
    second = applied(alpen, came(alpen, rows(1, 2, 3).replace(b"BZ 001", b"BZ 011").replace(b"BZ 002", b"BZ 022")))
    made, changed = (reverse(f"imports:{name}", args=[each.pk]) for name, each in (("made", first), ("changed", second)))
    assert f'href="{made}"' in client.get(reverse("imports:show", args=[first.pk])).content.decode()
    told = client.get(reverse("imports:show", args=[second.pk])).content.decode()
    assert f'href="{changed}"' in told
    assert reverse("imports:made", args=[second.pk]) not in told
    assert told.count("Only their number is kept") == 1  # what is unchanged
    with django_assert_num_queries(QUERIES - 1):  # no marks
        people = client.get(made, {"what": "customer"}).content.decode()
    assert [number for number in ("K1", "K2", "K3") if f">{number}</td>" in people] == ["K1", "K2", "K3"]
    found = client.get(made, {"what": "vehicle", "q": "BZ003"}).content.decode()
    assert [vin for vin in ("AW000001", "AW000002", "AW000003") if vin in found] == ["AW000003"]
    cars = client.get(changed).content.decode()
    assert [vin for vin in ("AW000001", "AW000002", "AW000003") if vin in cars] == ["AW000001", "AW000002"]
    assert "still bear" not in cars
    third = applied(alpen, came(alpen, rows(1)))
    cars = client.get(changed).content.decode()
    assert [vin for vin in ("AW000001", "AW000002", "AW000003") if vin in cars] == ["AW000002"]
    assert "1 of 2 still bear the mark of this import." in cars
    with alpen.scope():
        car = Vehicle.objects.get(vin="WVWZZZ1KZAW000001")
    page = client.get(reverse("vehicles:vehicle", args=[car.pk])).content.decode()
    assert f"Came in with import {first.number} on" in page
    assert f'href="{reverse("imports:show", args=[third.pk])}">Last changed by import {third.number} on' in page
