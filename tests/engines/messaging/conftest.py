"""A mail server of this test's own, a template that is quickly composed, and a message to play with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from forecourt.adapters import smtp
from forecourt.adapters.mailserver import faults, server
from forecourt.adapters.mailserver.mailbox import Mailbox
from forecourt.engines.messaging import outbox, registry
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content
from forecourt.kernel.ids import uuid7
from tests.cast import Alpen

Queue = Callable[..., Message | None]


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


@pytest.fixture
def mail_server(tmp_path: Path) -> Callable[..., AbstractContextManager[None]]:
    """`with mail_server("550:*@gone.example"):` a real server with these faults, tied as the relay."""

    @contextmanager
    def running(wrong: str = "") -> Iterator[None]:
        before = registry._ports.relay
        with server.running(tmp_path / "mail", faults.read(wrong)) as port:
            registry.tie_relay(smtp.relay(f"smtp://127.0.0.1:{port}", deadline_seconds=3))
            yield
        registry._ports.relay = before

    return running


@pytest.fixture
def note() -> Iterator[None]:
    """The template `test.note`: says what its facts say."""

    @registry.composer("test.note")
    def compose(message: Message) -> Content:
        words = message.facts.get("words", "Hello")
        return Content(subject=message.facts.get("subject", "A note"), html=f"<p>{words}</p>", text=words)

    yield
    del registry._composers["test.note"]


@pytest.fixture
def queue(alpen: Alpen, note: None) -> Queue:
    """Queue a contract note to Dana, unless told otherwise."""

    def put(**values: Any) -> Message | None:
        usual: dict[str, Any] = {
            "cause_kind": "test", "cause_id": uuid7(), "step": "first", "customer_id": alpen.dana.pk, "address": "dana@example.org",
            "purpose": "contract", "language": "de", "template": "test.note", "facts": {}, "site_id": alpen.bozen.pk,
        }  # fmt: skip
        with alpen.scope(), transaction.atomic():
            return outbox.queue(**usual | values)

    return put
