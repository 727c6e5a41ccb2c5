"""What people say is written down once, with its proof, and nobody changes a line."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people import consent
from forecourt.records.people.consent import wordings
from forecourt.records.people.models import ConsentEntry, ConsentRule, Wording
from forecourt.runtime import clock
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso, customer_actor, local


def test_a_line_can_neither_be_changed_nor_taken_out(alpen: Alpen) -> None:
    with alpen.scope():
        entry = consent.enter(
            actor=alpen.alice, customer_id=alpen.dana.pk, purpose="offers", channel="email", act="object", wording="desk_2026"
        )
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ConsentEntry.objects.filter(pk=entry.pk).update(act="give")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            entry.delete()
        assert consent.may_send(customer_id=alpen.dana.pk, purpose="offers", channel="email").reason_code == "objected"


def test_a_line_says_who_when_how_and_in_which_words(alpen: Alpen, set_clock: Callable[[datetime], None]) -> None:
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        entry = consent.enter(
            actor=alpen.alice,
            customer_id=alpen.dana.pk,
            purpose="survey",
            channel="sms",
            act="give",
            wording="desk_2026",
            wording_version=2,
        )
        assert (entry.source, entry.staff_id, entry.language, entry.wording_version) == ("staff", alpen.alice.id, "de", 2)
        assert entry.entered_at.date().isoformat() == "2026-03-02"
        assert list(Event.objects.values_list("name", "values").filter(name__startswith="people.consent")) == [
            ("people.consent_given", {"customer_id": str(alpen.dana.pk), "purpose": "survey", "channel": "sms"})
        ]


def test_a_customer_objects_for_herself_and_for_nobody_else(alpen: Alpen) -> None:
    dana, dieter = alpen.dana, alpen.customers["dieter"]
    with alpen.scope():
        consent.object_to_all(actor=customer_actor(dana), customer_id=dana.pk, wording="unsubscribe")
        assert {
            verdict.allowed for (purpose, _), verdict in consent.state(customer_id=dana.pk).items() if purpose not in consent.NEED_NOTHING
        } == {False}
        with pytest.raises(NotFound):
            consent.object_to_all(actor=customer_actor(dana), customer_id=dieter.pk, wording="unsubscribe")
        assert ConsentEntry.objects.filter(customer=dieter).count() == 0


def test_who_may_not_enters_nothing_and_a_foreign_customer_is_not_there(alpen: Alpen, rosso: Rosso) -> None:
    line = {"purpose": "offers", "channel": "email", "act": "give", "wording": "desk"}
    with alpen.scope():
        with pytest.raises(NotPermitted):
            consent.enter(actor=alpen.bob, customer_id=alpen.dana.pk, **line)
        with pytest.raises(NotFound):
            consent.enter(actor=alpen.alice, customer_id=rosso.eve.pk, **line)
        assert ConsentEntry.objects.count() == 0


def test_an_import_told_twice_writes_its_lines_once(alpen: Alpen) -> None:
    entries = [consent.Entry(customer_id=alpen.dana.pk, purpose="offers", channel="email", act="give")]
    with alpen.scope():
        assert consent.enter_batch(actor=alpen.system, entries=entries, source="import:autoline") == 1
        assert consent.enter_batch(actor=alpen.system, entries=entries, source="import:autoline") == 0
        assert ConsentEntry.objects.count() == 1


@pytest.fixture
def german(alpen: Alpen, set_clock: Callable[[datetime], None]) -> Alpen:
    """A house whose counsel wants every e-mail consent confirmed."""
    set_clock(local("2026-03-02 08:00"))
    with alpen.scope():
        ConsentRule.objects.create(double_opt_in="always")
    return alpen


def asked(dealer: Alpen) -> ConsentEntry:
    return consent.enter(
        actor=dealer.alice, customer_id=dealer.dana.pk, purpose="offers", channel="email", act="give", wording="desk", form="phone",
        evidence={"note": "call of 2 March"},
    )  # fmt: skip


def reason(dealer: Alpen) -> str:
    return consent.may_send(customer_id=dealer.dana.pk, purpose="offers", channel="email").reason_code


def test_what_was_said_on_the_telephone_counts_only_once_the_customer_confirms_it(german: Alpen) -> None:
    dana = customer_actor(german.dana, via="link:confirmation")
    with german.scope():
        entry = asked(german)
        assert (entry.form, entry.evidence, reason(german)) == (
            "double_opt_in", {"note": "call of 2 March", "taken": "phone"}, "unconfirmed",
        )  # fmt: skip
        assert Event.objects.filter(name="people.confirmation_asked").count() == 1
        assert Event.objects.filter(name="people.consent_given").count() == 0

        first, second = consent.confirm(actor=dana, entry_id=entry.pk), consent.confirm(actor=dana, entry_id=entry.pk)

        assert first == second
        assert (first.act, first.confirms_id, first.source, reason(german)) == ("confirm", entry.pk, "link", "consented")
        assert Event.objects.filter(name="people.consent_given").count() == 1


def test_nobody_confirms_for_another_nor_after_a_no_nor_after_a_week(
    german: Alpen, rosso: Rosso, set_clock: Callable[[datetime], None]
) -> None:
    dana, dieter = customer_actor(german.dana), customer_actor(german.customers["dieter"])
    with german.scope():
        entry = asked(german)
        with pytest.raises(NotFound):
            consent.confirm(actor=dieter, entry_id=entry.pk)
        with pytest.raises(NotFound):
            consent.confirm(actor=customer_actor(rosso.eve), entry_id=entry.pk)
        consent.enter(actor=dana, customer_id=german.dana.pk, purpose="offers", channel="email", act="object", wording="page")
        with pytest.raises(Refusal) as refusal:
            consent.confirm(actor=dana, entry_id=entry.pk)
        assert (refusal.value.code, reason(german)) == ("objected_meanwhile", "objected")

        again = asked(german)
        set_clock(local("2026-03-09 09:00"))
        with pytest.raises(Refusal) as refusal:
            consent.confirm(actor=dana, entry_id=again.pk)
        assert (refusal.value.code, ConsentEntry.objects.filter(act="confirm").count()) == ("confirmation_over", 0)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"purpose": "offers", "channel": "email", "form": "paper"}, "evidence_missing"),
        ({"purpose": "offers", "channel": "email", "basis": "soft_opt_in"}, "no_sale"),
        ({"purpose": "offers", "channel": "email", "basis": "order"}, "not_orderable"),
        ({"purpose": "pixel", "channel": "sms"}, "unknown_purpose"),
    ],
)
def test_what_proves_nothing_is_not_written(alpen: Alpen, line: dict[str, str], code: str) -> None:
    with alpen.scope():
        with pytest.raises(Refusal) as refusal:
            consent.enter(actor=alpen.alice, customer_id=alpen.dana.pk, act="give", wording="desk", **line)  # type: ignore[arg-type]
        assert (refusal.value.code, ConsentEntry.objects.count()) == (code, 0)


def test_a_purchase_on_record_allows_advertising_by_mail_until_the_first_no(alpen: Alpen) -> None:
    with alpen.scope():
        consent.enter(
            actor=alpen.alice, customer_id=alpen.dana.pk, purpose="offers", channel="email", act="give", wording="invoice",
            basis="soft_opt_in", sale=consent.Sale("AL-2026-17", clock.now() - timedelta(days=3)),
        )  # fmt: skip
        assert reason(alpen) == "soft_opt_in"
        consent.object_to_all(actor=customer_actor(alpen.dana), customer_id=alpen.dana.pk, wording="page")
        assert reason(alpen) == "objected"


def test_each_wording_is_kept_as_it_stood_and_never_changed(alpen: Alpen) -> None:
    with alpen.scope():
        versions = [wordings.keep("desk", language="de", text=text) for text in ("Ja, gern.", "Ja, gern.", "Ja, sehr gern.")]
        entry = consent.enter(
            actor=alpen.alice, customer_id=alpen.dana.pk, purpose="offers", channel="sms", act="give", wording="desk", text="Ja!"
        )
        assert (versions, entry.wording_version) == ([1, 1, 2], 3)
        assert wordings.of([entry])["desk", "de", 3] == "Ja!"
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Wording.objects.update(text="Nein.")


def test_the_database_knows_no_other_act_and_no_confirmation_of_nothing(alpen: Alpen) -> None:
    line = {"customer": alpen.dana, "purpose": "offers", "channel": "email", "source": "staff", "entered_at": clock.now()}
    with alpen.scope():
        for act in ("allow", "confirm"):
            with pytest.raises(IntegrityError), transaction.atomic():
                ConsentEntry.objects.create(act=act, **line)
