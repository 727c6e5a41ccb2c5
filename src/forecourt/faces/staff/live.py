"""Which live topics a member of staff may follow, and in which rendering.

A topic is `kind:id`, such as `board:<site>` or `job_card:<id>`. A rendering (variant) is `language:rights`, where rights is
`work` for those who may change what they see and `look` for those who may only read.
"""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import get_language

from forecourt.faces.staff.door import StaffRequest
from forecourt.kernel.errors import NotFound
from forecourt.runtime.actors import Actor
from forecourt.runtime.live import tokens

LANGUAGES = ("de", "it", "en", "ro", "zh-hans")
May = Callable[[Actor, UUID], bool]

_topics: dict[str, May] = {}


def topic(kind: str, may: May) -> None:
    """A screen registers who may follow its topics."""
    _topics[kind] = may


def pass_for(request: StaffRequest, topics: list[str]) -> str:
    """A signed pass for these topics. Raises NotFound for one this person may not follow."""
    for name in topics:
        kind, _, id = name.partition(":")
        if kind not in _topics or not _topics[kind](request.actor, _uuid(id)):
            raise NotFound()
    return tokens.issue(
        request.session.session_key or "",
        request.actor.organisation_id,
        request.site.pk if request.site else None,
        topics,
        variant(get_language() or "en", request.actor),
    )


def variant(language: str, actor: Actor) -> str:
    return f"{language}:{'work' if 'workshop.move_appointment' in actor.rights else 'look'}"


def variants() -> list[tuple[str, str]]:
    """All (language, rights) a fragment is rendered for."""
    return [(language, rights) for language in LANGUAGES for rights in ("work", "look")]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound() from error
