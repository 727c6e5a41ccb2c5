"""Which live topics a member of staff may follow, and in which rendering.

A topic is `kind:id`, such as `job_card:<id>`, or `kind:id:part`, such as `board:<site>:<day>`. A rendering (variant) is
`language:rights`: `work` for the desk, `floor` for those who work on cars but do not plan, `look` for those who only read.

A fragment is drawn once for all who may see it, so the rights of each are asked in their pass. A pass holds no longer than they do: who
changes somebody's rights voids it in the same transaction (`records.dealership.open_pages`), and the page comes for another.
"""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from forecourt.faces.staff.door import StaffRequest
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership import deputies
from forecourt.runtime import clock
from forecourt.runtime.actors import Actor
from forecourt.runtime.live import tokens

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
RIGHTS = ("work", "floor", "look")
May = Callable[[Actor, UUID], bool]

_topics: dict[str, May] = {}


def topic(kind: str, may: May) -> None:
    """A screen registers who may follow its topics."""
    _topics[kind] = may


def pass_for(request: StaffRequest, topics: list[str]) -> str:
    """A signed pass for these topics. Raises NotFound for one this person may not follow."""
    for name in topics:
        kind, _, rest = name.partition(":")
        subject = rest.partition(":")[0]
        if kind not in _topics or not _topics[kind](request.actor, _uuid(subject)):
            raise NotFound
    return tokens.issue(
        request.session.session_key or "",
        request.actor.organisation_id,
        request.site.pk,
        topics,
        variant(get_language() or "en", request.actor),
        asked_at=request.rights_asked_at,
        seconds=_seconds_left(request),
    )


def followed(request: StaffRequest, topics: list[str]) -> dict[str, str]:
    """What a page needs to follow these topics: `live_url`, `live_token`, `renew_url`."""
    asked = urlencode([("topic", name) for name in topics])
    return {
        "live_url": f"{settings.LIVE_URL}/live",
        "live_token": pass_for(request, topics),
        "renew_url": f"{reverse('staff_live')}?{asked}",
    }


def variant(language: str, actor: Actor) -> str:
    return f"{language}:{_rights_class(actor)}"


def variants() -> list[tuple[str, str]]:
    """All (language, rights) a fragment is rendered for."""
    return [(language, rights) for language in LANGUAGES for rights in RIGHTS]


def _seconds_left(request: StaffRequest) -> float:
    """How long the rights of this session last at most, by themselves: a deputy's time and a visit of support end without anybody's act."""
    if request.support and request.support.ends_at:
        ends_at = request.support.ends_at
    elif request.in_place_of:
        ends_at = deputies.until(request.staff.pk, request.in_place_of.pk)
    else:
        return tokens.SECONDS
    return (ends_at - clock.now()).total_seconds()


def _rights_class(actor: Actor) -> str:
    if "workshop.move_appointment" in actor.rights:
        return "work"
    return "floor" if "workshop.work_on_line" in actor.rights else "look"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
