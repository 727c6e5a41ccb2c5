"""What happens to rules and facts."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("audience.rules_changed")
@dataclass(frozen=True, kw_only=True)
class RulesChanged(Event):
    rules_version: str
    work_kind: str = ""

    sentence = gettext_noop("The rules for reading job lines were changed")
    icon = "list-filter"
    concerns = ()


@event("audience.facts_refreshed")
@dataclass(frozen=True, kw_only=True)
class FactsRefreshed(Event):
    texts: int  # newly classified
    vehicles: int
    due: int

    sentence = gettext_noop("Facts of {vehicles} cars were worked out anew")
    icon = "refresh-cw"
    concerns = ()
