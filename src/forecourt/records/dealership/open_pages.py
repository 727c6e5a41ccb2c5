"""Live pages of staff whose rights changed: they ask again at once what their person may see, and nothing is drawn for them until then."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from forecourt.records.accounts import signins
from forecourt.records.dealership.models import Deputy, StaffMember, SupportVisit
from forecourt.runtime.live import fragments


def ask_again(staff_member_ids: Iterable[UUID]) -> None:
    """Theirs, those of who stands in for them, and those of support that looks in as one of them; in the transaction of the change."""
    ids = list(staff_member_ids)
    standing_in = Deputy.objects.filter(absent__in=ids, ended_at=None).values("stand_in_id")
    members = StaffMember.objects.filter(Q(pk__in=ids) | Q(pk__in=standing_in))
    signins.ask_again(list(members.values_list("account_id", flat=True)))
    visits = SupportVisit.objects.filter(staff_member__in=ids, ended_at=None).exclude(session_key="")
    fragments.rights_changed(list(visits.values_list("session_key", flat=True)))


def ask_all_again(role: str) -> None:
    """The same for everybody of a role."""
    ask_again(StaffMember.objects.filter(role=role, is_active=True).values_list("pk", flat=True))
