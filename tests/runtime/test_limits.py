"""Budgets: so many tries a source, draining away evenly, each source for itself."""

from datetime import timedelta

import pytest
from django.db.models import F

from forecourt.runtime import limits
from forecourt.runtime.models import Budget

pytestmark = pytest.mark.django_db


def spend(source: str = "here") -> None:
    limits.spend("test", source, most=3, seconds=60)


def test_after_so_many_tries_one_waits_and_is_told_how_long() -> None:
    for _ in range(3):
        spend()
    with pytest.raises(limits.TooMany) as problem:
        spend()
    assert 18 <= problem.value.seconds <= 20


def test_another_source_is_not_held_up() -> None:
    for _ in range(3):
        spend()
    spend("elsewhere")


def test_tries_drain_away_with_time() -> None:
    for _ in range(3):
        spend()
    Budget.objects.update(at=F("at") - timedelta(seconds=21))
    spend()
    with pytest.raises(limits.TooMany):
        spend()


def test_what_is_forgiven_is_forgotten() -> None:
    for _ in range(3):
        spend()
    limits.forgive("test", "here")
    spend()


def test_the_table_names_nobody() -> None:
    limits.spend("test", "dana@example.org", most=3, seconds=60)
    assert "dana" not in str(list(Budget.objects.values_list("key")))
