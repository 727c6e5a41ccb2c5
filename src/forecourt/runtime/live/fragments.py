"""Telling the live process, inside the transaction that changed something: a rollback tells nobody."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction

from forecourt.runtime import scope
from forecourt.runtime.live import tokens
from forecourt.runtime.live.hub import CHANGED, CHANNEL, ENDED
from forecourt.runtime.models.live import LiveFragment


@transaction.atomic
def push(topic: str, variants: dict[str, str]) -> None:
    """Send each variant's HTML to the pages of this organisation that follow the topic.

    A page whose variant is missing here receives nothing, so leaving one out is how rights are kept.
    """
    _tell(scope.organisation_id(), topic, variants)


@transaction.atomic
def sessions_ended(session_key: str) -> None:
    """Drop every live connection of a session, and refuse its tokens until they have run out."""
    _tell(None, ENDED + tokens.session_mark(session_key), {})


@transaction.atomic
def rights_changed(session_keys: Collection[str]) -> None:
    """Whoever holds these sessions may do more or less now: their passes are worth nothing, and their pages load again."""
    if session_keys:
        _tell(None, CHANGED, dict.fromkeys(map(tokens.session_mark, session_keys), ""))


def _tell(organisation_id: UUID | None, topic: str, variants: dict[str, str]) -> None:
    fragment = LiveFragment.objects.create(organisation_id=organisation_id, topic=topic, variants=variants)
    # NOTIFY carries less than 8 kB, so it carries the number alone.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(fragment.id)])
