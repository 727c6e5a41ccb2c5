"""The mail that says that a program is no longer told, because it did not answer. Imported when the app is ready."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from forecourt.engines.exchange.events import SubscriptionGivenUp
from forecourt.engines.exchange.models import Subscription
from forecourt.engines.messaging import outbox, registry
from forecourt.engines.messaging.letters import Button, Heading, Paragraph, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime.events import subscriber

CAUSE = "connection"


@subscriber(SubscriptionGivenUp)
def tell_its_owner(event: SubscriptionGivenUp) -> None:
    """Whoever set it up; where they are gone, the administrators."""
    found = Subscription.objects.filter(pk=event.subscription_id, state="paused").first()
    if found is None:
        return
    members = StaffMember.objects.select_related("account").filter(is_active=True)
    owners = list(members.filter(pk=found.made_by_id)) if found.made_by_id else []
    for member in owners or list(members.filter(role="administrator")):
        outbox.queue(
            cause_kind=CAUSE, cause_id=found.pk, step=str(event.event_id), customer_id=None, address=member.account.email,
            purpose="contract", language=member.account.language, template=CAUSE, facts={"because": event.because}, site_id=None,
        )  # fmt: skip


@registry.gate(CAUSE)
def still_paused(message: Message) -> Verdict | None:
    is_so = Subscription.objects.filter(pk=message.cause_id, state="paused").exists()
    return None if is_so else Verdict(allowed=False, reason_code="withdrawn")


@registry.composer(CAUSE)
def paused_letter(message: Message) -> Content:
    found = Subscription.objects.get(pk=message.cause_id)
    words = {"name": found.name}
    why = (
        _("It says that it is gone for good.") if message.facts.get("because") == "gone" else _("It has not taken anything for three days.")
    )
    return letter(
        message,
        subject=_("%(name)s is not told anything any more") % words,
        blocks=[
            Heading(_("%(name)s is paused") % words),
            Paragraph(why),
            Paragraph(_("What happens meanwhile waits for thirty days. When the program answers again, let it go on.")),
            Button(_("See the connection"), settings.PUBLIC_URL + reverse("connections:show", args=[found.pk])),
        ],
    )
