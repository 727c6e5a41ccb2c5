"""Whoever was erased does not come back with the next file of the dealer's own system, and comes back by an act with a reason alone."""

from pathlib import Path
from typing import Any

import pytest

from forecourt.engines.intake import reading_along, rejections, running
from forecourt.engines.intake.models import Import, RejectedRow
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.history.models import Visit
from forecourt.records.people import digests, erased, erasures
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import twins
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditEntry, Event, StoredFile
from tests.cast import Alpen, Rosso
from tests.engines.intake.files import ANNA, ANNAS_GOLF, LINES, counts, export, sent

WORDS = ("1001", "Anna", "Müller", "anna@example.org", "3331112223", "Königstraße", "WVWZZZ1KZAW123456", "BZ 111 AA")


@pytest.fixture
def max_mair(alpen: Alpen, settings: Any, tmp_path: Path) -> Actor:
    """The manager, who may import, with a data folder of the test's own."""
    settings.DATA = tmp_path
    return alpen.actor("Max Mair")


@pytest.fixture
def without_anna(alpen: Alpen, max_mair: Actor) -> Import:
    """Anna and Bruno came with a file, Anna was erased, and the same file comes again."""
    with alpen.scope():
        imported(max_mair, export())
        erase(alpen, "1001")
        return imported(max_mair, export())


def imported(actor: Actor, content: bytes, **more: Any) -> Import:
    return running.run(actor=actor, import_id=sent(actor, content, **more).pk)


def erase(alpen: Alpen, number: str) -> None:
    customer = Customer.objects.get(number=number)
    wanted = erasures.request(actor=alpen.actor("Anna Amort"), customer_id=customer.pk, reason="asked")
    assert erasures.carry_out(erasure_id=wanted.pk)


def annas(**other: str) -> str:
    """A line of Anna's with something else in it."""
    line = f"{ANNA};{ANNAS_GOLF};BOZ;A-9;31.12.2025;02.01.2026;55.210;1;L;0100;Inspektion;1,50;1;180,00"
    for before, after in other.items():
        line = line.replace({"number": "1001", "name": "Anna;Müller", "mail": "anna@example.org", "mobile": "+39 333 1112223",
                             "street": "Königstraße 1"}[before], after)  # fmt: skip
    return line


def test_the_next_file_leaves_an_erased_person_out_with_all_that_it_says_of_them(alpen: Alpen, without_anna: Import) -> None:
    with alpen.scope():
        assert counts(without_anna) == {"read": 3, "created": 0, "updated": 0, "unchanged": 1, "rejected": 0}
        assert (without_anna.rows_erased, without_anna.state) == (2, "applied")
        assert list(Customer.objects.filter(kind="private", first_name__in=("Anna", "Bruno")).values_list("number", flat=True)) == ["1002"]
        assert Vehicle.objects.filter(vin="WVWZZZ1KZAW123456").count() == 0
        assert [(row.line, row.reason_code, row.cells, row.value, row.column) for row in RejectedRow.objects.all()] == [
            (2, "was_erased", [], "", ""), (3, "was_erased", [], "", ""),
        ]  # fmt: skip
        assert RejectedRow.objects.first().reason.startswith("Not taken: this person was erased on ")  # type: ignore[union-attr]
        assert Event.objects.filter(name="intake.import_applied").order_by("pk").last().values["rows_erased"] == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("has_twin", [True, False])
def test_an_erased_person_stays_out_of_a_file_that_is_read_in_several_blocks(
    alpen: Alpen, max_mair: Actor, without_anna: Import, monkeypatch: pytest.MonkeyPatch, *, has_twin: bool
) -> None:
    monkeypatch.setattr(reading_along, "ROWS", 2)
    monkeypatch.setattr(reading_along, "_WORTH_ROWS", 0)
    monkeypatch.setattr(twins, "is_of_use", lambda: has_twin)
    brunos = [LINES[2].replace("A-2", f"B-{number}") for number in range(4)]
    with alpen.scope():
        done = imported(max_mair, export(brunos[0], LINES[0], brunos[1], annas(number="7777"), brunos[2], LINES[1], brunos[3]))
        assert (counts(done)["read"], done.rows_created, done.rows_erased) == (7, 4, 3)
        assert set(Visit.objects.values_list("number", flat=True)) == {"A-1", "A-2", "B-0", "B-1", "B-2", "B-3"}  # what was before stays
        assert Customer.objects.filter(last_name="Müller").count() == 0
        assert Vehicle.objects.filter(vin="WVWZZZ1KZAW123456").count() == 0


def test_a_dry_run_says_the_same_and_keeps_the_file(alpen: Alpen, max_mair: Actor, without_anna: Import) -> None:
    with alpen.scope():
        looked = running.dry_run(actor=max_mair, import_id=sent(max_mair, export()).pk)
        assert (looked.state, looked.rows_erased) == ("checked", 2)
        assert looked.stored_file is not None


def test_nothing_of_the_person_is_kept_of_that_file_or_in_the_list(alpen: Alpen, max_mair: Actor, without_anna: Import) -> None:
    with alpen.scope():
        assert (without_anna.stored_file, StoredFile.objects.count()) == (None, 0)
        kept = erased.path().read_text() + repr(list(RejectedRow.objects.values())) + repr(list(Import.objects.values()))
        assert [word for word in WORDS if word in kept] == []


def test_the_wrong_rows_of_such_a_file_can_still_be_corrected_and_the_erased_ones_are_not_among_them(
    alpen: Alpen, max_mair: Actor, without_anna: Import
) -> None:
    wrong = LINES[2].replace("15.03.2025", "45.03.2025", 1)
    with alpen.scope():
        done = imported(max_mair, export(LINES[0], wrong))
        assert (done.rows_erased, done.rows_rejected) == (1, 1)
        body = rejections.rejected_file(actor=max_mair, import_id=done.pk).decode("utf-8-sig")
        assert body.splitlines()[0].startswith("Kd-Nr.;Anrede;")
        assert "45.03.2025" in body
        assert "Müller" not in body


@pytest.mark.parametrize(
    "line",
    [
        annas(number="7777"),
        annas(number="7777", mail=""),
        annas(number="7777", mail="", mobile=""),
        annas(name="A.;Mueller", mobile="", street="anderswo"),
        annas(number="7777", name="Anna Maria;Müller"),
    ],
    ids=["another number", "name and mobile", "name and address", "the number alone", "the mail alone"],
)
def test_another_spelling_does_not_bring_the_person_back(alpen: Alpen, max_mair: Actor, without_anna: Import, line: str) -> None:
    with alpen.scope():
        assert imported(max_mair, export(line)).rows_erased == 1
        assert Customer.objects.filter(last_name__in=("Müller", "Mueller")).count() == 0


def test_who_shares_the_telephone_of_an_erased_person_is_taken(alpen: Alpen, max_mair: Actor, without_anna: Import) -> None:
    with alpen.scope():
        done = imported(max_mair, export(annas(number="1003", name="Otto;Müller", mail="otto@example.org")))
        assert (done.rows_erased, done.rows_created) == (0, 1)


def test_who_is_a_customer_now_is_taken_also_with_the_mail_of_an_erased_person(alpen: Alpen, max_mair: Actor, without_anna: Import) -> None:
    with alpen.scope():
        Customer.objects.filter(number="1002").update(email="anna@example.org")
        done = imported(max_mair, export(LINES[2].replace("bruno@example.org", "anna@example.org")))
        assert (done.rows_erased, done.rows_unchanged) == (0, 1)


def test_another_source_or_dealer_with_the_same_number_is_somebody_else(
    alpen: Alpen, rosso: Rosso, max_mair: Actor, without_anna: Import
) -> None:
    other = annas(name="Zita;Zoller", mail="zita@example.org", mobile="+39 333 9998887", street="Gasse 9")
    with alpen.scope():
        assert imported(max_mair, export(other), source="another").rows_erased == 0
    with rosso.scope():
        assert list(erased.standing(rosso.organisation.pk)) == []


def test_a_new_contract_brings_the_person_back_with_the_next_file_and_says_who_and_why(
    alpen: Alpen, max_mair: Actor, without_anna: Import
) -> None:
    with alpen.scope():
        row = RejectedRow.objects.get(line=2)
        rejections.welcome_back(actor=max_mair, row_id=row.pk, reason="contract")
        with pytest.raises(NotFound):
            rejections.welcome_back(actor=max_mair, row_id=row.pk, reason="contract")
        entry = AuditEntry.objects.get(act="people.person_returned")
        assert (entry.actor_id, entry.values["reason"]) == (max_mair.id, "contract")
        assert Event.objects.get(name="people.person_returned").values["reason"] == "contract"
        done = imported(max_mair, export(LINES[0], annas()))
        assert (done.rows_erased, Customer.objects.filter(email="anna@example.org").count()) == (0, 1)
        # What was before the erasure stays nobody's; only the new order is theirs.
        assert list(Visit.objects.filter(customer__email="anna@example.org").values_list("number", flat=True)) == ["A-9"]


def test_a_number_given_to_somebody_else_lets_them_in_and_the_erased_person_stays_out(
    alpen: Alpen, max_mair: Actor, without_anna: Import
) -> None:
    zita = annas(name="Zita;Zoller", mail="zita@example.org", mobile="+39 333 9998887", street="Gasse 9")
    with alpen.scope():
        kept_out = imported(max_mair, export(zita))
        row = RejectedRow.objects.get(of_import=kept_out)
        rejections.welcome_back(actor=max_mair, row_id=row.pk, reason="somebody_else")
        assert imported(max_mair, export(zita)).rows_erased == 0
        assert imported(max_mair, export(annas(number="7777"))).rows_erased == 1


def test_coming_back_needs_a_reason_and_the_right(alpen: Alpen, max_mair: Actor, without_anna: Import) -> None:
    with alpen.scope():
        row = RejectedRow.objects.get(line=2)
        with pytest.raises(Refusal, match="say why"):
            rejections.welcome_back(actor=max_mair, row_id=row.pk, reason="")
        with pytest.raises(NotPermitted):
            rejections.welcome_back(actor=alpen.actor("Bob Brenner"), row_id=row.pk, reason="contract")
        assert imported(max_mair, export()).rows_erased == 2


def test_without_the_key_of_the_list_no_file_is_taken(alpen: Alpen, max_mair: Actor, without_anna: Import) -> None:
    (erased.path().parent / "key").unlink()
    with alpen.scope():
        with pytest.raises(Refusal) as refusal:
            imported(max_mair, export())
        assert refusal.value.code == "erasures_unreadable"
        assert Customer.objects.filter(email="anna@example.org").count() == 0


def test_turning_the_keys_keeps_the_list_readable(alpen: Alpen, max_mair: Actor, without_anna: Import, settings: Any) -> None:
    new = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
    settings.SEAL_KEYS = (new, *settings.SEAL_KEYS)
    assert digests.renew_seal() == 1
    settings.SEAL_KEYS = (new,)
    with alpen.scope():
        assert imported(max_mair, export()).rows_erased == 2
