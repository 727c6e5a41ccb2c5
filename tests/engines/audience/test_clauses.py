"""What commas, colons and brackets say: lists of what was not done, clauses of their own, and works that are joined."""

import pytest

from forecourt.engines.audience import clauses, needles
from forecourt.engines.audience.lines import Lines
from forecourt.engines.audience.matching import Decision
from forecourt.kernel.identifiers import normal_words
from tests.engines.audience.test_matching import STANDARD, kinds


def read(line: str) -> clauses.Clauses:
    return clauses.read(line, needles.searchable(normal_words(line)), lambda words: words)


@pytest.mark.parametrize(
    "text",
    [
        "Nicht gemacht: Bremsen vo.", "Nicht durchgeführt: Ölwechsel, Bremsflüssigkeit", "Entfällt: Klimaservice, HU", "Vom Kunden abgelehnt: Klimadesinfektion, BFL",
        "not done: brake fluid", "Declined: air con service, brake fluid", "Outstanding: brake fluid, regas (cust to call back)",
        "non eseguito: cambio olio", "In sospeso: liq. freni, ricarica clima (cliente richiama)", "Da fare: pastiglie post., gomme",
        "nu s-a efectuat: schimb ulei", "De făcut: plăcuțe spate, anvelope", "Rămase: lichid frână, încărcare clima",
        "未做: 更换机油", "未做项目：更换机油、刹车油", "待做: 刹车油, 空调加氟(客户再联系)",
    ],
)  # fmt: skip
def test_a_list_under_not_done_was_not_done(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gemacht: ÖW, Insp. / nicht gemacht: Bremsen", ["inspection", "oil_service"]),
        ("Full svc; not done: brake fluid", ["inspection"]),
        ("Fatto: cambio olio, revisione. Non fatto: freni post.", ["oil_service", "statutory_test"]),
        ("Efectuat: schimb ulei, ITP. Neefectuat: frâne spate", ["oil_service", "statutory_test"]),
        ("大保养;未做:刹车油", ["inspection"]),
        ("Bremsen nicht gemacht: Kunde hat keine Zeit", []),
        ("Kein Kaltstart: Batterie ersetzt", ["battery"]),
    ],
)
def test_such_a_list_is_not_what_stands_before_it_and_a_reason_is_no_list(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ölservice (ohne Insp.), Räderwechsel", ["oil_service", "tyre_change"]),
        ("Regas a/c (cust declined sanitise)", ["air_conditioning"]),
        ("空调加氟(客户不做杀菌)", ["air_conditioning"]),
        ("只换机油(不做保养), 换冬胎", ["oil_service", "tyre_change"]),
        ("KVA erstellt f. Kotflügel lackieren, heute nur HU", ["statutory_test"]),
        ("Deviz făcut pt. vopsit aripă, azi doar ITP", ["statutory_test"]),
        ("Chip in windscreen repaired, replacement declined", ["body"]),
        ("Cambio olio, freni consigliati", ["oil_service"]),
        ("Batt. schwach, Kd. lehnt Ersatz ab", []),
        ("换机油5W30,轮胎下次换", ["oil_service"]),
        ("Rückruf durchgeführt, Bremsbeläge erneuert", ["brakes", "recall"]),
        ("Ricarica clima, cambio gomme", ["air_conditioning", "tyre_change"]),
        ("Bumper painted, recall carried out", ["body", "recall"]),
        ("Rückruf: Bremsschlauch ersetzt", ["recall"]),
    ],
)
def test_what_is_said_in_one_clause_is_not_said_of_another(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bremsen & Reifen empfohlen, Batterie getauscht", ["battery"]),
        ("Brakes/tyres declined - LOF only", ["oil_service"]),
        ("Weder Ölwechsel noch Bremsflüssigkeit gemacht", []),
        ("Non cambiato né olio né liquido freni", []),
        ("机油、刹车片建议下次更换", []),
    ],
)
def test_what_is_said_behind_joined_works_is_said_of_all(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Customer declined front pads and brake fluid", []),
        ("Kunde lehnt Bremsflüssigkeit und Klimaservice ab", []),
        ("Cliente rifiuta tagliando e liquido freni", []),
        ("Clientul refuză plăcuțe și lichid frână", []),
        ("客户拒绝更换刹车片和电瓶", []),
        ("Customer declined brake fluid and front pads fitted", ["brakes"]),
        ("Declined MOT and fitted front pads", ["brakes"]),
        ("Declined MOT and front pads replaced", ["brakes"]),
        ("Declined front discs and pads replaced", ["brakes"]),
    ],
)
def test_what_is_denied_of_a_work_is_denied_of_those_joined_to_it_unless_they_were_done(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tagliando ok, consigliati ammortizzatori", ["inspection"]),
        ("ITP trecut, recomandat bielete", ["statutory_test"]),
        ("Diag done, repair quoted: EGR valve", ["diagnosis"]),
        ("Umiditate lichid frână 3,8% - de făcut la următoarea revizie", []),
    ],
)
def test_what_opens_a_clause_is_said_of_the_work_that_the_clause_names(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_what_is_said_of_the_work_before_it_heads_no_list_behind_a_semicolon() -> None:
    assert kinds("Batterie schwach, Ersatz der Batterie empfohlen; Inspektion nach Plan") == ["inspection"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Öl+Filter, Intervall reset", ["oil_service"]),
        ("Olio e filtri, rabbocco AdBlue", ["oil_service"]),
        ("Oil service interval reset", []),
        ("Motoröl nachgefüllt", []),
    ],
)
def test_a_reset_or_a_top_up_is_said_of_nothing_in_another_clause(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wintercheck: Batterie, Frostschutz, Reifen", ["inspection"]),
        ("Wintercheck (Frostschutz, Batterie, Licht)", ["inspection"]),
        ("Controllo inverno: antigelo, batteria, luci", ["inspection"]),
        ("冬季检查（防冻液、电瓶、灯光）", ["inspection"]),
        ("Wintercheck: Licht; Batterie ersetzt", ["battery", "inspection"]),
        ("Wintercheck: Batterie ersetzt", ["battery", "inspection"]),
    ],
)
def test_what_a_check_up_looks_at_is_no_work_of_its_own(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bremssattel hi. li. ersetzt, Garantie abgelehnt", ["brakes"]),
        ("Goodwill declined by mfr, a/c compressor fitted", ["air_conditioning"]),
        ("右后分泵更换,厂家拒绝索赔", ["brakes"]),
        ("Diagnosi airbag, riparazione non autorizzata", ["diagnosis"]),
        ("电瓶检测正常,未更换", ["battery"]),
    ],
)
def test_a_warranty_refused_is_no_work_refused(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("front pads replaced, tyre storage", ["brakes", "tyre_storage"]),
        ("Bremsbeläge ersetzt, Reifen einlagern", ["brakes", "tyre_storage"]),
        ("pastiglie sostituite, deposito gomme", ["brakes", "tyre_storage"]),
        ("plăcuțe schimbate, depozit anvelope", ["brakes", "tyre_storage"]),
        ("换机油,雪地胎寄存", ["oil_service", "tyre_storage"]),
        ("tyre worn, replaced; MOT", ["statutory_test", "tyre_change"]),
        ("Reifen abgefahren, ersetzt", ["tyre_change"]),
    ],
)
def test_a_rule_of_two_words_takes_none_from_clauses_on_other_jobs(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MOT + rear pads for MOT", ["brakes", "statutory_test"]),
        ("不换机油,只换机滤", ["oil_service"]),
        ("rear pads for MOT", ["brakes"]),
        ("不换机油", []),
    ],
)
def test_what_silences_a_word_in_its_own_clause_leaves_those_of_others_alone(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_it_still_says_which_word_decided() -> None:
    assert STANDARD.match("", "Ölservice, Bremsen empfohlen") == [Decision("oil_service", "word", "ölservice*")]


def test_marks_stand_where_words_of_the_searchable_text_part() -> None:
    line = "Öl, Filter (neu): 1,5 l; Brems. vorn"
    assert needles.searchable(normal_words(line)) == " ol filter neu 0 l brems vorn "
    found = read(line)
    assert found.between(0, 100) == ",():;~"
    assert (found.begin(4), found.end(10), found.is_open(11)) == (3, 10, True)


def test_a_point_behind_a_short_word_ends_no_clause() -> None:
    assert not read("Insp. lt. Plan").parts(0, 99)
    assert read("Service done. Brakes next").parts(0, 99)
    assert read("MOT. Not done").parts(0, 99)


def test_a_line_is_remembered_with_its_marks() -> None:
    lines = Lines()
    assert lines.answer("", "Cambio olio, freni consigliati").kinds == ("oil_service",)
    assert lines.answer("", "Cambio olio freni consigliati").kinds == ()
