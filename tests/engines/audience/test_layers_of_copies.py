"""What becomes of the copies of our rules that dealers were given once: ours again where untouched, the difference where changed."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from forecourt.engines.audience import layers, rules, standard
from forecourt.engines.audience.models import Rule
from forecourt.kernel.ids import uuid7
from forecourt.runtime import clock
from tests.cast import Alpen, Rosso

MIGRATION = import_module("forecourt.engines.audience.migrations.0004_rule_versions")
OURS = "inspection.de.*inspektion"


def copied(*, without: str = "") -> None:
    """The rules as `install` copied them, of today or, lacking a word, of an earlier day."""
    now = clock.now() - timedelta(days=30)
    keys = ("work_kind", "language", "codes", "words", "unless_words")
    Rule.objects.bulk_create(
        Rule(id=uuid7(), changed_at=now, **{key: [word for word in rule[key] if word != without] if isinstance(rule[key], list) else rule[key] for key in keys})
        for rule in standard.rules()
    )  # fmt: skip


def touched(word: str, **columns: Any) -> None:
    assert Rule.objects.filter(words__contains=[word], language="de").update(changed_at=clock.now(), **columns) == 1


def migrated() -> None:
    state = MigrationExecutor(connection).loader.project_state(("audience", "0004_rule_versions"))
    MIGRATION.part_layers(state.apps, SimpleNamespace(connection=connection))


def ours() -> Any:
    return next(rule for rule in standard.rules() if rule["key"] == OURS)


@pytest.fixture
def dealer(alpen: Alpen) -> Alpen:
    with alpen.scope():
        Rule.objects.all().delete()
    return alpen


def test_an_untouched_copy_is_ours_and_decides_as_before(dealer: Alpen, rosso: Rosso) -> None:
    with dealer.scope():
        copied()
    with rosso.scope():
        copied(without="*inspektion")  # of an earlier day: it gets the word
    migrated()
    for each in (dealer, rosso):
        with each.scope():
            assert Rule.objects.count() == 0
            assert rules.version() == rules.version(layers.ours())


def test_a_changed_copy_keeps_what_it_has_more_and_less(dealer: Alpen) -> None:
    with dealer.scope():
        copied()
        words = [*(word for word in ours()["words"] if word != "jahresservice"), "Sorglospaket"]
        touched("*inspektion", words=words, codes=["INSP*", "KD17"])
        touched("kd hu", is_active=False)
        Rule.objects.create(work_kind="brakes", words=["Bremsenpaket"], changed_at=clock.now())
        before = rules.version(Rule.objects.filter(is_active=True))
    migrated()
    with dealer.scope():
        told = {each.standard: each for each in rules.own()}
        assert set(told) == {OURS, "inspection.de.kd", ""}
        changed = told[OURS]
        assert (changed.words, changed.codes, set(changed.without)) == (
            ("Sorglospaket",),
            ("KD17",),
            {"jahresservice", "WARTUNG*", "KDIENST*"},
        )
        assert told["inspection.de.kd"].is_active is False
        assert (told[""].work_kind, told[""].words) == ("brakes", ("Bremsenpaket",))
        assert rules.version() == before


def test_what_a_copy_of_an_earlier_day_lacks_was_not_taken_out_by_anybody(dealer: Alpen) -> None:
    with dealer.scope():
        copied(without="*bremse*")
        copied_then = Rule.objects.filter(work_kind="oil_service", language="de").order_by("id")[0]
        Rule.objects.filter(pk=copied_then.pk).update(words=[*copied_then.words[:-1], "Hauswort"], changed_at=clock.now())
        Rule.objects.filter(work_kind="brakes", language="de").update(unless_words=["anders"])
    migrated()
    with dealer.scope():
        [own] = rules.own()
        assert (own.words, own.without) == (("Hauswort",), ())


def test_rules_that_somebody_wrote_where_nothing_was_copied_stay(dealer: Alpen) -> None:
    with dealer.scope():
        Rule.objects.create(work_kind="coffee", words=["Kaffee"], changed_at=clock.now())
    migrated()
    with dealer.scope():
        assert [each.words for each in rules.own()] == [("Kaffee",)]


def test_a_second_time_changes_nothing(dealer: Alpen) -> None:
    with dealer.scope():
        copied()
        touched("*inspektion", words=[*ours()["words"], "Sorglospaket"])
    migrated()
    with dealer.scope():
        before = rules.own()
    migrated()
    with dealer.scope():
        assert rules.own() == before
        assert len(before) == 1
