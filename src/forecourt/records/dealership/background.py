"""What this context does when its time has come."""

from forecourt.records.dealership import support
from forecourt.records.dealership.models import SupportVisit
from forecourt.runtime import background, clock, scope


@background.poll(every_seconds=60)
def end_support_that_is_over() -> None:
    """Live pages of a visit whose time is over are dropped, and its end is written down."""
    with scope.everywhere("visits whose time is over"):
        over = list(SupportVisit.objects.filter(ended_at=None, ends_at__lte=clock.now()).values_list("organisation_id", "pk"))
    for organisation_id, pk in over:
        with scope.of(organisation_id):
            support.leave(visit_id=pk)
