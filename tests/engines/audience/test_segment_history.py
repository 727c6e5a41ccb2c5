"""Who came and who left from one day to the next, and two segments side by side."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from forecourt.engines.audience import facts, rules, segments
from forecourt.engines.audience.models import Membership, Segment, SegmentDay
from forecourt.engines.audience.segments import comparing, history, phrases
from forecourt.kernel.errors import NotFound, NotPermitted
from forecourt.records.people.models import Customer
from tests.cast import Alpen, Rosso, local
from tests.engines.audience.history import been

TODAY = date(2026, 3, 2)
LATELY = {"field": "last_visit_on", "op": "within_days", "value": -365}
ITALIANS = {"field": "country", "op": "eq", "value": "IT"}


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    """Dana's Golf was here last spring, her Panda years ago, Dieter's Octavia never."""
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2025-03-02", 50_000, "Ölwechsel")
        been(alpen.panda, "2023-05-01", 20_000, "Ölwechsel", site=alpen.meran)
        facts.refresh(today=TODAY)
    return alpen


def days(dealer: Alpen) -> list[tuple[date, int, int, int]]:
    return list(SegmentDay.objects.order_by("day").values_list("day", "cars", "came", "left"))


def of_way(dealer: Alpen, segment: Segment, way: history.Way) -> dict[str, list[str]]:
    speech = phrases.Speech()
    found = history.changed(actor=dealer.system, segment=segment, way=way)
    return {row.facts.vehicle.model: [speech.reason(reason, row.facts) for reason in row.reasons] for row in found}


def test_the_first_day_has_nobody_to_compare_with_and_the_second_tells_who_came_and_left(
    dealer: Alpen, set_clock: Callable[[Any], None]
) -> None:
    with dealer.scope():
        segment = segments.create(actor=dealer.system, name="Lately", rule=LATELY)
        assert history.note() == 1
        assert history.changes(actor=dealer.system, segment=segment) is None
        assert history.changed(actor=dealer.system, segment=segment, way="came") == []
        set_clock(local("2026-03-03 08:00"))  # the Golf's visit is more than a year ago now
        been(dealer.panda, "2026-03-02", 25_000, "Ölwechsel", site=dealer.meran)
        facts.refresh(today=TODAY + timedelta(days=1))
        history.note()
        told = history.changes(actor=dealer.system, segment=segment)
        assert told == history.Changes(before=TODAY, day=TODAY + timedelta(days=1), came=1, left=1, has_other_rule=False)
        assert days(dealer) == [(TODAY, 1, 0, 0), (TODAY + timedelta(days=1), 1, 1, 1)]
        assert of_way(dealer, segment, "came") == {"Panda": ["Last visit: Mar 2, 2026"]}
        assert of_way(dealer, segment, "left") == {"Golf": ["Last visit: Mar 2, 2025"]}
        assert history.trends(actor=dealer.system, segment_ids=[segment.pk]) == {segment.pk: [(TODAY, 1), (TODAY + timedelta(days=1), 1)]}


def test_a_day_noted_again_is_put_right(dealer: Alpen) -> None:
    with dealer.scope():
        segment = segments.create(actor=dealer.system, name="Italians", rule=ITALIANS)
        history.note(today=TODAY)
        tomorrow = TODAY + timedelta(days=1)
        for country, told in (("AT", (1, 0, 2)), ("IT", (3, 0, 0)), ("AT", (1, 0, 2))):
            Customer.objects.filter(pk=dealer.dana.pk).update(country=country)
            facts.refresh(today=tomorrow)
            history.note(today=tomorrow)
            assert days(dealer)[1] == (tomorrow, *told)
        assert Membership.objects.filter(segment=segment).count() == 3


def test_what_came_and_went_on_one_day_was_never_there(dealer: Alpen) -> None:
    with dealer.scope():
        segments.create(actor=dealer.system, name="Lately", rule=LATELY)
        history.note(today=TODAY)
        tomorrow = TODAY + timedelta(days=1)
        visit = been(dealer.panda, "2026-03-02", 25_000, "Ölwechsel")
        facts.refresh(today=TODAY)
        history.note(today=tomorrow)
        assert days(dealer)[1] == (tomorrow, 1, 1, 1)
        visit.lines.all().delete()
        visit.delete()
        facts.refresh(today=TODAY)
        history.note(today=tomorrow)
        assert days(dealer)[1] == (tomorrow, 0, 0, 1)
        assert Membership.objects.count() == 1


def test_staff_of_one_site_are_told_of_its_cars_and_no_figures_of_all(dealer: Alpen) -> None:
    with dealer.scope():
        segment = segments.create(actor=dealer.system, name="Italians", rule={"not": ITALIANS})
        history.note(today=TODAY)
        segments.change(actor=dealer.system, segment_id=segment.pk, version=1, name="Italians", rule=ITALIANS)
        history.note(today=TODAY + timedelta(days=1))
        segment.refresh_from_db()
        everybody, bob = (history.changes(actor=actor, segment=segment) for actor in (dealer.system, dealer.bob))
        assert everybody is not None
        assert bob is not None
        assert (everybody.came, bob.came, bob.has_other_rule) == (3, 2, True)  # the Panda was last in Meran
        assert {row.facts.vehicle.model for row in history.changed(actor=dealer.bob, segment=segment, way="came")} == {"Golf", "Octavia"}
        assert history.trends(actor=dealer.bob, segment_ids=[segment.pk]) == {}
        with pytest.raises(NotPermitted):
            history.trends(actor=dealer.actor("M. Huber"), segment_ids=[segment.pk])


def test_after_five_weeks_nothing_is_left_of_it(dealer: Alpen, rosso: Rosso) -> None:
    with dealer.scope():
        segment = segments.create(actor=dealer.system, name="Lately", rule=LATELY)
        history.note(today=TODAY)
        later = TODAY + timedelta(days=1)
        history.note(today=later)
        assert list(Membership.objects.values_list("left_on", flat=True)) == [later]
        history.note(today=later + timedelta(days=35))
        assert (Membership.objects.count(), len(days(dealer))) == (1, 2)
        history.note(today=later + timedelta(days=36))
        assert (Membership.objects.count(), len(days(dealer))) == (0, 2)
        segments.archive(actor=dealer.system, segment_id=segment.pk)
        assert history.note(today=later + timedelta(days=37)) == 0
    with rosso.scope():
        assert not Membership.objects.exists()


# -- side by side --


def test_two_segments_share_some_cars_and_each_has_its_own(dealer: Alpen) -> None:
    with dealer.scope():
        here = segments.create(actor=dealer.system, name="Here", rule={"field": "last_visit_on", "op": "not_empty"})
        golfs = segments.create(actor=dealer.system, name="No Panda", rule={"not": {"field": "model", "op": "eq", "value": "Panda"}})
        assert comparing.compare(actor=dealer.system, one=here, other=golfs) == comparing.Comparison(one=1, both=1, other=1)
        lists = {
            part: [row.facts.vehicle.model for row in comparing.page(actor=dealer.system, one=here, other=golfs, part=part)]
            for part in comparing.PARTS
        }
        assert lists == {"one": ["Panda"], "both": ["Golf"], "other": ["Octavia"]}
        assert comparing.compare(actor=dealer.bob, one=here, other=golfs) == comparing.Comparison(one=0, both=1, other=1)
        own = segments.create(actor=dealer.actor("Max Mair"), name="Mine", rule=ITALIANS, is_shared=False)
        with pytest.raises(NotFound):
            comparing.compare(actor=dealer.actor("Anna Amort"), one=here, other=own)
