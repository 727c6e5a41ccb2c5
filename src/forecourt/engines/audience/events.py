"""What happens to rules, facts and segments."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("audience.rules_changed")
@dataclass(frozen=True, kw_only=True)
class RulesChanged(Event):
    rules_version: str
    work_kind: str = ""
    number: int = 0  # of the version

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


@event("audience.refresh_asked")
@dataclass(frozen=True, kw_only=True)
class RefreshAsked(Event):
    sentence = gettext_noop("It was asked to work out anew what is due")
    icon = "refresh-cw"
    concerns = ()


@event("audience.lines_decided")
@dataclass(frozen=True, kw_only=True)
class LinesDecided(Event):
    batch_id: UUID
    texts: int

    sentence = gettext_noop("What {texts} texts of job lines mean was decided")
    icon = "list-checks"
    concerns = ()


@event("audience.decision_taken_back")
@dataclass(frozen=True, kw_only=True)
class DecisionTakenBack(Event):
    batch_id: UUID
    texts: int

    sentence = gettext_noop("A decision on {texts} texts of job lines was taken back")
    icon = "undo-2"
    concerns = ()


@event("audience.learner_switched")
@dataclass(frozen=True, kw_only=True)
class LearnerSwitched(Event):
    is_on: bool

    sentence = gettext_noop("Whether job lines are recognised by comparison was changed")
    icon = "graduation-cap"
    concerns = ()


@event("audience.segment_made")
@dataclass(frozen=True, kw_only=True)
class SegmentMade(Event):
    segment_id: UUID

    sentence = gettext_noop("A segment was made")
    icon = "filter"
    concerns = ()


@event("audience.segment_changed")
@dataclass(frozen=True, kw_only=True)
class SegmentChanged(Event):
    segment_id: UUID
    segment_version: int
    fields: list[str]

    sentence = gettext_noop("A segment was changed")
    icon = "filter"
    concerns = ()


@event("audience.segment_archived")
@dataclass(frozen=True, kw_only=True)
class SegmentArchived(Event):
    segment_id: UUID

    sentence = gettext_noop("A segment was put away")
    icon = "archive"
    concerns = ()


@event("audience.segment_restored")
@dataclass(frozen=True, kw_only=True)
class SegmentRestored(Event):
    segment_id: UUID

    sentence = gettext_noop("A segment was taken back into use")
    icon = "archive-restore"
    concerns = ()
