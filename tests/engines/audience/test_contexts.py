"""What stands beside a word so that no such work was done, in five languages, and where that ends."""

import pytest

from forecourt.engines.audience.matching import Decision, Matcher, Words
from tests.engines.audience.test_matching import STANDARD, kinds

OIL = Matcher([Words("oil_service", words=["öl", "*ölwechsel"])])


@pytest.mark.parametrize(
    "text",
    [
        "Kein Ölwechsel", "Ölwechsel nicht durchgeführt", "Kunde lehnt Inspektion ab", "Ölwechsel abgelehnt",
        "senza cambio olio", "Cliente rifiuta sostituzione pastiglie", "cambio olio non eseguito", "no oil change", "brake pads declined",
        "fără schimb ulei", "nu s-a efectuat schimbul de ulei", "未更换机油", "客户拒绝更换刹车片", "无召回",
    ],
)  # fmt: skip
def test_what_is_denied_was_not_done(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Kostenvoranschlag Bremsen vorn", "KV Unfallschaden erstellt", "preventivo sostituzione freni", "quote for brake pads", "Deviz frane", "刹车片报价",
        "Bremsbeläge demnächst fällig", "pastiglie usurate da sostituire", "recommended: front tyres", "建议更换轮胎",
        "Nächste HU 05/27", "MOT due", "prossimo tagliando a 60000", "urmatoarea revizie la 90000", "下次保养",
        "Serviceanzeige zurückgesetzt", "azzeramento tagliando", "reset service light", "保养灯归零",
        "Bremsbeläge geprüft i.O.", "brake pads checked ok", "pastiglie controllate", "placute verificate ok 60%", "检查刹车片厚度正常",
        "Leihwagen während Inspektion", "Radschrauben nach Radwechsel nachgezogen", "Termin Inspektion vereinbart", "nu merge clima (client)",
    ],
)  # fmt: skip
def test_what_is_offered_advised_announced_or_looked_at_was_not_done(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Inspektion ohne Ölwechsel", ["inspection"]),
        ("Bremsbeläge vorn gewechselt, hinten empfohlen", ["brakes"]),
        ("Bremsbeläge geprüft und erneuert", ["brakes"]),
        ("check brake pads, worn, replaced", ["brakes"]),
        ("检查刹车片并更换", ["brakes"]),
        ("Bremsbeläge laut KVA erneuert", ["brakes"]),
        ("HU ohne Mängel", ["statutory_test"]),
        ("Diagnose und KVA erstellt", ["diagnosis"]),
        ("Rückruf Bremsschlauch durchgeführt", ["recall"]),
        ("Insp. und Rückrufaktion", ["inspection", "recall"]),
        ("nessun richiamo presente, fatto tagliando", ["inspection"]),
        ("brake fluid tested 3% - replaced", ["brake_fluid"]),
        ("Bremsbeläge vorn 5mm", []),
        ("Brakes squealing, cleaned and greased", ["brakes"]),
    ],
)
def test_a_context_ends_where_the_line_says_that_it_was_done_or_speaks_of_something_else(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("oil service, brakes advised", ["oil_service"]),
        ("Inspektion gemacht, Reifen demnächst fällig", ["inspection"]),
        ("cambio gomme, batteria consigliata", ["tyre_change"]),
        ("换机油，轮胎下次", ["oil_service"]),
        ("Bremsen und Reifen empfohlen", []),
        ("刹车片和轮胎建议更换", []),
        ("Brakes advised, oil service done", ["oil_service"]),
        ("deviz frane, ulei schimbat", ["oil_service"]),
        ("Interim service, quote for tyres", ["inspection"]),
        ("MOT done, cust declined oil service", ["statutory_test"]),
        ("保养，建议换刹车油", ["inspection"]),
        ("刹车片建议更换，机油已换", ["oil_service"]),
        ("battery replaced, a/c regas postponed", ["battery"]),
        ("KBA-Rückruf 11837R, Bremsschlauch ersetzt", ["recall"]),
    ],
)
def test_what_is_said_beside_the_nearest_work_is_not_said_of_another(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oil & filter only today. Cambelt overdue - told, doesn't want doing", ["oil_service"]),
        ("Ölwechsel gemacht, Zahnriemen überfällig", ["oil_service"]),
        ("brake fluid + battery, drop links noted for next time", ["battery", "brake_fluid"]),
        ("cambio olio, biellette consigliate", ["oil_service"]),
        ("facut uleiul, EGR-ul amanat", ["oil_service"]),
        ("换机油，减震下次换", ["oil_service"]),
        ("Zahnriemen und Ölwechsel abgelehnt", []),
    ],
)
def test_what_is_said_beside_a_job_of_no_kind_is_not_said_of_the_work_before_it(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_a_denial_reaches_two_words_and_not_past_a_joiner() -> None:
    assert OIL.match("", "ohne teuren neuen Ölwechsel") == []
    assert OIL.match("", "ohne alle teuren guten Ölwechsel") == [Decision("oil_service", "word", "*ölwechsel")]
    assert OIL.match("", "ohne Rabatt, aber Ölwechsel") == [Decision("oil_service", "word", "*ölwechsel")]


def test_a_word_that_stands_elsewhere_too_still_decides() -> None:
    assert OIL.match("", "kein Ölwechsel Getriebe sondern Motor Ölwechsel") == [Decision("oil_service", "word", "*ölwechsel")]


def test_a_code_decides_whatever_is_said_beside_it() -> None:
    assert STANDARD.match("OELW1", "kein Ölwechsel") == [Decision("oil_service", "code", "OELW*")]
