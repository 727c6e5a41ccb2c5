"""The way out of marketing mail: one POST, and never a GET."""

import pytest
from django.db import transaction
from django.test import Client

from forecourt.engines.messaging import letters, outbox
from forecourt.engines.messaging.models import Message
from forecourt.kernel.ids import uuid7
from forecourt.records.people import consent
from forecourt.records.people.models import ConsentEntry
from forecourt.runtime import links
from tests.cast import Alpen, Rosso

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reminder(alpen: Alpen) -> Message:
    with alpen.scope(), transaction.atomic():
        consent.enter(
            actor=alpen.system, customer_id=alpen.dana.pk, purpose="service_reminder", channel="email", act="give", wording="test"
        )
        message = outbox.queue(
            cause_kind="invitation", cause_id=uuid7(), step="first", customer_id=alpen.dana.pk, address="dana@example.org",
            purpose="service_reminder", language="de", template="test", facts={}, site_id=alpen.bozen.pk,
        )  # fmt: skip
    assert message is not None
    return message


def address(message: Message, **values: object) -> str:
    usual = {"organisation_id": message.organisation_id, "subject_id": message.id, "holder_id": message.customer_id}
    return "/unsubscribe/" + links.make(purpose=letters.UNSUBSCRIBE, **(usual | values))  # type: ignore[arg-type]


def verdict(alpen: Alpen, purpose: str = "service_reminder") -> str:
    with alpen.scope():
        return consent.may_send(customer_id=alpen.dana.pk, purpose=purpose, channel="email").reason_code


def test_a_letter_that_advertises_carries_the_way_out_and_a_contract_letter_does_not(alpen: Alpen, reminder: Message) -> None:
    with alpen.scope():
        advert = letters.letter(reminder, subject="Service", blocks=[letters.Paragraph("Guten Tag")])
        reminder.purpose = "contract"
        notice = letters.letter(reminder, subject="Service", blocks=[letters.Paragraph("Guten Tag")])

    way_out = advert.headers["List-Unsubscribe"].strip("<>")
    assert advert.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert links.read(way_out.rpartition("/")[2], purpose=letters.UNSUBSCRIBE).subject_id == reminder.id
    assert way_out in advert.html
    assert way_out in advert.text
    assert notice.headers == {}
    assert "/unsubscribe/" not in notice.html + notice.text


def test_following_the_link_changes_nothing(alpen: Alpen, client: Client, reminder: Message) -> None:
    assert client.get(address(reminder)).status_code == 200
    assert client.head(address(reminder)).status_code == 200
    assert client.post(address(reminder)).status_code == 400
    assert verdict(alpen) == "consented"


def test_one_click_of_a_mail_program_enters_one_objection_for_this_purpose_only(alpen: Alpen, reminder: Message) -> None:
    mail_program = Client(enforce_csrf_checks=True)

    for _ in range(2):
        assert mail_program.post(address(reminder), ONE_CLICK).status_code == 200

    assert verdict(alpen) == "objected"
    assert verdict(alpen, "offers") == "no_consent"
    with alpen.scope():
        [entry] = ConsentEntry.objects.filter(act="object")
        assert (entry.purpose, entry.channel, entry.source, entry.evidence) == (
            "service_reminder", "email", "link", {"message": str(reminder.id)},
        )  # fmt: skip


def test_a_forged_or_borrowed_link_opens_nothing(alpen: Alpen, rosso: Rosso, client: Client, reminder: Message) -> None:
    assert client.post(address(reminder, organisation_id=rosso.id), ONE_CLICK).status_code == 404
    assert client.post(address(reminder, holder_id=rosso.eve.pk), ONE_CLICK).status_code == 404
    assert client.post(address(reminder)[:-2] + "xx", ONE_CLICK).status_code == 404
    booking = links.make(purpose="booking", organisation_id=alpen.id, subject_id=reminder.id, holder_id=alpen.dana.pk)
    assert client.post(f"/unsubscribe/{booking}", ONE_CLICK).status_code == 404
    assert verdict(alpen) == "consented"
