"""Whether a person or a machine followed a link."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from forecourt.engines.messaging import clicks
from forecourt.engines.messaging.models import Click, Message
from forecourt.kernel.ids import uuid7
from forecourt.runtime import clock
from tests.cast import Alpen
from tests.engines.messaging.conftest import Queue

pytestmark = pytest.mark.django_db
CAUSE = uuid7()
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.fixture
def sent_at(alpen: Alpen, queue: Queue) -> datetime:
    """When Dana's mail left: an hour ago."""
    queue(cause_id=CAUSE)
    at = clock.now() - timedelta(hours=1)
    with alpen.scope():
        Message.objects.update(state="sent", sent_at=at)
    return at


def visit(alpen: Alpen, at: datetime, cause: UUID = CAUSE, **values: Any) -> str:
    usual = {"method": "GET", "user_agent": PHONE, "headers": {"Accept-Language": "de"}}
    with alpen.scope():
        click = clicks.record(cause_kind="test", cause_id=cause, at=at, **usual | values)
    assert click.is_machine == (click.verdict != "person")
    return click.verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({}, "person"),
        ({"method": "HEAD"}, "head_request"),
        ({"method": "OPTIONS"}, "other_method"),
        ({"headers": {}}, "no_accept_language"),
        ({"headers": {"Accept-Language": "de", "Sec-Purpose": "prefetch;prerender"}}, "prefetch"),
        ({"user_agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"}, "scanner"),
        ({"user_agent": "python-requests/2.32"}, "scanner"),
        ({"user_agent": ""}, "scanner"),
        ({"is_hidden": True}, "hidden_link"),
    ],
)
def test_each_sign_of_a_machine_is_told(alpen: Alpen, sent_at: datetime, values: dict[str, Any], verdict: str) -> None:
    assert visit(alpen, sent_at + timedelta(minutes=5), **values) == verdict


def test_who_clicks_within_ten_seconds_is_a_machine(alpen: Alpen, sent_at: datetime) -> None:
    assert visit(alpen, sent_at + timedelta(seconds=9.9)) == "too_soon"
    assert visit(alpen, sent_at + timedelta(seconds=10)) == "person"


def test_who_follows_every_link_at_once_was_a_machine_from_the_first(alpen: Alpen, sent_at: datetime) -> None:
    begin = sent_at + timedelta(minutes=5)
    assert [visit(alpen, begin + timedelta(seconds=n / 2), link=f"slot-{n}") for n in range(3)] == ["person", "person", "all_links_at_once"]

    with alpen.scope():
        assert set(Click.objects.values_list("verdict", flat=True)) == {"all_links_at_once"}
        assert clicks.counts("test", [CAUSE]) == {"people": 0, "machines": 1}
    assert visit(alpen, begin + timedelta(minutes=5), link="slot-1") == "person"
    with alpen.scope():
        assert clicks.counts("test", [CAUSE]) == {"people": 1, "machines": 1}


def test_the_raw_hit_is_kept(alpen: Alpen, sent_at: datetime) -> None:
    visit(alpen, sent_at + timedelta(minutes=1), headers={"accept-language": "it", "Cookie": "secret"}, link="slot-2")

    with alpen.scope():
        click = Click.objects.get()
        assert click.message is not None
        assert (click.method, click.user_agent, click.headers, click.link) == ("GET", PHONE, {"accept-language": "it"}, "slot-2")
