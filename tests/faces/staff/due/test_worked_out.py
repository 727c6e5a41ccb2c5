"""When due dates were worked out and from what; and having them worked out anew now, once however often somebody presses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from forecourt.engines.audience import facts, refreshing, rules, subscribers
from forecourt.engines.audience.events import RefreshAsked
from forecourt.engines.audience.models import Build, DueWork
from forecourt.kernel.errors import Refusal
from forecourt.runtime.models import Event
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, Rosso, local
from tests.engines.audience.history import been


@pytest.fixture
def dealer(alpen: Alpen, set_clock: Callable[[Any], None]) -> Alpen:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        rules.install()
        been(alpen.golf, "2024-02-10", 40_000, "Inspektion nach Herstellervorgabe")
        been(alpen.golf, "2025-02-10", 50_000, "Ölwechsel")
        facts.refresh(today=date(2026, 3, 2))
    return alpen


def asked(dealer: Alpen) -> int:
    with dealer.scope():
        return Event.objects.filter(name="audience.refresh_asked").count()


def test_the_list_says_when_it_was_worked_out_and_takes_one_order_for_anew(dealer: Alpen, set_clock: Callable[[Any], None]) -> None:
    client = signed_in(dealer, "marketing")
    page = client.get(reverse("due:list")).content.decode()
    assert "Worked out: Today, 08:00" in page
    assert reverse("due:refresh") in page
    set_clock(local("2026-03-02 09:30"))
    page = client.post(reverse("due:refresh"), follow=True).content.decode()
    assert "Being worked out anew since Today, 09:30." in page
    assert 'hx-trigger="every 2s"' in page
    assert reverse("due:refresh") not in page
    again = client.post(reverse("due:refresh"), follow=True).content.decode()
    assert "It is being worked out already." in again
    assert asked(dealer) == 1
    with dealer.scope():
        subscribers.work_out_what_somebody_asked_for(RefreshAsked())
    piece = client.get(reverse("due:worked_out")).content.decode()
    assert "Worked out: Today, 09:30" in piece
    assert "Show the new list" in piece
    client.post(reverse("due:refresh"))
    assert asked(dealer) == 2


def test_who_may_only_look_is_offered_no_button_and_is_refused(dealer: Alpen) -> None:
    client = signed_in(dealer, "adviser")
    page = client.get(reverse("due:list")).content.decode()
    assert "Worked out: " in page
    assert reverse("due:refresh") not in page
    assert client.post(reverse("due:refresh")).status_code == 403
    assert asked(dealer) == 0


def test_an_order_reaches_no_other_dealer(dealer: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        facts.refresh(today=date(2026, 3, 2))
    signed_in(dealer, "marketing").post(reverse("due:refresh"))
    with rosso.scope():
        assert Build.objects.get().asked_at is None
    with dealer.scope():
        assert Build.objects.get().asked_at is not None


def test_an_order_of_while_it_was_worked_out_is_not_taken_for_done(dealer: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that began before somebody asked did not see what they ask about."""
    with dealer.scope():
        done = facts._by_statements

        def meanwhile(*args: Any) -> Any:
            refreshing.ask(actor=dealer.actor("Max Mair"))
            return done(*args)

        monkeypatch.setattr(facts, "_by_statements", meanwhile)
        facts.refresh(today=date(2026, 3, 2))
        assert Build.objects.get().asked_at is not None


def test_an_order_that_no_worker_took_for_an_hour_can_be_given_again(dealer: Alpen, set_clock: Callable[[Any], None]) -> None:
    actor = dealer.actor("Max Mair")
    with dealer.scope():
        assert refreshing.ask(actor=actor)
        set_clock(local("2026-03-02 08:59"))
        assert not refreshing.ask(actor=actor)
        set_clock(local("2026-03-02 09:00"))
        assert refreshing.state(actor=actor).asked_at is None
        assert refreshing.ask(actor=actor)


def test_before_the_first_import_there_is_nothing_to_work_out(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(Refusal, match="import your repair orders"):
        refreshing.ask(actor=alpen.actor("Max Mair"))


def test_a_due_date_says_when_and_from_what_it_was_worked_out(dealer: Alpen, set_clock: Callable[[Any], None]) -> None:
    with dealer.scope():
        found = DueWork.objects.get(vehicle=dealer.golf, work_kind="inspection")
        set_clock(local("2026-03-02 09:00") + timedelta(days=9))
        facts.refresh()
    page = " ".join(signed_in(dealer, "marketing").get(reverse("due:why", args=[found.pk])).content.decode().split())
    for told in (
        "Feb 10, 2024 · 40,000 km",
        "order A1",
        "24 months or 20,000 km",
        "9,980 km",
        "Mar 11, 2026, 09:00",
        "Stands so since",
        "Mar 2, 2026",
    ):
        assert told in page, told
