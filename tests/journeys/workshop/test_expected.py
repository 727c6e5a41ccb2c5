"""The expected time is computed from what is left to do, in open time of the site, and a change is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from forecourt.journeys.workshop import expected, findings, job_cards
from forecourt.journeys.workshop.expected import Left
from forecourt.journeys.workshop.models import JobCard
from forecourt.kernel.hours import WeekHours
from forecourt.runtime.models import Event
from tests.cast import Alpen, local
from tests.journeys.workshop.visit import MONDAY, accepted, asked, dana, fresh, huber, in_work

HOURS = WeekHours.from_text("Mo-Fr 07:30-12:00,13:00-17:30; Sa 08:00-12:00", "Europe/Rome")
SetClock = Callable[[datetime], None]


def shown(at: datetime | None) -> str:
    """On the wall clock of Bozen, in March before the clocks change."""
    assert at is not None
    return f"{at + timedelta(hours=1):%a %H:%M}"


def forecast(
    at: str = "08:00", *, lines: tuple[Left, ...] = (Left(60),), undecided: int = 0, stage: str = "in_work", **more: datetime
) -> list[str]:
    found = expected.forecast(lines=lines, undecided_minutes=undecided, stage=stage, now=local(f"{MONDAY} {at}"), hours=HOURS, **more)
    assert found is not None
    return [shown(found.earliest), shown(found.likely), shown(found.latest)]


def test_an_hour_of_work_with_check_and_washing() -> None:
    # earliest 0.85 × 80, likely 60 + 20, latest 1.3 × 60 + 20 + 15
    assert forecast() == ["Mon 09:10", "Mon 09:20", "Mon 09:55"]


def test_the_lunch_break_and_the_night_are_not_worked() -> None:
    assert forecast("11:30") == ["Mon 13:40", "Mon 13:50", "Mon 14:25"]
    assert forecast("17:00") == ["Tue 08:10", "Tue 08:20", "Tue 08:55"]


def test_what_is_undecided_counts_as_approved_except_in_the_best_case() -> None:
    assert forecast(undecided=60) == ["Mon 09:10", "Mon 10:20", "Mon 11:15"]


def test_waiting_for_the_customer_or_for_parts_widens_the_range() -> None:
    assert forecast(undecided=60, stage="waiting_approval")[2] == "Mon 13:15"
    assert forecast(stage="waiting_parts")[2] == "Mon 11:55"


def test_time_already_worked_is_taken_off_but_never_all_of_it() -> None:
    begun = local(f"{MONDAY} 08:00")
    assert forecast("08:40", lines=(Left(60, begun), Left(30)))[1] == "Mon 09:50"  # 20 + 30 + 20 are left
    assert forecast("10:30", lines=(Left(60, begun),))[1] == "Mon 10:55"  # long overdue: 5 + 20


def test_the_last_steps_are_short() -> None:
    assert forecast(lines=(), stage="quality_check")[1] == "Mon 08:15"
    assert forecast(lines=(), stage="washed")[1] == "Mon 08:05"


def test_work_that_is_booked_for_later_begins_later() -> None:
    assert forecast("07:40", not_before=local(f"{MONDAY} 09:00"))[1] == "Mon 10:20"


def test_a_place_that_never_opens_again_promises_nothing() -> None:
    closed = WeekHours("Europe/Rome", {})
    assert expected.forecast(lines=[Left(60)], undecided_minutes=0, stage="in_work", now=local(MONDAY), hours=closed) is None


def told() -> list[tuple[str, str, str]]:
    events = Event.objects.filter(name="workshop.expected_time_changed").order_by("pk")
    return [
        (event.values["reason"], *(shown(datetime.fromisoformat(event.values[name])) for name in ("earlier_expected_at", "expected_at")))
        for event in events
    ]


def test_found_and_rejected_work_move_the_time_and_say_why(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        job_card = accepted(alpen)
        set_clock(local(f"{MONDAY} 08:00"))
        job_cards.start_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
        assert told() == []  # begun as agreed
        item = asked(alpen, job_card)
        assert told() == [("work_found", "Mon 09:20", "Mon 10:20")]
        findings.decide(actor=dana(alpen), item_id=item.pk, verdict="rejected", shown_digest=item.shown_digest, how="link")
        assert told()[1:] == [("rejected", "Mon 10:20", "Mon 09:20")]
        assert shown(fresh(job_card).expected_at) == "Mon 09:20"


def test_an_approval_keeps_the_time_that_already_counted_on_it(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        job_card = accepted(alpen)
        set_clock(local(f"{MONDAY} 08:00"))
        item = asked(alpen, job_card)
        assert shown(fresh(job_card).expected_at) == "Mon 10:20"
        findings.decide(actor=dana(alpen), item_id=item.pk, verdict="approved", shown_digest=item.shown_digest, how="link")
        assert len(told()) == 1
        assert shown(fresh(job_card).expected_at) == "Mon 10:20"


def test_small_changes_are_not_told_but_add_up(alpen: Alpen, set_clock: SetClock) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        JobCard.objects.filter(pk=job_card.pk).update(expected_at=local(f"{MONDAY} 09:20"))
        job_card.lines.update(started_at=local(f"{MONDAY} 08:00"))
        for now, expected_at in (("08:58", "Mon 09:20"), ("09:05", "Mon 09:30"), ("09:12", "Mon 09:40")):
            set_clock(local(f"{MONDAY} {now}"))
            expected.recompute(fresh(job_card), actor=alpen.system, reason="delay")
            assert shown(fresh(job_card).expected_at) == expected_at


def test_late_jobs_are_seen_while_they_become_late(alpen: Alpen, set_clock: SetClock) -> None:
    from forecourt.journeys.workshop import background

    with alpen.scope():
        job_card = accepted(alpen)
        set_clock(local(f"{MONDAY} 08:00"))
        job_cards.start_line(actor=huber(alpen), line_id=job_card.lines.get().pk)
    background.see_delays()
    with alpen.scope():
        assert told() == []
    set_clock(local(f"{MONDAY} 10:00"))
    background.see_delays()
    with alpen.scope():
        assert told() == [("delay", "Mon 09:20", "Mon 10:25")]
        assert Event.objects.get(name="workshop.expected_time_changed").actor_kind == "system"


def test_a_ready_car_has_no_expected_time_to_change(alpen: Alpen) -> None:
    with alpen.scope():
        job_card = in_work(alpen)
        job_card.stage = "ready"
        assert expected.recompute(job_card, actor=alpen.system, reason="delay") is False
