"""Keeping a promise with a deadline: open, reach the customer, solve, let the customer confirm, open again.

Clocks run in the working hours of the site for the first contact and in plain hours for the solution (requirement C2). What a case is
about is known to who opened it; here it is a kind and a cause.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from forecourt.engines.cases.events import (
    CaseAssigned,
    CaseConfirmed,
    CaseContacted,
    CaseOpened,
    CaseReopened,
    CaseSolved,
)
from forecourt.engines.cases.models import Case, Note
from forecourt.kernel.errors import NotFound, Refusal
from forecourt.kernel.lifecycle import Lifecycle
from forecourt.records.dealership import sites
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish

CASE: Final = Lifecycle(
    name="case",
    initial="open",
    moves={
        "open": ("contacted", "solved"),
        "contacted": ("solved",),
        "solved": ("confirmed", "reopened"),
        "reopened": ("contacted", "solved"),
        "confirmed": ("reopened",),
    },
)
UNSOLVED: Final = ("open", "contacted", "reopened")
FIRST_CONTACT_WORKING_HOURS: Final = 4
SOLUTION_HOURS: Final = 48


@transaction.atomic
def open_case(
    *,
    actor: Actor,
    kind: str,
    site_id: UUID,
    customer_id: UUID | None,
    vehicle_id: UUID | None,
    cause_kind: str,
    cause_id: UUID,
    owner_id: UUID | None = None,
    urgency: str = "high",
    note: str = "",
) -> Case:
    """Open a case; the same cause opens one case only, and saying so again gives that one."""
    access.require(actor, "cases.open_case")
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise NotFound
    with connection.cursor() as cursor:  # numbers without gaps, and one case per cause, also for two at once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"case-number:{scope.organisation_id()}"])
    known = Case.objects.filter(cause_kind=cause_kind, cause_id=cause_id).first()
    if known is not None:
        return known
    now = clock.now()
    case = Case.objects.create(
        number=(Case.objects.aggregate(last=Max("number"))["last"] or 0) + 1, kind=kind, site_id=site_id, customer_id=customer_id,
        vehicle_id=vehicle_id, cause_kind=cause_kind, cause_id=cause_id, urgency=urgency, owner_id=owner_id or _somebody(site_id),
        opened_at=now, contact_due_at=_contact_due(site), solve_due_at=now + timedelta(hours=SOLUTION_HOURS),
    )  # fmt: skip
    if note:
        Note.objects.create(case=case, text=note, kind="customer", written_at=now)
    publish(CaseOpened(**_about(case), kind=kind, solve_due_at=case.solve_due_at), by=actor)
    return case


@transaction.atomic
def assign(*, actor: Actor, case_id: UUID, owner_id: UUID) -> Case:
    """Give it to another member of staff who works at its site."""
    case = _locked(actor, case_id)
    owner = StaffMember.objects.filter(pk=owner_id, is_active=True).first()
    if owner is None:
        raise NotFound
    if owner.sites and case.site_id not in owner.sites:
        raise Refusal("not_at_site", _("%(name)s does not work at this site.") % {"name": owner.name})
    case.owner_id = owner.pk
    case.save(update_fields=["owner_id"])
    publish(CaseAssigned(**_about(case), owner_id=owner.pk), by=actor)
    return case


@transaction.atomic
def contact(*, actor: Actor, case_id: UUID, note: str) -> Case:
    """The customer was reached; what was said is kept."""
    case = _locked(actor, case_id)
    text = _require_text(note)
    case.state = CASE.move(case.state, "contacted", text=_("This case was dealt with already."))
    case.contacted_at = case.contacted_at or clock.now()
    case.save(update_fields=["state", "contacted_at"])
    _write(actor, case, text, "call")
    publish(CaseContacted(**_about(case), in_time=case.contacted_at <= case.contact_due_at), by=actor)
    return case


@transaction.atomic
def solve(*, actor: Actor, case_id: UUID, note: str) -> Case:
    """Solved, as staff see it; the customer's confirmation comes after it."""
    case = _locked(actor, case_id)
    text = _require_text(note)
    case.state = CASE.move(case.state, "solved", text=_("This case is solved already."))
    case.solved_at = clock.now()
    case.save(update_fields=["state", "solved_at"])
    _write(actor, case, text, "solution")
    publish(CaseSolved(**_about(case), in_time=case.solved_at <= case.solve_due_at), by=actor)
    return case


@transaction.atomic
def confirm(*, actor: Actor, case_id: UUID) -> Case:
    """The customer says that it is solved (told to staff)."""
    case = _locked(actor, case_id)
    case.state = CASE.move(case.state, "confirmed", text=_("Only a solved case can be confirmed."))
    case.confirmed_at = clock.now()
    case.save(update_fields=["state", "confirmed_at"])
    publish(CaseConfirmed(**_about(case)), by=actor)
    return case


@transaction.atomic
def reopen(*, actor: Actor, case_id: UUID, note: str) -> Case:
    """It is not solved after all; the clock for the solution starts again."""
    case = _locked(actor, case_id)
    text = _require_text(note)
    case.state = CASE.move(case.state, "reopened", text=_("This case is open already."))
    case.solved_at = case.confirmed_at = None
    case.solve_due_at = clock.now() + timedelta(hours=SOLUTION_HOURS)
    case.solution_told_at = None
    case.save(update_fields=["state", "solved_at", "confirmed_at", "solve_due_at", "solution_told_at"])
    _write(actor, case, text, "note")
    publish(CaseReopened(**_about(case), solve_due_at=case.solve_due_at), by=actor)
    return case


@transaction.atomic
def write_note(*, actor: Actor, case_id: UUID, note: str) -> Note:
    """Keep what was learned."""
    case = _locked(actor, case_id)
    return _write(actor, case, _require_text(note), "note")


def _locked(actor: Actor, case_id: UUID) -> Case:
    return access.fetch(Case, case_id, actor=actor, right="cases.work_on_case", lock=True)


def _require_text(note: str) -> str:
    if not note.strip():
        raise Refusal("note_missing", _("Please write what was said or done."))
    return note.strip()


def _write(actor: Actor, case: Case, text: str, kind: str) -> Note:
    return Note.objects.create(case=case, text=text, kind=kind, written_at=clock.now(), written_by_id=actor.id)


def _contact_due(site: Site) -> Any:
    return sites.hours_of(site).add_working_time(clock.now(), timedelta(hours=FIRST_CONTACT_WORKING_HOURS))


def _somebody(site_id: UUID) -> UUID | None:
    """Who takes a case nobody was named for: customer care, else the manager."""
    at_site = [
        each for each in StaffMember.objects.filter(is_active=True, role__in=("care", "manager")) if not each.sites or site_id in each.sites
    ]
    at_site.sort(key=lambda each: (each.role != "care", each.name))
    return at_site[0].pk if at_site else None


def _about(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.pk,
        "number": case.number,
        "site_id": case.site_id,
        "customer_id": case.customer_id,
        "vehicle_id": case.vehicle_id,
    }
