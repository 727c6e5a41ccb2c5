"""What is past its time goes by itself, kind by kind and not a day early; the clock is moved, nothing waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecourt.config.commands import retention as command
from forecourt.engines.cases.models import Case, Note
from forecourt.engines.intake.models import Import, RejectedRow
from forecourt.engines.messaging.models import Click, Message, Pause
from forecourt.journeys.care.models import Survey
from forecourt.journeys.workshop.models import Appointment, Media
from forecourt.records.accounts.models import CarClaim, DealerCode
from forecourt.records.people import background, retention, takeout
from forecourt.records.people.models import Customer, RetentionRun, Takeout
from forecourt.runtime import clock, personal_data
from forecourt.runtime.models import AuditEntry, Event, StoredFile
from tests.cast import Alpen, Rosso, local
from tests.proof.invented import Invented

START = local("2027-03-02 12:00")
SetClock = Callable[[datetime], None]


@pytest.fixture
def lived(alpen: Alpen, set_clock: SetClock, settings: Any, tmp_path: Path) -> Alpen:
    """On one day somebody left something of every kind, and whatever has an end ended on that day."""
    settings.DATA = tmp_path
    set_clock(START)
    with alpen.scope():
        person = Invented(alpen, 1)
        takeout.request(actor=alpen.system, customer_id=person.customer.pk)
        now = clock.now()
        Survey.objects.update(answered_at=now)
        Case.objects.update(solved_at=now)
        Pause.objects.update(until_at=now)
        Appointment.objects.update(ends_at=now)
        DealerCode.objects.update(ends_at=now)
        CarClaim.objects.update(decided_at=now, state="approved")
    return alpen


def due() -> dict[str, int]:
    return {each.label: each.due for each in retention.look() if each.due}


TERMS = {personal_data.label_of(rule.model): rule.term.days for rule in personal_data.rules() if rule.term}


def test_these_kinds_have_a_term() -> None:
    assert TERMS == {
        "accounts.carclaim": 90, "accounts.dealercode": 1, "care.survey": 1095, "cases.note": 1095, "intake.import": 90, "intake.previewexample": 90,
        "intake.rejectedrow": 90, "marketing.invitation": 1095, "messaging.click": 90, "messaging.message": 1095, "messaging.pause": 365,
        "people.takeout": 7, "workshop.appointment": 365, "workshop.media": 1460,
    }  # fmt: skip


@pytest.mark.parametrize("label", sorted(TERMS))
def test_each_kind_goes_when_its_term_is_over_and_not_before(lived: Alpen, set_clock: SetClock, label: str) -> None:
    with lived.scope():
        set_clock(START + timedelta(days=TERMS[label], minutes=-5))
        assert label not in due()
        set_clock(START + timedelta(days=TERMS[label], minutes=5))
        rows = due()[label]
        run = retention.carry_out(actor=lived.system)
        assert {each["label"]: each["gone"] for each in run.figures}[label] == rows
        assert due() == {}
        assert retention.carry_out(actor=lived.system).gone == 0


def test_what_stays_are_figures(lived: Alpen, set_clock: SetClock) -> None:
    set_clock(START + timedelta(days=1461))
    with lived.scope():
        before = {model: model.objects.count() for model in (Customer, Survey, Appointment, Import, Click)}
        retention.carry_out(actor=lived.system)
        assert {model: model.objects.count() for model in before} == before
        message = Message.objects.get(state="sent")
        assert (message.address, message.text, message.html, message.subject) == (f"erased:{message.pk}", "", "", "")
        assert Survey.objects.values_list("score", "comment").get() == (3, "")
        assert (Note.objects.get().text, Click.objects.get().user_agent) == ("", "")
        assert [model.objects.count() for model in (RejectedRow, Pause, Media, Takeout, DealerCode, CarClaim)] == [0] * 6
        came = Import.objects.get()
        assert (came.stored_file, came.header) == (None, ["Name", "Mail"])


def test_files_go_with_their_rows(lived: Alpen, set_clock: SetClock, django_capture_on_commit_callbacks: Any, settings: Any) -> None:
    with lived.scope():
        gone = set(Media.objects.values_list("stored_file_id", flat=True)) | set(CarClaim.objects.values_list("paper_id", flat=True))
        set_clock(START + timedelta(days=1461))
        with django_capture_on_commit_callbacks(execute=True):
            retention.carry_out(actor=lived.system)
        assert StoredFile.objects.filter(pk__in=gone).count() == 0
        assert StoredFile.objects.count() == 2  # the photo of an estimate and the invoice, which go in other ways


def test_a_photo_that_an_estimate_shows_stays_with_it(lived: Alpen, set_clock: SetClock) -> None:
    with lived.scope():
        Media.objects.update(purpose="finding")
        set_clock(START + timedelta(days=1461))
        assert "workshop.media" not in due()


def test_looking_says_what_would_go_and_changes_nothing(lived: Alpen, set_clock: SetClock, capsys: pytest.CaptureFixture[str]) -> None:
    set_clock(START + timedelta(days=91))
    with lived.scope():
        found = {each.label: each for each in retention.look()}
        click = found["messaging.click"]
        assert (click.rows, click.due, click.next_at) == (1, 1, None)
        assert (found["messaging.message"].due, found["messaging.message"].rows) == (0, 2)
        assert found["messaging.message"].next_at is not None
        assert found["messaging.message"].next_at.date() == (START + timedelta(days=1095)).date()
        before = due()
    assert command.run(_options(dry_run=True)) == 0
    told = capsys.readouterr().out
    assert "rows would go." in told
    assert "  messaging.click: 1 would go of 1, the oldest of 2027-03-02" in told
    with lived.scope():
        assert (due(), RetentionRun.objects.count()) == (before, 0)


def test_the_command_does_it_and_names_an_unknown_dealer(lived: Alpen, set_clock: SetClock, capsys: pytest.CaptureFixture[str]) -> None:
    set_clock(START + timedelta(days=91))
    assert command.run(_options(organisation="nobody")) == 1
    assert command.run(_options(organisation=lived.organisation.slug)) == 0
    assert "  messaging.click: 1 went of 1" in capsys.readouterr().out
    with lived.scope():
        assert due() == {}


def test_it_goes_in_batches_and_what_is_too_much_for_one_day_goes_the_next(
    lived: Alpen, set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES_A_RUN", 2)
    with lived.scope():
        sent = Click.objects.get()
        for _more in range(6):
            sent.pk = None
            Click(**{f.attname: getattr(sent, f.attname) for f in Click._meta.concrete_fields if f.name != "id"}).save()
        set_clock(START + timedelta(days=91))
        gone = [retention.carry_out(actor=lived.system).figures for _day in range(2)]
        assert [next(each["gone"] for each in figures if each["label"] == "messaging.click") for figures in gone] == [4, 3]


def test_a_run_is_one_line_in_the_trail_and_one_event_with_figures_alone(lived: Alpen, set_clock: SetClock) -> None:
    set_clock(START + timedelta(days=91))
    with lived.scope():
        run = retention.carry_out(actor=lived.system)
        entry = AuditEntry.objects.get(act="people.retention_carried_out")
        assert entry.object_id == run.pk
        assert entry.values["gone"]["messaging.click"] == 1
        assert Event.objects.get(name="people.retention_carried_out").values == {"run_id": str(run.pk), "rows": run.gone}
        assert run.finished_at is not None


def test_it_runs_once_a_day_at_every_dealer_and_touches_only_its_own(lived: Alpen, rosso: Rosso, set_clock: SetClock) -> None:
    set_clock(START + timedelta(days=91))
    with rosso.scope():
        Invented(rosso, 2)
    with lived.scope():
        background.take_away_what_is_past(by=lived.system, organisation="")
        background.take_away_what_is_past(by=lived.system, organisation="")
        assert RetentionRun.objects.count() == 1
    with rosso.scope():
        assert (RetentionRun.objects.count(), Click.objects.get().user_agent) == (0, "Phone of Xqz00002")
    set_clock(START + timedelta(days=92, minutes=5))
    with lived.scope():
        background.take_away_what_is_past(by=lived.system, organisation="")
        assert RetentionRun.objects.count() == 2


def _options(**given: Any) -> Any:
    from argparse import Namespace

    return Namespace(**{"dry_run": False, "organisation": None} | given)
