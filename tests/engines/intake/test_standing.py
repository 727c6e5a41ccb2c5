"""A customer's tier and what they look for: read from files in the words of five languages, put right by staff, and asked by segments."""

from collections.abc import Callable
from typing import Any

import pytest

from forecourt.engines.audience import facts, rules
from forecourt.engines.audience.segments import members
from forecourt.engines.intake import running
from forecourt.engines.intake.models import Import
from forecourt.kernel.conditions import Compare
from forecourt.kernel.errors import Refusal
from forecourt.records.people import customers, standing
from forecourt.records.people.models import Customer, CustomerCorrection
from tests.cast import Alpen, local
from tests.engines.intake.files import export, sent

HEADER = "Kundennummer;Name;Kundenstatus;Kundensegment"


def read(alpen: Alpen, *lines: str, header: str = HEADER) -> Import:
    return running.run(actor=alpen.system, import_id=sent(alpen.system, export(*lines, header=header, encoding="utf-8")).pk)


def known(number: str) -> tuple[str, str]:
    return Customer.objects.values_list("tier", "looks_for").get(number=number)


@pytest.mark.parametrize(
    ("tier", "looks_for", "told"),
    [
        ("Gold", "Fahrfreude", ("gold", "pleasure")), ("PLATIN", "exklusiv", ("exclusive", "exclusive")), ("argento", "qualità", ("silver", "quality")),
        ("bronze", "preisbewusst", ("standard", "price")), ("金卡", "性价比", ("gold", "price")), ("Aur", "calitate", ("gold", "quality")), ("", "", ("", "")),
    ],
)  # fmt: skip
def test_files_say_it_in_their_own_words(alpen: Alpen, tier: str, looks_for: str, told: tuple[str, str]) -> None:
    with alpen.scope():
        read(alpen, f"4711;Maria Moser;{tier};{looks_for}")
        assert known("4711") == told


def test_an_unknown_word_is_left_out_and_said_and_a_blank_cell_takes_nothing_away(alpen: Alpen) -> None:
    with alpen.scope():
        read(alpen, "4711;Maria Moser;Gold;Qualität")
        odd = read(alpen, "4711;Maria Moser;Rubin;")
        assert (known("4711"), odd.rows_rejected, odd.rows_remarked) == (("gold", "quality"), 0, 1)


def test_what_staff_say_stands_against_the_next_file(alpen: Alpen) -> None:
    with alpen.scope():
        read(alpen, "4711;Maria Moser;Silber;Preis")
        person = Customer.objects.get(number="4711")
        customers.change(actor=alpen.alice, customer_id=person.pk, tier="exclusive")
        read(alpen, "4711;Maria Moser;Gold;Qualität")
        assert known("4711") == ("exclusive", "quality")
        customers.release(actor=alpen.alice, customer_correction_id=CustomerCorrection.objects.get(customer=person).pk)
        assert known("4711") == ("gold", "quality")
        with pytest.raises(Refusal) as refused:
            customers.change(actor=alpen.alice, customer_id=person.pk, tier="ruby")
        assert (refused.value.code, known("4711")) == ("unknown_word", ("gold", "quality"))


def test_a_segment_asks_for_both(alpen: Alpen, set_clock: Callable[[Any], None]) -> None:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        customers.change(actor=alpen.alice, customer_id=alpen.dana.pk, tier="gold", looks_for="quality")
        facts.refresh()
        theirs = members.count(actor=alpen.alice, of=Compare("tier", "eq", "gold"))
        assert theirs == members.count(actor=alpen.alice, of=Compare("looks_for", "eq", "quality")) > 0
        assert members.count(actor=alpen.alice, of=Compare("tier", "eq", "silver")) == 0


def test_every_word_a_file_may_use_is_one_that_a_record_may_hold() -> None:
    from forecourt.engines.intake import words

    assert (set(words.TIERS.values()), set(words.LOOKS_FOR.values())) == (set(standing.WORDS["tier"]), set(standing.WORDS["looks_for"]))
