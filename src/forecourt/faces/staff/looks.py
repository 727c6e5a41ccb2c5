"""That somebody was shown persons: one line of the audit trail for each page that tells who they are.

A page that redraws itself (htmx) was written down when it was opened. A test opens every page and finds those that forget.
"""

from collections.abc import Iterable
from uuid import UUID

from forecourt.faces.staff.door import StaffRequest
from forecourt.runtime import audit


def listed(request: StaffRequest, what: str, persons: Iterable[UUID | None], *, asked: str = "", **values: int) -> None:
    """A list, or something searched for: whose names are on it. What was asked is kept as a digest."""
    if not _redraws(request):
        audit.read(by=request.actor, what=what, about=[person for person in persons if person], asked=asked, **values)


def opened(request: StaffRequest, what: str, object_id: UUID, persons: Iterable[UUID | None], *, of: str = "") -> None:
    """The page of one thing, and whom it is about; `of` is the kind of thing where the page is called otherwise."""
    if not _redraws(request):
        about = [person for person in persons if person]
        audit.record(by=request.actor, act=f"{audit.READ}{what}", object_kind=of or what, object_id=object_id, about=about)


def _redraws(request: StaffRequest) -> bool:
    return bool(request.headers.get("HX-Request"))
