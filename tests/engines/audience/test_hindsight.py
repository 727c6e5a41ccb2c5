"""What was foretold against what came: the cut, the choice of the rule, and what staff are told of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecourt.engines.audience import classification, due, facts, foretelling, hindsight, rules
from forecourt.engines.audience.foretelling import Case, Past
from forecourt.engines.audience.models import DueExperience, DueWork
from tests.cast import Alpen
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)
PAST = Past("car", "inspection", 24, 30_000, (date(2020, 1, 1), date(2021, 1, 1)), ((date(2019, 1, 1), 0), (date(2020, 1, 1), 30_000)))


def test_only_what_was_known_on_the_day_of_the_cut_is_used() -> None:
    found = foretelling.case(PAST)
    assert found == Case("inspection", came=366, plain=731, with_distance=364, is_for_deciding=found.is_for_deciding if found else False)
    later = replace(PAST, readings=(*PAST.readings, (date(2021, 1, 1), 31_000), (date(2022, 1, 1), 32_000)))
    assert foretelling.case(later) == found


def test_a_second_visit_within_a_month_is_the_same_occasion() -> None:
    assert foretelling.case(replace(PAST, days=(date(2020, 1, 1), date(2020, 1, 20)))) is None


def cases(*, came: int, plain: int, with_distance: int, count: int = 100) -> list[Case]:
    return [Case("inspection", came, plain, with_distance, number % 2 == 0) for number in range(count)]


def test_the_distance_decides_only_where_it_is_nearer_to_what_came() -> None:
    [nearer] = foretelling.judge(cases(came=400, plain=731, with_distance=380))
    assert (nearer.uses_distance, nearer.used_error, nearer.plain_error, nearer.used_near, nearer.plain_near) == (True, 20, 331, 1.0, 0.0)
    assert (nearer.usual, nearer.expected_error, nearer.early, nearer.late) == (20, 0, 20, 20)
    [farther] = foretelling.judge(cases(came=730, plain=731, with_distance=380))
    assert (farther.uses_distance, farther.used_error, farther.usual) == (False, 1, -1)
    assert foretelling.judge(cases(came=1, plain=1, with_distance=1, count=foretelling.FEWEST_CASES - 2)) == []


@pytest.mark.django_db
def test_where_the_interval_alone_was_nearer_the_distance_is_left_out(alpen: Alpen) -> None:
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2024-03-01", 0, "Sichtkontrolle")
        been(alpen.golf, "2025-03-01", 40_000, "Ölwechsel")
        facts.refresh(today=TODAY)
        assert DueWork.objects.get(work_kind="oil_service").because == "distance"
        [judged] = foretelling.judge(cases(came=730, plain=731, with_distance=380))
        known = DueExperience.objects.create(gathered_on=TODAY, **{**vars(judged), "work_kind": "oil_service", "early": -10, "late": 60})
        facts.refresh(today=TODAY)
        row = DueWork.objects.get(work_kind="oil_service")
        assert (row.because, row.due_on) == ("time", date(2026, 3, 1))
        expected = hindsight.expected(row)
        assert expected == hindsight.Expected(date(2026, 2, 28), date(2026, 2, 19), date(2026, 4, 30))
        assert known in hindsight.experience(actor=alpen.actor("Alice Adler"))
        assert due.count(actor=alpen.actor("Alice Adler")) >= 1


@pytest.mark.django_db
def test_experience_comes_from_the_dealers_own_visits_and_is_gathered_once_a_week(alpen: Alpen) -> None:
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2022-03-01", 0, "Ölwechsel")
        been(alpen.golf, "2023-03-11", 40_000, "Ölwechsel", "Ölfilter")
        classification.refresh()
        [found] = hindsight.gather()
        assert (found.work_kind, found.came, found.plain, found.with_distance) == ("oil_service", 375, 365, 365)
        DueExperience.objects.create(
            work_kind="inspection", cases=9, uses_distance=True, plain_error=1, used_error=1, plain_near=1, used_near=1, usual=0, expected_error=1,
            expected_near=1, early=0, late=0, gathered_on=TODAY - timedelta(days=6),
        )  # fmt: skip
        assert hindsight.refresh(today=TODAY) == 1
        assert hindsight.refresh(today=TODAY + timedelta(days=1)) == 0  # one car is too few to tell
        assert not DueExperience.objects.exists()
