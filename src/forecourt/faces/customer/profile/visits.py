"""When support looked at what a dealer keeps of this person: told to the person themselves, with the reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from forecourt.records.accounts.models import CustomerLink
from forecourt.records.dealership.models import Organisation, SupportVisit
from forecourt.records.people import merges
from forecourt.runtime import audit, clock, scope

SHOWN_FOR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Visit:
    """One visit in which the person's data were opened."""

    dealer: str
    at: datetime
    reason: str


def of(links: list[CustomerLink]) -> list[Visit]:
    """The newest first, from every dealer the account is joined to as an owner."""
    found = [visit for link in links if link.is_owner for visit in _at(link)]
    return sorted(found, key=lambda visit: visit.at, reverse=True)


def _at(link: CustomerLink) -> list[Visit]:
    with scope.of(link.organisation_id):
        ids = {
            UUID(hex=entry.values["via"].partition(":")[2])
            for pk in merges.ids_of(merges.current_id(link.customer_id))
            for entry in audit.entries(person_id=pk, since=clock.now() - SHOWN_FOR).filter(values__via__startswith="support:")
        }
        if not ids:
            return []
        dealer = Organisation.objects.get(pk=link.organisation_id).name
        rows = SupportVisit.objects.filter(pk__in=ids)
        return [Visit(dealer, row.began_at or row.invited_at, row.reason) for row in rows]
