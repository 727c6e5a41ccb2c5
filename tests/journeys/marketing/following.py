"""What workers do a moment later."""

from uuid import UUID

from forecourt.engines.messaging import claim
from forecourt.engines.messaging.events import MessageSent
from forecourt.engines.messaging.models import Message
from forecourt.journeys.marketing import flows
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.records.vehicles.models import Vehicle
from forecourt.runtime import clock, events
from forecourt.runtime.models import Event
from tests.cast import Alpen

OF_INTEREST = ("journeys.marketing.", "engines.audience.")


def react() -> None:
    """Every reaction of marketing and audience to all that happened so far."""
    for name, subscriber in events.subscribers().items():
        if name.startswith(OF_INTEREST):
            heard = [cls.name for cls in subscriber.listens_to]
            events.react(name, [str(pk) for pk in Event.objects.filter(name__in=heard).order_by("pk").values_list("pk", flat=True)])


def run(dealer: Alpen, flow: Flow) -> int:
    return flows.run(by=dealer.system, flow_id=flow.pk)


def decided() -> dict[str, tuple[str, str]]:
    """Let the outbox decide on every letter: plate → (state, reason); one that may go is composed and stays queued for its lane."""
    claim.claim(at_most=100)
    plates = dict(Invitation.objects.values_list("pk", "vehicle__plate_key"))
    return {plates[each.cause_id]: (each.state, each.reason_code) for each in Message.objects.filter(cause_kind="invitation")}


def sent(dealer: Alpen, flow: Flow) -> dict[str, Invitation]:
    """Invitations whose letters the relay took, by plate."""
    from django.db import transaction

    run(dealer, flow)
    claim.claim(at_most=100)
    with transaction.atomic():
        for letter in Message.objects.exclude(text=""):
            Message.objects.filter(pk=letter.pk).update(state="sent", sent_at=clock.now())
            events.publish(
                MessageSent(
                    message_id=letter.pk, customer_id=letter.customer_id, cause_kind=letter.cause_kind, cause_id=letter.cause_id,
                    step=letter.step, channel=letter.channel, purpose=letter.purpose,
                ),
                by=dealer.system,
            )  # fmt: skip
    react()
    return {each.vehicle.plate_key: each for each in Invitation.objects.select_related("vehicle")}


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.get(pk=invitation.pk)


def plate_of(vehicle_id: UUID) -> str:
    return Vehicle.objects.get(pk=vehicle_id).plate_key
