"""People with a browser: asking for codes, reading their mail, coming in."""

import re
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from forecourt.engines.messaging import account_letters
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.engines.messaging.ports import Envelope
from forecourt.records.accounts import devices, registration, secrets
from forecourt.records.accounts.models import Account, Proof

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36"


def browser() -> Client:
    return Client(raise_request_exception=False, headers={"user-agent": PHONE})


def signed_in(email: str, way: str = "code") -> tuple[Client, Account]:
    """A browser in which the account of this address is signed in."""
    account = registration.register(email=email, name="")
    _, secret = devices.begin(account=account, name="Chrome, Android", way=way)
    client = browser()
    client.cookies[settings.DEVICE_COOKIE_NAME] = secret
    return client, account


def ask(client: Client, email: str, **more: Any) -> Any:
    return client.post(reverse("me_sign_in"), {"email": email, **more})


def last_proof() -> Proof:
    proof = Proof.objects.order_by("-pk").first()
    assert proof is not None
    return proof


def code_page(proof: Proof) -> str:
    return reverse("me_code", kwargs={"proof_id": proof.pk})


def link_page(proof: Proof) -> str:
    return reverse("me_link", kwargs={"secret": secrets.link_of(proof.pk)})


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def mail_of(letter: PersonalLetter) -> Envelope:
    """The mail as it would leave now."""
    return account_letters._envelope(letter)


def code_in(text: str) -> str:
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    return found[1]
