"""The local gateway's text messages, readable on this machine only."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from forecourt.adapters.smsgateway.store import Store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_texts(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.IS_LOCAL = settings.RUNS_MAIL_SERVER = settings.RUNS_TEXTS_GATEWAY = True
    for number in ("+393331234567", "+4915112345678"):
        Store(tmp_path / "texts").keep(to=number, sender="Alpen", body=f"<b>123456</b> for {number}")


def test_the_newest_texts_are_listed_and_found_by_number(client: Client) -> None:
    page = client.get("/mailbox/texts").content.decode()
    assert page.index("for +4915112345678") < page.index("&lt;b&gt;123456&lt;/b&gt; for +393331234567")
    found = client.get("/mailbox/texts", {"q": "333 123"}).content.decode()
    assert "+393331234567" in found
    assert "+4915112345678" not in found
    assert "No text to such a number." in client.get("/mailbox/texts", {"q": "nobody"}).content.decode()
    assert 'href="/mailbox/texts"' in client.get("/mailbox").content.decode()


@pytest.mark.parametrize("setting", ["IS_LOCAL", "RUNS_MAIL_SERVER", "RUNS_TEXTS_GATEWAY"])
def test_there_are_no_texts_where_others_could_read_them(client: Client, settings: Any, setting: str) -> None:
    setattr(settings, setting, False)
    assert client.get("/mailbox/texts").status_code == 404


def test_what_went_to_somebody_who_is_erased_goes(tmp_path: Path) -> None:
    store = Store(tmp_path / "texts")
    assert store.forget(["+393331234567"]) == 1
    assert [text.to for text in store.newest_first()] == ["+4915112345678"]
