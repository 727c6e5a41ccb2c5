"""Visits to links we sent, with a verdict whether a person did it.

Mail scanners follow every link, so a visit alone says little. The raw hit is kept with the verdict and its reason; both counts are
shown, and what people did (replied, booked, came) leads.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from forecourt.engines.messaging.models import Click, Message

PERSON = "person"
_TOO_SOON = timedelta(seconds=10)
_ALL_AT_ONCE = timedelta(seconds=2)
_LINKS_AT_ONCE = 3
_SCANNERS = re.compile(
    r"barracuda|proofpoint|mimecast|messagelabs|symantec|forcepoint|safelinks|fireeye|trendmicro|sophos|cloudmark|vade|zscaler"
    r"|googleimageproxy|google-safety|bingpreview|microsoft office|skypeuripreview|slackbot|whatsapp|telegrambot|facebookexternalhit"
    r"|bot\b|crawl|spider|curl/|wget/|python-|go-http-client|java/|okhttp|axios|node-fetch|libwww|apache-httpclient",
    re.IGNORECASE,
)
_KEPT = ("accept-language", "sec-fetch-mode", "sec-fetch-user", "sec-purpose", "purpose")


@transaction.atomic
def record(
    *,
    cause_kind: str,
    cause_id: UUID,
    method: str,
    user_agent: str,
    headers: Mapping[str, str],
    at: datetime,
    link: str = "",
    is_hidden: bool = False,
) -> Click:
    """Keep one visit to a link of this cause and judge it. `link` says which of the mail's links, `is_hidden` that no person sees it."""
    known = {name.lower(): value for name, value in headers.items()}
    sent = Message.objects.filter(cause_kind=cause_kind, cause_id=cause_id, state__in=("sent", "submitting"))
    message = sent.order_by("-sent_at", "-queued_at").first()
    verdict = _verdict(method, user_agent, known, at, message.sent_at if message else None, is_hidden=is_hidden)
    others = _moments_before(cause_kind, cause_id, at)
    if verdict == PERSON and link and len({*others.values_list("link", flat=True), link} - {""}) >= _LINKS_AT_ONCE:
        verdict = "all_links_at_once"
        others.filter(is_machine=False).update(is_machine=True, verdict=verdict)
    return Click.objects.create(
        message=message,
        cause_kind=cause_kind,
        cause_id=cause_id,
        at=at,
        link=link[:40],
        method=method[:8],
        is_machine=verdict != PERSON,
        verdict=verdict,
        user_agent=user_agent[:200],
        headers={name: known[name][:200] for name in _KEPT if name in known},
    )


def counts(cause_kind: str, cause_ids: "list[UUID] | QuerySet[Any]") -> dict[str, int]:
    """`{"people": …, "machines": …}`: causes of which a link was visited, by whom we think it was."""
    rows = Click.objects.filter(cause_kind=cause_kind, cause_id__in=cause_ids)
    return rows.aggregate(
        people=Count("cause_id", distinct=True, filter=Q(is_machine=False)),
        machines=Count("cause_id", distinct=True, filter=Q(is_machine=True)),
    )


def _verdict(method: str, user_agent: str, headers: dict[str, str], at: datetime, sent_at: datetime | None, *, is_hidden: bool) -> str:
    """`person`, or why we think that a machine did it."""
    prefetched = "prefetch" in headers.get("sec-purpose", "") or "prefetch" in headers.get("purpose", "")
    signs = (
        ("hidden_link", is_hidden),
        ("head_request", method.upper() == "HEAD"),
        ("other_method", method.upper() not in {"GET", "HEAD"}),
        ("no_accept_language", not headers.get("accept-language")),
        ("prefetch", prefetched),
        ("scanner", not user_agent or _SCANNERS.search(user_agent)),
        ("too_soon", sent_at is not None and at - sent_at < _TOO_SOON),
    )
    return next((sign for sign, shows in signs if shows), PERSON)


def _moments_before(cause_kind: str, cause_id: UUID, at: datetime) -> QuerySet[Click]:
    return Click.objects.filter(cause_kind=cause_kind, cause_id=cause_id, at__gt=at - _ALL_AT_ONCE, at__lte=at)
