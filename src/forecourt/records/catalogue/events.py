"""What happens to the vocabulary of work."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, event


@event("catalogue.standard_work_installed")
@dataclass(frozen=True, kw_only=True)
class StandardWorkInstalled(Event):
    kinds: int

    sentence = gettext_noop("{kinds} standard kinds of work were added")
    icon = "list-checks"
    concerns = ()


@event("catalogue.work_kind_changed")
@dataclass(frozen=True, kw_only=True)
class WorkKindChanged(Event):
    code: str

    sentence = gettext_noop("The kind of work {code} was changed")
    icon = "list-checks"
    concerns = ()
