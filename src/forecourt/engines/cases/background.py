"""Says once when a promise is late."""

from django.db import transaction

from forecourt.engines.cases.cases import UNSOLVED
from forecourt.engines.cases.events import CaseOverdue
from forecourt.engines.cases.models import Case
from forecourt.runtime import background, clock, scope
from forecourt.runtime.actors import system
from forecourt.runtime.events import publish


@background.poll(every_seconds=60)
def tell_what_is_late() -> None:
    """One event per case and promise; the marks on the case keep it to one."""
    now = clock.now()
    with scope.everywhere("cases fall due at every dealer"):
        contact = Case.objects.filter(state__in=("open", "reopened"), contacted_at=None, contact_due_at__lt=now, contact_told_at=None)
        solution = Case.objects.filter(state__in=UNSOLVED, solve_due_at__lt=now, solution_told_at=None)
        late = [("contact", case) for case in contact] + [("solution", case) for case in solution]
    for promise, case in late:
        with scope.of(case.organisation_id), transaction.atomic():
            told = f"{promise}_told_at"
            if Case.objects.filter(pk=case.pk, **{told: None}).update(**{told: now}):
                about = {name: getattr(case, name) for name in ("number", "site_id", "customer_id", "vehicle_id")}
                publish(CaseOverdue(case_id=case.pk, promise=promise, **about), by=system(case.organisation_id, via="clock"))
