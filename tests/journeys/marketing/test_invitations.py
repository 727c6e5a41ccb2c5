"""From the letter to the money: what becomes of an invitation, and that a flow's numbers are its rows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forecourt.engines.messaging import sending
from forecourt.engines.messaging.models import Message
from forecourt.insight import flow_return
from forecourt.journeys.marketing import invitations
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop import appointments, arrivals, billing, job_cards, slots
from forecourt.kernel.errors import NotFound, NotPermitted, Refusal
from forecourt.records.people import consent
from forecourt.records.vehicles import vehicles
from forecourt.runtime import links
from tests.cast import Alpen, customer_actor, local
from tests.engines.audience.history import been
from tests.journeys.marketing.following import decided, fresh, react, run, sent
from tests.journeys.workshop.visit import accept, checked, huber

BROWSER = {"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1", "Accept-Language": "de", "Sec-Fetch-Mode": "navigate"}


def slot_of(invitation: Invitation, number: int = 0) -> datetime:
    return datetime.fromisoformat(fresh(invitation).slots[number]["starts_at"])


def test_the_letter_carries_three_free_times_each_one_tap_away(due: Alpen, flow: Flow) -> None:
    with due.scope():
        run(due, flow)
        assert decided() == {"BZ346AN": ("queued", ""), "GA123BC": ("queued", "")}
        invitation = Invitation.objects.get(vehicle=due.golf)
        letter = Message.objects.get(cause_id=invitation.pk)
        times = [datetime.fromisoformat(slot["starts_at"]) for slot in invitation.slots]
        free = {each.starts_at for each in slots.openings(site_id=due.bozen.pk, work_kinds=["inspection"], step_minutes=15)}
        assert len(times) == 3
        assert len({at.date() for at in times}) == 3
        assert set(times) <= free
        linked = [word for word in letter.text.split() if "slot=" in word]
        assert [datetime.fromisoformat(parse_qs(urlsplit(url).query)["slot"][0]) for url in linked] == times
        token = urlsplit(linked[0]).path.strip("/").rpartition("/")[2]
        link = links.read(token, purpose="booking")
        assert (link.subject_id, link.holder_id) == (invitation.pk, due.dana.pk)
        for shown in ("Inspektion", "BZ 346 AN", "Volkswagen Golf", "+390471000000", "Dana Dorfer", "10. März 2026"):
            assert shown in letter.text
            assert shown in letter.html
        assert "List-Unsubscribe" in letter.headers


def test_two_letters_of_one_night_share_out_a_small_workshop(due: Alpen, flow: Flow) -> None:
    with due.scope():
        for car in (due.golf, due.panda):  # last seen at Meran, where one person works
            been(car, "2026-02-01", None, "Sichtkontrolle", site=due.meran)
        react()
        from forecourt.engines.audience import facts

        facts.refresh()
        run(due, flow)
        decided()
        golf, panda = (Invitation.objects.get(vehicle=car) for car in (due.golf, due.panda))
        assert golf.site_id == panda.site_id == due.meran.pk
        assert len(golf.slots) == len(panda.slots) == 3
        assert not {slot["starts_at"] for slot in golf.slots} & {slot["starts_at"] for slot in panda.slots}


def test_a_workshop_without_time_sends_no_letter_and_says_so(due: Alpen, flow: Flow) -> None:
    with due.scope():
        run(due, flow)
        from forecourt.journeys.workshop import resources
        from forecourt.records.dealership import sites

        sites.change_hours(actor=due.system, site_id=due.bozen.pk, opening_hours="Fr 08:00-08:20")
        resources.refresh(site_id=due.bozen.pk)
        assert set(decided().values()) == {("refused", "no_free_time")}


def test_one_tap_books_and_the_invitation_knows(due: Alpen, flow: Flow) -> None:
    dana = customer_actor(due.dana)
    with due.scope():
        golf = sent(due, flow)["BZ346AN"]
        appointment = invitations.book(actor=dana, invitation_id=golf.pk, starts_at=slot_of(golf), note="Please call first")
        assert (appointment.customer_id, appointment.vehicle_id, appointment.source) == (due.dana.pk, due.golf.pk, "link")
        assert (fresh(golf).state, fresh(golf).appointment_id) == ("booked", appointment.pk)
        with pytest.raises(Refusal) as again:
            invitations.book(actor=dana, invitation_id=golf.pk, starts_at=slot_of(golf, 1))
        assert again.value.code == "already_booked"
        react()
        assert fresh(golf).appointment_id == appointment.pk


def test_a_cancelled_appointment_leaves_the_invitation_open(due: Alpen, flow: Flow) -> None:
    dana = customer_actor(due.dana)
    with due.scope():
        golf = sent(due, flow)["BZ346AN"]
        first = invitations.book(actor=dana, invitation_id=golf.pk, starts_at=slot_of(golf))
        appointments.cancel(actor=dana, appointment_id=first.pk, reason="other_time")
        react()
        assert (fresh(golf).state, fresh(golf).appointment_id, fresh(golf).booked_at) == ("sent", None, None)
        second = invitations.book(actor=dana, invitation_id=golf.pk, starts_at=slot_of(golf, 1))
        react()
        assert fresh(golf).appointment_id == second.pk


def test_who_calls_instead_counts_as_booked_and_other_work_does_not(due: Alpen, flow: Flow) -> None:
    def call(car: Any, kinds: list[str], at: str) -> None:
        appointments.book(
            actor=due.alice, customer_id=due.dana.pk, vehicle_id=car.pk, site_id=due.bozen.pk, work_kinds=kinds, starts_at=local(at),
            source="staff",
        )  # fmt: skip

    with due.scope():
        invited = sent(due, flow)
        call(due.golf, ["inspection"], "2026-03-05 08:00")
        call(due.panda, ["tyre_change"], "2026-03-05 14:00")
        react()
        assert fresh(invited["BZ346AN"]).state == "booked"
        assert fresh(invited["GA123BC"]).state == "sent"


def test_not_my_car_ends_the_holding_and_what_was_due(due: Alpen, flow: Flow) -> None:
    dana = customer_actor(due.dana)
    with due.scope():
        golf = sent(due, flow)["BZ346AN"]
        invitations.decline(actor=dana, invitation_id=golf.pk)
        invitations.decline(actor=dana, invitation_id=golf.pk)
        assert fresh(golf).state == "declined"
        assert list(vehicles.cars_of(due.dana.pk)) == [due.panda]
        react()
        from forecourt.engines.audience.models import DueWork

        assert DueWork.objects.filter(vehicle=due.golf).count() == 0
        with pytest.raises(NotFound):
            invitations.book(actor=dana, invitation_id=golf.pk, starts_at=slot_of(golf))


def test_a_booked_invitation_is_not_declined_behind_its_appointment(due: Alpen, flow: Flow) -> None:
    dana = customer_actor(due.dana)
    with due.scope():
        golf = sent(due, flow)["BZ346AN"]
        invitations.book(actor=dana, invitation_id=golf.pk, starts_at=slot_of(golf))
        with pytest.raises(Refusal) as refused:
            invitations.decline(actor=dana, invitation_id=golf.pk)
        assert refused.value.code == "wrong_state"
        assert vehicles.keeper_of(due.golf.pk) == due.dana


def test_nobody_answers_for_another(due: Alpen, flow: Flow) -> None:
    dieter = customer_actor(due.customers["dieter"])
    with due.scope():
        golf = sent(due, flow)["BZ346AN"]
        with pytest.raises(NotFound):
            invitations.book(actor=dieter, invitation_id=golf.pk, starts_at=slot_of(golf))
        with pytest.raises(NotFound):
            invitations.decline(actor=dieter, invitation_id=golf.pk)
        with pytest.raises(NotPermitted):
            invitations.decline(actor=due.bob, invitation_id=golf.pk)
        assert fresh(golf).state == "sent"


def test_a_scanner_s_visit_is_kept_and_opens_nothing(due: Alpen, flow: Flow, set_clock: Callable[..., None]) -> None:
    with due.scope():
        golf = sent(due, flow)["BZ346AN"]
        set_clock(local("2026-03-02 10:00"))
        assert invitations.clicked(invitation_id=golf.pk, method="HEAD", headers=BROWSER) is False
        assert fresh(golf).clicked_at is None
        assert invitations.clicked(invitation_id=golf.pk, method="GET", headers=BROWSER) is True
        opened = fresh(golf).clicked_at
        assert opened is not None
        assert invitations.clicked(invitation_id=golf.pk, method="GET", headers=BROWSER) is True
        assert fresh(golf).clicked_at == opened


def test_the_numbers_of_a_flow_are_its_rows_from_due_to_revenue(due: Alpen, flow: Flow, set_clock: Callable[..., None]) -> None:
    manager = due.actor("Max Mair")
    with due.scope():
        invited = sent(due, flow)
        golf, panda = invited["BZ346AN"], invited["GA123BC"]
        set_clock(local("2026-03-02 10:00"))
        invitations.clicked(invitation_id=golf.pk, method="GET", headers=BROWSER)
        invitations.clicked(invitation_id=panda.pk, method="HEAD", headers=BROWSER)
        appointment = invitations.book(actor=customer_actor(due.dana), invitation_id=golf.pk, starts_at=slot_of(golf))
        set_clock(appointment.starts_at - timedelta(minutes=1))
        job_card = accept(due, arrivals.check_in(actor=due.alice, appointment_id=appointment.pk))
        for line in job_card.lines.all():
            job_cards.start_line(actor=huber(due), line_id=line.pk)
        invoice = billing.invoice(actor=due.alice, job_card_id=checked(due, job_card).pk)
        react()
        measured = {each.key: each for each in flow_return.measures(actor=manager, flow_id=flow.pk)}
        assert {key: each.value for key, each in measured.items()} == {
            "due": 3, "invited": 2, "delivered": 2, "refused": 0, "opened": 1, "opened_by_machines": 1, "declined": 0, "booked": 1,
            "came": 1, "revenue": invoice.net,
        }  # fmt: skip
        assert invoice.net == Decimal("249.00")
        assert (measured["booked"].share, measured["came"].share, measured["due"].share) == (0.5, 1.0, None)
        assert fresh(golf).state == "came"
        for key, each in measured.items():
            behind = flow_return.rows(actor=manager, flow_id=flow.pk, measure=key)
            assert each.value == (sum(row.amount or 0 for row in behind) if key == "revenue" else len(behind))
        assert flow_return.overview(actor=manager)[flow.pk] == {"invited": 2, "booked": 1, "came": 1, "revenue": Decimal("249.00")}


def test_reasons_of_what_was_not_sent_sum_to_their_measure(due: Alpen, flow: Flow) -> None:
    with due.scope():
        run(due, flow)
        consent.object_to_all(actor=customer_actor(due.dana), customer_id=due.dana.pk, wording="unsubscribe")
        decided()
        from forecourt.engines.messaging import announcements

        announcements.announce(by=due.system)
        react()
        assert flow_return.refusals(actor=due.bob, flow_id=flow.pk) == {"objected": 2}
        assert {each.key: each.value for each in flow_return.measures(actor=due.bob, flow_id=flow.pk)}["refused"] == 2


def test_a_list_behind_a_number_costs_three_queries(due: Alpen, flow: Flow) -> None:
    with due.scope():
        run(due, flow)
        for measure, queries in (("due", 3), ("invited", 2)):
            with CaptureQueriesContext(connection) as asked:
                rows = flow_return.rows(actor=due.bob, flow_id=flow.pk, measure=measure, size=50)
                assert [row.customer.name for row in rows if row.customer]
            assert len(asked) == queries


@pytest.mark.filterwarnings("ignore:Session.login_data is deprecated:DeprecationWarning")
def test_the_letters_arrive_over_real_smtp_once_each(due: Alpen, flow: Flow, mail_server: Any, mailbox: Any) -> None:
    with due.scope():
        run(due, flow)
        with mail_server():
            sending.run(by=due.system)
            sending.run(by=due.system)
        react()
        assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}
    assert sorted(mail.parsed["To"] for mail in mailbox.messages()) == ["dana@example.org", "dana@example.org"]
