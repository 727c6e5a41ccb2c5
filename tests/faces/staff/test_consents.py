"""Staff see what a customer agreed to with its proof, and write down what was said to them."""

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.engines.messaging.models import Message
from forecourt.journeys.marketing import confirmations
from forecourt.records.people.models import ConsentEntry, ConsentRule
from tests.cast import Alpen

pytestmark = pytest.mark.django_db
SAID = {"purpose": "offers", "channel": "email", "act": "give", "form": "phone", "note": "Anruf vom 2. März"}


def signed_in(alpen: Alpen, name: str) -> Client:
    client = Client()
    with alpen.scope():
        client.force_login(alpen.staff[name].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_what_a_customer_said_on_the_telephone_stands_in_the_ledger_with_its_proof(alpen: Alpen) -> None:
    client = signed_in(alpen, "Alice Adler")
    page = client.post(reverse("consents:enter", args=[alpen.dana.pk]), SAID, follow=True)
    assert "Anruf vom 2. März" in page.content.decode()
    with alpen.scope():
        entry = ConsentEntry.objects.get()
        assert (entry.form, entry.source, entry.staff_id, entry.evidence["note"]) == ("phone", "staff", alpen.alice.id, "Anruf vom 2. März")


def test_without_proof_or_right_nothing_is_written(alpen: Alpen) -> None:
    url = reverse("consents:enter", args=[alpen.dana.pk])
    assert signed_in(alpen, "Alice Adler").post(url, SAID | {"note": " "}).status_code == 422
    assert signed_in(alpen, "Alice Adler").post(url, SAID | {"form": "import"}).status_code == 422
    assert signed_in(alpen, "Bob Brenner").post(url, SAID).status_code == 403
    with alpen.scope():
        assert ConsentEntry.objects.count() == 0


def test_where_it_must_be_confirmed_the_customer_gets_one_mail_with_a_link(alpen: Alpen) -> None:
    with alpen.scope():
        ConsentRule.objects.create(double_opt_in="always")
    signed_in(alpen, "Alice Adler").post(reverse("consents:enter", args=[alpen.dana.pk]), SAID)
    with alpen.scope():
        entry = ConsentEntry.objects.get()
        confirmations.ask(customer_id=alpen.dana.pk, entry_id=entry.pk)
        [message] = Message.objects.filter(cause_kind="consent")
        assert (message.purpose, message.address) == ("contract", "dana@example.org")
        assert "/c/" in confirmations.please_confirm(message).text
        assert confirmations.still_open(message) is None
