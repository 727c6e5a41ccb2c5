"""Kinds of work and rules on pages: seen, tried on the history before they are kept, kept, taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forecourt.engines.audience import facts, layers, rules, trials
from forecourt.faces.staff.rules import draft as drafts
from forecourt.faces.staff.rules import writing
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, local
from tests.engines.audience.history import been

KIND = "inspection"
OURS = "inspection.de.*inspektion"
FORM = {"own": ["new0"], "new0.words": "Sorglospaket", "new0.codes": "4100-4199", "seen": "1", "do": "try"}


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2025-02-10", 50_000, "Inspektion nach Herstellervorgabe", ("4150", "Kleinteile"))
        been(alpen.panda, "2025-02-10", 50_000, "Sorglospaket", "Ölwechsel", "Fahrzeug gewaschen")
        facts.refresh(today=date(2026, 3, 2))
    return alpen


def write() -> str:
    return reverse("rules:write", args=[KIND])


def slot(dealer: Alpen) -> str:
    with dealer.scope():
        return next(part.slot for part in drafts.of_kind(KIND).ours if part.key == OURS)


def test_the_list_says_how_many_lines_each_kind_decides_and_is_searched_by_word(dealer: Alpen) -> None:
    client, address = signed_in(dealer, "read-only"), reverse("rules:list")
    page = client.get(address).content.decode()
    assert 'hx-get="/staff/rules/?counts=1"' in page
    assert "Inspection" in page
    counted = client.get(address, {"counts": 1}, headers={"HX-Request": "true"}).content.decode()
    assert counted.lstrip().startswith('<div id="kinds"')
    assert "3 lines are of no kind of work." in counted
    found = client.get(address, {"q": "Jahresservice"}).content.decode()
    assert "jahresservice" in found
    assert "Brakes" not in found
    assert "No work and no word is called so." in client.get(address, {"q": "qqqq"}).content.decode()


def test_a_dealer_without_history_is_told_where_it_comes_from(alpen: Alpen) -> None:
    client = signed_in(alpen, "marketing")
    page = client.get(reverse("rules:list"), {"counts": 1}).content.decode()
    assert "There is no history to read yet." in page
    assert reverse("imports:list") in page
    assert "Nobody has changed the rules yet." in client.get(reverse("rules:versions")).content.decode()


def test_a_trial_shows_before_and_after_and_keeps_nothing(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    piece = client.post(write(), FORM, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    for told in (
        "2 lines would be read otherwise",
        "2 cars",
        "Sorglospaket",
        "4150 Kleinteile",
        "by the code 4100–4199",
        "Nothing is saved yet.",
    ):
        assert told in piece, told
    whole = client.post(write(), FORM).content.decode()  # without script
    assert "<html" in whole
    assert "2 lines would be read otherwise" in whole
    with dealer.scope():
        assert (rules.own(), rules.number()) == ([], 1)


def test_a_long_trial_shows_how_far_it_came_and_goes_on_by_itself(dealer: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "BATCH", 1)
    monkeypatch.setattr(writing, "FIRST_LOOK_SECONDS", 0)
    client = signed_in(dealer, "marketing")
    first = client.post(write(), FORM, headers={"HX-Request": "true"}).content.decode()
    assert "1 of 5 texts" in first
    assert 'hx-trigger="load"' in first
    whole = client.post(write(), FORM | {"do": "all"}, headers={"HX-Request": "true"}).content.decode()
    assert "2 lines would be read otherwise" in whole
    assert 'hx-trigger="load"' not in whole


def test_what_is_saved_is_a_version_and_can_be_taken_back(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    key = slot(dealer)
    form = FORM | {
        "do": "save",
        "note": "Our package",
        f"{key}.words": "",
        f"{key}.without": ["jahresservice"],
        "never.unless_words": "gebucht",
    }
    saved = client.post(write(), form, follow=True).content.decode()
    assert "Saved as version 2." in saved
    assert "Your history is being read by the new rules." in saved
    with dealer.scope():
        [own] = [each for each in rules.own() if not each.standard]
        assert (own.words, own.codes) == (("Sorglospaket",), ("4100–4199",))
        assert {(each.standard, each.without, each.unless_words) for each in rules.own() if each.standard} == {
            (OURS, ("jahresservice",), ()), ("*", (), ("gebucht",)),
        }  # fmt: skip
        facts.refresh(today=date(2026, 3, 2))
    assert "Your history is read by the new rules." in client.get(reverse("rules:reading")).content.decode()
    page = client.get(reverse("rules:kind", args=[KIND])).content.decode()
    for told in ("decides 2 lines", "changed by you", "4100–4199"):
        assert told in page, told
    listed = client.get(reverse("rules:versions")).content.decode()
    for told in (
        "Inspection: words added: 4100–4199, Sorglospaket",
        "taken out of ours: jahresservice",
        "exceptions added: gebucht",
        "Our package",
    ):
        assert told in listed, told
    back = client.post(reverse("rules:restore", args=[1]), follow=True).content.decode()
    assert "These are the rules of version 1 again, now as version 3." in back
    with dealer.scope():
        assert rules.own() == []


def test_our_words_come_as_a_rule_is_opened_and_what_was_written_into_one_stays_on_the_page(dealer: Alpen) -> None:
    client, key, address = signed_in(dealer, "marketing"), slot(dealer), reverse("rules:kind", args=[KIND])
    page = client.get(address).content.decode()
    assert (f'name="{key}.words"' in page, f'hx-get="{address}?part={key}"' in page, "jahresservice" in page) == (False, True, False)
    piece = client.get(address, {"part": key}, headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in piece, f'name="{key}.words"' in piece, "jahresservice" in piece) == (False, True, True)
    assert "jahresservice" in client.get(address, {"part": "all"}).content.decode()  # without script
    written = client.post(write(), FORM | {"do": "add", f"{key}.words": "Rundumsorglos", f"{key}.without": ["jahresservice"]})
    assert ("Rundumsorglos" in (page := written.content.decode()), 'value="jahresservice" checked' in page) == (True, True)
    readable = signed_in(dealer, "read-only").get(address, {"part": key}, headers={"HX-Request": "true"}).content.decode()
    assert ("jahresservice" in readable, "<input" in readable) == (True, False)


def test_what_cannot_be_meant_stands_beside_its_field_and_nothing_typed_is_lost(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    wrong = client.post(write(), FORM | {"new0.codes": "4199-4100", "do": "save", "note": "Mine"})
    body = wrong.content.decode()
    assert wrong.status_code == 422
    for told in ("is turned round: write 4100–4199.", 'id="new0-own-codes-error"', "Sorglospaket", 'value="Mine"', "Nothing was saved."):
        assert told in body, told
    piece = client.post(write(), FORM | {"new0.words": "x"}, headers={"HX-Request": "true"})
    assert (piece.status_code, "too short" in piece.content.decode()) == (422, True)
    with dealer.scope():
        assert rules.number() == 1


def test_a_page_of_before_somebody_else_saved_does_not_overwrite(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    client.post(write(), FORM | {"do": "save"})
    late = client.post(write(), FORM | {"do": "save", "new0.words": "Anderes"})
    assert late.status_code == 422
    assert "Somebody else has changed these rules meanwhile." in late.content.decode()
    with dealer.scope():
        assert [each.words for each in rules.own()] == [("Sorglospaket",)]


def test_a_rule_more_and_a_rule_taken_away_work_without_script(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")
    grown = client.post(write(), FORM | {"do": "add"}).content.decode()
    assert 'name="new1.words"' in grown
    assert "Sorglospaket" in grown
    client.post(write(), FORM | {"do": "save"})
    with dealer.scope():
        [own] = rules.own()
    client.post(
        write(), {"own": ["own0"], "own0.id": str(own.id), "own0.words": "Sorglospaket", "own0.gone": "yes", "seen": "2", "do": "save"}
    )
    with dealer.scope():
        assert (rules.own(), rules.number()) == ([], 3)


def test_a_typed_line_is_answered_with_what_decides(dealer: Alpen) -> None:
    client, address = signed_in(dealer, "read-only"), reverse("rules:line")
    piece = client.post(address, {"line.text": "Ölwechsel mit Filter"}, headers={"HX-Request": "true"}).content.decode()
    assert "<strong>Oil service</strong>" in piece
    assert "by the word “ölwechsel + filter”" in piece
    assert "No kind of work" in client.post(address, {"line.text": "Kaffee"}).content.decode()
    drafted = client.post(address, FORM | {"line.kind": KIND, "line.text": "sorglospaket"}, headers={"HX-Request": "true"})
    assert "by the word “Sorglospaket”" in drafted.content.decode()
    wrong = client.post(address, FORM | {"line.kind": KIND, "line.text": "x y", "new0.words": "x"}, headers={"HX-Request": "true"})
    assert "too short" in wrong.content.decode()


def test_a_rule_being_written_is_made_ready_to_match_once(dealer: Alpen) -> None:
    client, form = signed_in(dealer, "marketing"), FORM | {"line.kind": KIND, "line.text": "sorglospaket"}
    client.post(reverse("rules:line"), form)
    made = rules._matcher.cache_info().misses
    client.post(reverse("rules:line"), form)
    client.post(write(), FORM, headers={"HX-Request": "true"})
    assert rules._matcher.cache_info().misses == made


def test_who_may_only_read_sees_the_rules_and_no_button(dealer: Alpen) -> None:
    client = signed_in(dealer, "read-only")
    page = client.get(reverse("rules:kind", args=[KIND]), {"part": "all"}).content.decode()
    assert "jahresservice" in page
    assert "Try on my history" not in page
    assert client.post(write(), FORM | {"do": "save"}).status_code == 403
    assert client.post(reverse("rules:restore", args=[1])).status_code == 403
    assert client.get(reverse("rules:kind", args=["nonsense"])).status_code == 404


def test_pages_ask_the_database_no_more_the_more_rules_there_are(dealer: Alpen) -> None:
    client = signed_in(dealer, "marketing")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("rules:kind", args=[KIND]))
            client.get(reverse("rules:list"), {"counts": 1})
            client.get(reverse("rules:versions"))
        return len(queries)

    asked()
    before = asked()
    with dealer.scope():
        for number in range(5):
            own = [replace(layers.begun(KIND), words=(f"Paket{number}{each}",)) for each in range(3)]
            rules.save(actor=dealer.system, work_kind=KIND, told=[*rules.own(KIND), *own], seen=99)
    assert asked() == before
