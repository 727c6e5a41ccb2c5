"""A promise with a deadline is kept, or its lateness is told once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from forecourt.engines.cases import background, cases
from forecourt.engines.cases.models import Case, Note
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.kernel.ids import uuid7
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, local

FRIDAY = "2026-03-06 16:30"


@pytest.fixture
def case(alpen: Alpen, set_clock: Callable[[datetime], None]) -> Case:
    """Opened on a Friday at half past four; the site closes at half past five and opens on Saturday from 8 to 12."""
    set_clock(local(FRIDAY))
    with alpen.scope():
        return open_case(alpen)


def open_case(alpen: Alpen, **more: Any) -> Case:
    values: dict[str, Any] = {
        "actor": alpen.alice, "kind": "low_score", "site_id": alpen.bozen.pk, "customer_id": alpen.dana.pk, "vehicle_id": alpen.golf.pk,
        "cause_kind": "survey", "cause_id": uuid7(), "note": "It still rattles", **more,
    }  # fmt: skip
    return cases.open_case(**values)


def names() -> list[str]:
    return [
        name.removeprefix("cases.")
        for name in Event.objects.filter(name__startswith="cases.").order_by("pk").values_list("name", flat=True)
    ]


def test_the_first_contact_is_due_in_working_hours_and_the_solution_in_plain_ones(alpen: Alpen, case: Case) -> None:
    at = case.opened_at
    assert abs(case.contact_due_at - local("2026-03-07 11:00")) < timedelta(seconds=5)
    assert case.solve_due_at == at + timedelta(hours=48)
    with alpen.scope():
        assert [(note.kind, note.text) for note in case.notes.all()] == [("customer", "It still rattles")]


def test_the_same_cause_opens_one_case(alpen: Alpen, case: Case) -> None:
    with alpen.scope():
        again = open_case(alpen, cause_id=case.cause_id)
        other = open_case(alpen)
        assert (again.pk, other.number) == (case.pk, case.number + 1)
        assert names() == ["opened", "opened"]


def test_a_case_goes_from_contact_to_confirmation_and_back_if_it_was_not_solved(
    alpen: Alpen, case: Case, set_clock: Callable[[datetime], None]
) -> None:
    about = {"actor": alpen.alice, "case_id": case.pk}
    with alpen.scope():
        cases.contact(**about, note="Spoke to her")
        cases.solve(**about, note="Tightened the shield")
        cases.confirm(**about)
        set_clock(local("2026-03-09 08:00"))
        reopened = cases.reopen(**about, note="It rattles again")
        assert (reopened.state, reopened.solved_at) == ("reopened", None)
        assert abs(reopened.solve_due_at - local("2026-03-11 08:00")) < timedelta(seconds=5)
        assert names() == ["opened", "contacted", "solved", "confirmed", "reopened"]
        assert list(Note.objects.filter(case=case).values_list("kind", flat=True)) == ["customer", "call", "solution", "note"]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda who: cases.confirm(**who), "wrong_state"),
        (lambda who: cases.reopen(**who, note="again"), "wrong_state"),
        (lambda who: cases.solve(**who, note="  "), "note_missing"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_the_case_alone(
    alpen: Alpen, case: Case, act: Callable[[dict[str, Any]], object], code: str
) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as refused:
            act({"actor": alpen.alice, "case_id": case.pk})
        assert refused.value.code == code
        assert Case.objects.get(pk=case.pk).state == "open"
        assert names() == ["opened"]


def test_a_case_is_given_only_to_who_works_at_its_site(alpen: Alpen, case: Case, rosso: Rosso) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as refused:
            cases.assign(actor=alpen.alice, case_id=case.pk, owner_id=alpen.staff["T. Moser"].pk)
        assert refused.value.code == "not_at_site"
        with pytest.raises(NotFound):
            cases.assign(actor=alpen.alice, case_id=case.pk, owner_id=rosso.staff["Charlie Conti"].pk)
        assert cases.assign(actor=alpen.alice, case_id=case.pk, owner_id=alpen.staff["Alice Adler"].pk).owner_id == alpen.alice.id


def test_nobody_works_on_a_case_who_may_not(alpen: Alpen, case: Case, rosso: Rosso) -> None:
    with alpen.scope(), pytest.raises(NotPermitted):
        cases.contact(actor=alpen.bob, case_id=case.pk, note="x")
    with rosso.scope(), pytest.raises(NotFound):
        cases.contact(actor=rosso.charlie, case_id=case.pk, note="x")


def test_lateness_is_told_once_for_each_promise_and_anew_after_reopening(
    alpen: Alpen, case: Case, set_clock: Callable[[datetime], None]
) -> None:
    def told() -> list[str]:
        background.tell_what_is_late()
        with alpen.scope():
            rows = Event.objects.filter(name="cases.overdue").order_by("pk")
            return [row.values["promise"] for row in rows]

    assert told() == []
    set_clock(local("2026-03-07 11:01"))
    assert told() == told() == ["contact"]
    set_clock(local("2026-03-08 16:31"))
    assert told() == told() == ["contact", "solution"]
    with alpen.scope():
        cases.solve(actor=alpen.alice, case_id=case.pk, note="done")
        cases.reopen(actor=alpen.alice, case_id=case.pk, note="not done")
    set_clock(local("2026-03-10 16:32"))
    assert told() == ["contact", "solution", "solution"]
