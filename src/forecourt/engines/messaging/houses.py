"""Who writes: the organisation and site of a message, and how senders and readers see their name."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from forecourt.records.dealership.models import Organisation, Site
from forecourt.runtime import scope

House = tuple[Organisation, Site | None]

_known: ContextVar[dict[tuple[UUID, UUID | None], House] | None] = ContextVar("forecourt_known_houses", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within the block each house is read once: for a run of mails, which takes seconds."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def of(site_id: UUID | None) -> House:
    """The organisation in scope and this site; without one, or if it is gone, the organisation's first."""
    known = _known.get()
    key = (scope.organisation_id(), site_id)
    if known is not None and key in known:
        return known[key]
    organisation = Organisation.objects.get(pk=scope.organisation_id())
    site = Site.objects.filter(pk=site_id).first() if site_id else None
    house = (organisation, site or Site.objects.order_by("id").first())
    if known is not None:
        known[key] = house
    return house


def full_name(organisation: Organisation, site: Site | None) -> str:
    """`Autohaus Alpen Bozen`: many sites are called by their town only."""
    if site is None or organisation.name.casefold() in site.name.casefold():
        return site.name if site else organisation.name
    return f"{organisation.name} {site.name}"
