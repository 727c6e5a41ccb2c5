"""A program that asks the API with a token."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from forecourt.records.accounts import tokens
from tests.cast import Dealer, local

TODAY = "2026-03-02"


@pytest.fixture(autouse=True)
def early_on_monday(set_clock: Callable[[datetime], None]) -> None:
    set_clock(local(f"{TODAY} 06:59"))


def program(dealer: Dealer, role: str) -> Client:
    """A client whose token has this role."""
    with dealer.scope():
        _, secret = tokens.create(actor=dealer.system, name="test", role=role)
    return Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})
