"""Which of the pages about privacy this person may open."""

from django.http import HttpRequest

from forecourt.runtime import access
from forecourt.runtime.actors import Actor

_TABS = {
    "may_retention": "people.see_retention", "may_shares": "people.manage_shares", "may_controllers": "people.manage_controllers",
    "may_rule": "people.set_consent_rules",
}  # fmt: skip


def of(request: HttpRequest) -> dict[str, bool]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return {name: access.may(actor, right) for name, right in _TABS.items()}
