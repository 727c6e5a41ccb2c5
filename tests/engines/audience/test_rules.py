"""The two layers of rules: what is in force, what may be said, versions and the way back."""

from dataclasses import replace
from typing import Any

import pytest

from forecourt.engines.audience import layers, rules, standard
from forecourt.engines.audience.codes import Book, span, tidied
from forecourt.engines.audience.layers import WHOLE_KIND, Own, begun
from forecourt.engines.audience.matching import Matcher
from forecourt.engines.audience.models import Rule, RuleVersion
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.runtime.models import AuditEntry
from tests.cast import Alpen, Rosso

INSPECTION = "inspection.de.*inspektion"


def own(**said: Any) -> Own:
    return replace(begun("inspection", standard=said.pop("standard", "")), **{"words": ("Sorglospaket",)} | said)


def changed(**said: Any) -> Own:
    return own(standard=INSPECTION, **{"words": ()} | said)


def kinds(told: list[Own], text: str, code: str = "") -> list[str]:
    """By the rules in force of two kinds: all of them take their time to be made ready."""
    some = [rule for rule in layers.in_force(told) if rule.work_kind in {"inspection", "oil_service"}]
    return [each.work_kind for each in Matcher(some).match(code, text)]


# -- codes --


@pytest.mark.parametrize(
    ("written", "code", "is_one"),
    [
        ("4100–4199", "4100", True),
        ("4100–4199", "41 50", True),
        ("4100–4199", "4199", True),
        ("4100–4199", "4200", False),
        ("4100–4199", "41500", False),
        ("4100–4199", "A4150", False),
        ("4100–4199", "", False),
        ("KD10–KD25", "kd-17", True),
        ("KD10–KD25", "KD26", False),
        ("1–100", "42", True),
        ("KD*", "KD1700", True),
        ("12-34", "1234", True),
    ],
)
def test_a_code_is_in_a_range_by_its_number(written: str, code: str, is_one: bool) -> None:
    from forecourt.kernel.identifiers import normal_code

    assert bool(list(Book([(0, written)]).find(normal_code(code)))) is is_one


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("4100-4199", "4100–4199"), (" 4100 .. 4199", "4100–4199"), ("A100 - A199", "A100–A199"), ("12-34", "12-34"), ("12-289", "12-289")],
)
def test_a_range_may_be_typed_with_the_key_at_hand(typed: str, kept: str) -> None:
    assert tidied(typed) == kept
    assert (span(kept) is not None) is ("–" in kept)


# -- layers --


def test_ours_decide_without_a_word_of_the_dealer() -> None:
    assert kinds([], "Inspektion") == ["inspection"]
    assert Matcher(layers.ours("inspection")).match("", "Inspektion")[0].rule == INSPECTION


def test_a_dealer_s_own_rule_stands_on_top() -> None:
    rule = own(codes=("4100–4199",), unless_words=("verkauft",))
    assert kinds([rule], "Sorglospaket") == kinds([rule], "xyz", "4150") == ["inspection"]
    assert kinds([rule], "Sorglospaket verkauft") == []
    assert kinds([replace(rule, is_active=False)], "Sorglospaket") == []


def test_one_of_ours_is_changed_taken_apart_and_switched_off() -> None:
    assert kinds([changed(words=("Rundumpaket",))], "Rundumpaket") == ["inspection"]
    assert kinds([changed(without=("jahresservice",))], "Jahresservice") == []
    assert kinds([changed(without=("jahresservice",))], "Inspektion") == ["inspection"]
    assert kinds([changed(is_active=False)], "Inspektion") == []


def test_an_exception_for_a_whole_kind_silences_all_its_rules() -> None:
    never = own(standard=WHOLE_KIND, words=(), unless_words=("gebucht",))
    assert kinds([never], "Inspektion gebucht, Ölwechsel") == ["oil_service"]
    assert kinds([never, own()], "Sorglospaket gebucht") == []


def test_a_better_rule_of_the_product_reaches_a_dealer_who_changed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    better = [{**rule, "words": [*rule["words"], "durchsichtsdienst"]} for rule in standard.rules() if rule["key"] == INSPECTION]
    monkeypatch.setattr(standard, "rules", lambda: tuple(better))
    told = [changed(words=("Rundumpaket",), without=("jahresservice",))]
    assert kinds(told, "Durchsichtsdienst") == kinds(told, "Rundumpaket") == ["inspection"]
    assert kinds(told, "Jahresservice") == []


def test_words_added_to_a_rule_that_the_product_no_longer_has_go_on_deciding() -> None:
    gone = own(standard="inspection.de.gone", words=("Rundumpaket",), without=("jahresservice",))
    assert kinds([gone], "Rundumpaket") == kinds([gone], "Jahresservice") == ["inspection"]
    assert [(each.standard, each.words) for each in layers.settled([gone, replace(gone, words=())])] == [("", ("Rundumpaket",))]


def test_our_keys_are_each_one_s_own() -> None:
    keys = [rule["key"] for rule in standard.rules()]
    assert len(set(keys)) == len(keys)
    assert max(map(len, keys)) <= 120


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("word_too_short", own(words=("a",))),
        ("word_too_short", own(words=("*ab",))),
        ("word_too_short", own(words=("öl + b",))),
        ("word_too_short", own(words=("换",))),
        ("word_too_short", own(words=("12345",))),  # reads 0, as every long number does
        ("word_empty", own(words=("***",))),
        ("word_too_long", own(words=("x" * 81,))),
        ("word_both", own(words=("Sorglospaket",), unless_words=("sorglospaket",))),
        ("range_turned", own(codes=("4199-4100",))),
        ("range_wrong", own(codes=("A100–B200",))),
        ("code_empty", own(codes=("*",))),
        ("code_star", own(codes=("4*1",))),
        ("rule_empty", own(words=(), unless_words=("verkauft",))),
        ("word_of_ours", own(standard=WHOLE_KIND, words=(), unless_words=("*Inspektion",))),
        ("too_many", own(words=tuple(f"wort{each}" for each in range(401)))),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_name(code: str, said: Own) -> None:
    with pytest.raises(Refusal) as refused:
        layers.cleaned([said])
    assert refused.value.code == code
    assert refused.value.facts["rule"] == (said.standard or str(said.id))


def test_an_exception_of_the_kind_and_a_word_of_a_rule_are_both_sides_too() -> None:
    with pytest.raises(Refusal, match="both sides"):
        layers.cleaned([own(), own(standard=WHOLE_KIND, words=(), unless_words=("Sorglospaket",))])


def test_what_is_typed_is_tidied_and_what_says_nothing_is_dropped() -> None:
    [kept] = layers.cleaned([own(words=(" Sorglos  paket ", "Sorglos paket", ""), codes=("4100-4199",)), own(words=())])
    assert (kept.words, kept.codes) == (("Sorglos paket",), ("4100–4199",))


# -- versions --


def test_each_change_is_a_version_with_who_and_what_and_one_can_go_back(alpen: Alpen) -> None:
    manager = alpen.actor("Max Mair")
    with alpen.scope():
        assert (rules.install(), rules.install(), rules.number()) == (1, 0, 1)
        rule = own(codes=("4100-4199",))
        rules.save(actor=manager, work_kind="inspection", told=[rule], seen=1, note="  Our package ")
        rules.save(actor=manager, work_kind="inspection", told=[replace(rule, words=()), changed(is_active=False)], seen=2)
        with pytest.raises(Refusal, match="as they are already"):
            rules.save(actor=manager, work_kind="inspection", told=rules.own(), seen=3)
        back = rules.restore(actor=manager, number=2)
        told = list(rules.versions(actor=alpen.bob))
        assert [(each.number, each.note, each.restored, each.made_by) for each in told] == [
            (4, "", 2, manager.id), (3, "", None, manager.id), (2, "Our package", None, manager.id), (1, "", None, None),
        ]  # fmt: skip
        assert told[2].changes == [
            {"kind": "inspection", "standard": "", "what": "rule", "more": ["4100–4199", "Sorglospaket"], "less": []}
        ]
        assert {(each["what"], *each["less"]) for each in told[1].changes} == {("words", "Sorglospaket"), ("off",)}
        assert [(each.id, each.words, each.codes) for each in rules.own()] == [(rule.id, ("Sorglospaket",), ("4100–4199",))]
        assert back.rules_version == told[2].rules_version == rules.version()
        entry = AuditEntry.objects.filter(act="audience.rules_changed").latest("at")
        assert (entry.object_id, entry.values["number"], entry.values["kinds"]) == (back.pk, 4, ["inspection"])


def test_somebody_else_s_change_of_the_same_kind_is_not_overwritten(alpen: Alpen) -> None:
    manager = alpen.actor("Max Mair")
    with alpen.scope():
        rules.save(actor=manager, work_kind="brakes", told=[own(words=("Bremsenpaket",))], seen=0)
        rules.save(actor=manager, work_kind="inspection", told=[own()], seen=0)  # another kind is nobody's loss
        with pytest.raises(Refusal) as refused:
            rules.save(actor=manager, work_kind="brakes", told=[own(words=("Anderes",))], seen=0)
        assert refused.value.code == "changed_meanwhile"
        assert [each.words for each in rules.own("brakes")] == [("Bremsenpaket",)]


def test_an_upgrade_is_written_down_with_the_kinds_it_concerns(alpen: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    with alpen.scope():
        rules.install()
        better = {**standard.edition(), "brakes": "other"}
        monkeypatch.setattr(standard, "edition", lambda: better)
        assert (rules.install(), rules.install()) == (1, 0)
        assert [(each["kind"], each["what"]) for each in RuleVersion.objects.get(number=2).changes] == [("brakes", "product")]


def test_who_may_only_read_and_another_dealer_change_nothing(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        rules.save(actor=alpen.actor("Max Mair"), work_kind="inspection", told=[own()], seen=0)
        for forbidden in (
            lambda: rules.save(actor=alpen.bob, work_kind="inspection", told=[], seen=2),
            lambda: rules.restore(actor=alpen.bob, number=1),
        ):
            with pytest.raises(NotPermitted):
                forbidden()
        assert Rule.objects.count() == 1
    with rosso.scope():
        assert (rules.own(), rules.number()) == ([], 0)
        with pytest.raises(NotFound):
            rules.restore(actor=rosso.system, number=1)
