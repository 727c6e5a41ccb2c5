"""Which of the pages about people this person may open."""

from django.http import HttpRequest

from forecourt.runtime import access
from forecourt.runtime.actors import Actor

_TABS = {"may_rights": "dealership.manage_rights", "may_sign_in": "dealership.manage_sign_in", "may_tokens": "accounts.manage_tokens"}


def of(request: HttpRequest) -> dict[str, bool]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return {name: access.may(actor, right) for name, right in _TABS.items()}
