"""Flows: automatic invitations that run by themselves.

Owns what a flow is, when it runs and what a run does: it picks whom to write to (`selection`), writes their invitations and puts the
letters into the outbox, each with its invitation in one transaction. What may still leave is decided in the claim (`letters`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from forecourt.engines.audience import segments
from forecourt.engines.messaging import outbox
from forecourt.journeys.marketing import selection
from forecourt.journeys.marketing.events import CustomerInvited, FlowChanged, FlowRun, FlowStarted, FlowStopped
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.marketing.selection import Candidate
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue import work
from forecourt.records.dealership.models import Organisation, Site
from forecourt.runtime import access, clock, scope
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish, publish_batch

CAUSE = "invitation"
TEMPLATE = "invitation"
BATCH = 500
RUNS_AT_HOUR = 9  # by the clock of the dealer's first site

#: Kind, name and work of the flows every dealer has.
STANDARD = (
    ("service_due", gettext_noop("Service due"), ("inspection", "oil_service", "brake_fluid")),
    ("test_due", gettext_noop("Statutory test due"), ("statutory_test",)),
)


@dataclass(frozen=True)
class Preview:
    """What a run would do now: how many cars are due, why some are left out, whom the workshop has time for."""

    due: int
    left_out: dict[str, int]  # reason -> cars; see selection.WHY_NOT
    to_invite: int
    waiting: int
    free_hours: dict[UUID, float]  # by site, in the days that invitations offer


@transaction.atomic
def install(*, actor: Actor | None = None) -> list[Flow]:
    """Give the organisation in scope the standard flows it lacks, switched off; returns all its flows. Repeatable."""
    actor = actor or system(scope.organisation_id(), via="founding")
    access.require(actor, "marketing.edit_flow")
    language = Organisation.objects.values_list("language", flat=True).get(pk=scope.organisation_id())
    known = set(Flow.objects.values_list("kind", flat=True))
    with translation.override(language):
        Flow.objects.bulk_create(
            [Flow(kind=kind, name=_(name), work_kinds=list(kinds)) for kind, name, kinds in STANDARD if kind not in known],
            ignore_conflicts=True,
        )
    return list(Flow.objects.order_by("kind"))


@transaction.atomic
def change(
    *,
    actor: Actor,
    flow_id: UUID,
    work_kinds: Sequence[str] | None = None,
    days_ahead: int | None = None,
    overdue_days: int | None = None,
    most_per_run: int | None = None,
    segment_id: UUID | Literal[""] | None = None,
) -> Flow:
    """Change what is given; None leaves it, an empty segment takes it away. Refusal("unknown_work", "out_of_range", "segment_not_usable")."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.edit_flow", lock=True)
    wanted: dict[str, Any] = {"days_ahead": days_ahead, "overdue_days": overdue_days, "most_per_run": most_per_run}
    if work_kinds is not None:
        wanted["work_kinds"] = [kind.code for kind in work.kinds(list(work_kinds))]
    given = {name: value for name, value in wanted.items() if value is not None}
    limits = {"days_ahead": (0, 365), "overdue_days": (0, 1500), "most_per_run": (1, 100_000)}
    for name, (least, most) in limits.items():
        if name in given and not least <= given[name] <= most:
            raise Refusal(
                "out_of_range", _("Please choose a number from %(least)s to %(most)s.") % {"least": least, "most": most}, field=name
            )
    if segment_id is not None:
        given["segment_id"] = _usable(actor, segment_id) if segment_id else None
    for name, value in given.items():
        setattr(flow, name, value)
    flow.save()
    publish(FlowChanged(flow_id=flow.pk, fields=sorted(given)), by=actor)
    return flow


@transaction.atomic
def start(*, actor: Actor, flow_id: UUID) -> Flow:
    """Switch a flow on; it runs at once and then every day. On already: nothing changes."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.run_flow", lock=True)
    if flow.is_on:
        return flow
    flow.is_on, flow.started_at = True, clock.now()
    flow.save(update_fields=["is_on", "started_at"])
    publish(FlowStarted(flow_id=flow.pk), by=actor)
    _defer_run(flow, actor)
    return flow


@transaction.atomic
def stop(*, actor: Actor, flow_id: UUID) -> Flow:
    """Switch a flow off; letters that have not left yet stay behind (the claim asks)."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.run_flow", lock=True)
    if flow.is_on:
        flow.is_on = False
        flow.save(update_fields=["is_on"])
        publish(FlowStopped(flow_id=flow.pk), by=actor)
    return flow


@transaction.atomic
def run_now(*, actor: Actor, flow_id: UUID) -> Flow:
    """Let a flow that is on run at once, in the worker. Refusal("flow_off")."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.run_flow", lock=True)
    if not flow.is_on:
        raise Refusal("flow_off", _("Switch the flow on first."))
    _defer_run(flow, actor)
    return flow


def preview(*, actor: Actor, flow_id: UUID) -> Preview:
    """What a run would do now; nothing is written."""
    flow = access.fetch(Flow, flow_id, actor=actor, right="marketing.see_flows")
    cars = selection.candidates(flow)
    choice = selection.choose(flow, cars)
    left_out = Counter(car.why_not for car in cars if car.why_not)
    return Preview(
        due=len(cars),
        left_out={why: left_out[why] for why in selection.WHY_NOT if left_out[why]},
        to_invite=len(choice.chosen),
        waiting=len(choice.waiting),
        free_hours={site: minutes / 60 for site, minutes in choice.free_minutes.items()},
    )


def of_segment(segment_id: UUID) -> list[str]:
    """The flows that write to a segment alone, by name."""
    return list(Flow.objects.filter(segment_id=segment_id).values_list("name", flat=True))


segments.declare_use(of_segment)


def run(*, by: Actor, flow_id: UUID) -> int:
    """One run: write invitations and their letters, 500 a transaction; returns how many. Repeatable: who is invited is no candidate."""
    flow = Flow.objects.get(pk=flow_id)
    if not flow.is_on:
        return 0
    choice = selection.choose(flow)
    invited = sum(_invite(flow, batch, by) for batch in _batches(choice.chosen))
    with transaction.atomic():
        told = {"invited": invited, "waiting": len(choice.waiting)}
        Flow.objects.filter(pk=flow.pk).update(last_run_at=clock.now(), last_run=told)
        publish(FlowRun(flow_id=flow.pk, **told), by=by)
    return invited


def due_to_run() -> list[tuple[UUID, UUID]]:
    """(flow, organisation) of every flow that is on and has not run today, once the dealer's day has begun."""
    with scope.everywhere("flows run by themselves at every dealer"):
        flows = list(Flow.objects.filter(is_on=True))
        zones = dict(Site.objects.order_by("-name").values_list("organisation_id", "zone"))
    found = []
    for flow in flows:
        zone = ZoneInfo(zones.get(flow.organisation_id, "UTC"))
        now = clock.now().astimezone(zone)
        ran_on = flow.last_run_at.astimezone(zone).date() if flow.last_run_at else None
        if now.hour >= RUNS_AT_HOUR and ran_on != now.date():
            found.append((flow.pk, flow.organisation_id))
    return found


@transaction.atomic
def _invite(flow: Flow, cars: Sequence[Candidate], by: Actor) -> int:
    """Invitations and their letters, together or not at all."""
    now = clock.now()
    fallback = Organisation.objects.values_list("language", flat=True).get(pk=flow.organisation_id)
    made = [
        Invitation(
            flow=flow, customer_id=car.customer_id, vehicle_id=car.vehicle_id, site_id=car.site_id, work_kinds=car.work_kinds,
            due_on=car.due_on, reason={"due": car.reason}, planned_at=now,
        )
        for car in cars
    ]  # fmt: skip
    # Another run may have invited the same car a moment ago; the unique key decides, and only what was written gets a letter.
    Invitation.objects.bulk_create(made, ignore_conflicts=True)
    written = set(Invitation.objects.filter(pk__in=[each.pk for each in made]).values_list("pk", flat=True))
    invited = [(each, car) for each, car in zip(made, cars, strict=True) if each.pk in written]
    for invitation, car in invited:
        outbox.queue(
            cause_kind=CAUSE, cause_id=invitation.pk, step="invite", customer_id=car.customer_id, address=car.email,
            purpose=selection.PURPOSE, language=car.language or fallback, template=TEMPLATE, facts={}, site_id=car.site_id,
        )  # fmt: skip
    publish_batch([CustomerInvited(**about(invitation), due_on=invitation.due_on) for invitation, _car in invited], by=by)
    return len(invited)


def _usable(actor: Actor, segment_id: UUID) -> UUID:
    """A segment that colleagues see and that is in use: the flow belongs to all of them."""
    segment = segments.find(actor=actor, segment_id=segment_id)
    if not segment.is_shared or segment.archived_at:
        raise Refusal("segment_not_usable", _("A flow writes to segments that all colleagues see and that are in use."))
    return segment.pk


def about(invitation: Invitation) -> dict[str, UUID]:
    """What every event of an invitation says of it."""
    return {
        "invitation_id": invitation.pk,
        "flow_id": invitation.flow_id,
        "customer_id": invitation.customer_id,
        "vehicle_id": invitation.vehicle_id,
        "site_id": invitation.site_id,
    }


def _batches(cars: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    for first in range(0, len(cars), BATCH):
        yield cars[first : first + BATCH]


def _defer_run(flow: Flow, actor: Actor) -> None:
    from forecourt.journeys.marketing import background

    background.run_flow.defer(by=actor, flow_id=str(flow.pk))
