"""What the standard rules make of real job lines, and why."""

import pytest

from forecourt.engines.audience import standard
from forecourt.engines.audience.lines import words_of
from forecourt.engines.audience.matching import Decision, Matcher, Words

STANDARD = Matcher(words_of(standard.rules()))


def kinds(text: str, code: str = "") -> list[str]:
    return [decision.work_kind for decision in STANDARD.match(code, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Inspektion nach Herstellervorgabe", ["inspection"]),
        ("INSPEKTION MIT ÖLWECHSEL 60.000 KM", ["inspection", "oil_service"]),
        ("Große Inspektion inkl. Oelwechsel", ["inspection", "oil_service"]),
        ("Wartungsdienst durchgeführt", ["inspection"]),
        ("Ölwechsel mit Filter", ["oil_service"]),
        ("Motorölwechsel", ["oil_service"]),
        ("Motoröl 5W30 LongLife 4,5 l", ["oil_service"]),
        ("Ölverlust prüfen", ["diagnosis"]),
        ("Motoröl nachgefüllt 0,5 l", []),
        ("Getriebeölwechsel Automatik", []),
        ("Klimainspektion", ["air_conditioning"]),
        ("HU/AU durchführen", ["statutory_test"]),
        ("TÜV-Abnahme inkl. Gebühren", ["statutory_test"]),
        ("Räderwechsel Sommer auf Winter", ["tyre_change"]),
        ("4 Winterreifen montieren und wuchten", ["tyre_change"]),
        ("Reifendruck geprüft", []),
        ("Rädereinlagerung Saison", ["tyre_storage"]),
        ("Bremsbeläge vorn erneuert", ["brakes"]),
        ("Bremsflüssigkeit wechseln", ["brake_fluid"]),
        ("Klimaservice mit Desinfektion", ["air_conditioning"]),
        ("Batterie ersetzt", ["battery"]),
        ("Batterie Funkschlüssel ersetzt", []),
        ("Fehlerspeicher auslesen", ["diagnosis"]),
        ("Rückrufaktion 23R5", ["recall"]),
        ("Rückruf Kunde wegen Terminwunsch", []),
        ("Dieselpartikelfilter DPF regeneriert", []),
        ("Tagliando 30.000 km", ["inspection"]),
        ("Tagliando con cambio olio e filtro", ["inspection", "oil_service"]),
        ("Sostituzione olio motore", ["oil_service"]),
        ("Olio mot. 5W40 lt 4", ["oil_service"]),
        ("Rabbocco olio motore", []),
        ("Perdita olio motore: controllo", []),
        ("Revisione ministeriale", ["statutory_test"]),
        ("Revisione motore completa", []),
        ("Regolazione fari safari", []),
        ("Cambio gomme invernali", ["tyre_change"]),
        ("Sostituzione pastiglie freni ant.", ["brakes"]),
        ("Ricarica clima", ["air_conditioning"]),
        ("Faro sinistro sostituito", []),
        ("Full service with engine oil and filter", ["inspection", "oil_service"]),
        ("Oil leak: engine oil checked", []),
        ("MOT test class 4", ["statutory_test"]),
        ("Oil service, MOT", ["oil_service", "statutory_test"]),
        ("Mot oil 5W40 4 l", ["oil_service"]),
        ("Customer motivated", []),
        ("Fit 2 new tyres", ["tyre_change"]),
        ("Tyre change winter to summer", ["tyre_change"]),
        ("Brake pads and discs front axle", ["brakes"]),
        ("Revizie periodică 30.000 km", ["inspection"]),
        ("Schimb ulei și filtru", ["oil_service"]),
        ("S-au înlocuit plăcuțele de frână", ["brakes"]),
        ("Înlocuire plăcuțe de frână față", ["brakes"]),
        ("Inspecție tehnică periodică ITP", ["statutory_test"]),
        ("Schimb anvelope iarnă", ["tyre_change"]),
        ("Încărcare freon climă", ["air_conditioning"]),
        ("4万公里保养", ["inspection"]),
        ("更换机油及机滤", ["oil_service"]),
        ("空调保养", ["air_conditioning"]),
        ("发动机机油渗漏检查", ["diagnosis"]),
        ("车辆年检代办", ["statutory_test"]),
        ("更换轮胎4条", ["tyre_change"]),
        ("前刹车片更换", ["brakes"]),
        ("", []),
    ],
)
def test_a_job_line_is_the_work_that_a_mechanic_would_call_it(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_it_says_which_word_decided() -> None:
    assert STANDARD.match("", "Inspektion nach Herstellervorgabe") == [Decision("inspection", "word", "*inspektion")]


def test_a_code_decides_before_a_word_and_in_spite_of_unless_words() -> None:
    assert STANDARD.match("OELW-15", "Getriebe") == [Decision("oil_service", "code", "OELW*")]
    assert STANDARD.match("oelw.15", "Ölwechsel") == [Decision("oil_service", "code", "OELW*")]


def test_a_code_without_a_star_must_be_the_whole_code() -> None:
    matcher = Matcher([Words("brakes", codes=["4711"])])
    assert matcher.match("47-11", "") == [Decision("brakes", "code", "4711")]
    assert matcher.match("47110", "") == []


def test_words_stand_alone_unless_a_star_opens_an_edge() -> None:
    matcher = Matcher([Words("particle_filter", words=["dpf"]), Words("lamps", words=["fari"])])
    assert [each.work_kind for each in matcher.match("", "DPF reinigen")] == ["particle_filter"]
    assert matcher.match("", "Handpfand, Safari, Tariffario") == []


def test_both_words_are_wanted_where_a_plus_stands() -> None:
    matcher = Matcher([Words("oil_service", words=["olio + sostit*"])])
    assert [each.value for each in matcher.match("", "Sostituito filtro e olio")] == ["olio + sostit*"]
    assert matcher.match("", "Olio controllato") == []


def test_unless_words_silence_their_own_rule_only() -> None:
    matcher = Matcher([Words("a", words=["oil"], unless_words=["leak"]), Words("b", words=["oil"])])
    assert [each.work_kind for each in matcher.match("", "oil leak")] == ["b"]


def test_umlauts_are_found_as_typed_without_them() -> None:
    matcher = Matcher([Words("oil_service", words=["ölwechsel"])])
    assert all(matcher.match("", text) for text in ("Ölwechsel", "OELWECHSEL", "Olwechsel"))
