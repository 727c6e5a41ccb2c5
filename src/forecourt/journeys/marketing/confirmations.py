"""Asks by mail to confirm a consent that was given where nobody could prove the address (double opt-in).

The mail carries no advertising, so it needs no consent itself. Imported with the reactions, so that its composer is known.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from forecourt.engines.messaging import outbox, registry
from forecourt.engines.messaging.letters import Button, Heading, Paragraph, Small, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.records.people import consent
from forecourt.records.people.models import Customer
from forecourt.runtime import links

CAUSE = "consent"
LINK = "consent_confirm"


def ask(*, customer_id: UUID, entry_id: UUID) -> None:
    """Queue the mail; once for each consent."""
    customer = Customer.objects.get(pk=customer_id)
    outbox.queue(
        cause_kind=CAUSE, cause_id=entry_id, step="confirm", customer_id=customer.pk, address=customer.email, purpose="contract",
        language=customer.language or "en", template="consent_confirm", facts={}, site_id=customer.home_site_id,
    )  # fmt: skip


@registry.gate(CAUSE)
def still_open(message: Message) -> Verdict | None:
    """Nobody is asked who has confirmed meanwhile, or said no."""
    return None if consent.is_open(entry_id=message.cause_id) else Verdict(allowed=False, reason_code="answered")


@registry.composer("consent_confirm")
def please_confirm(message: Message) -> Content:
    assert message.customer_id is not None
    url = links.url(
        purpose=LINK, organisation_id=message.organisation_id, subject_id=message.cause_id, holder_id=message.customer_id,
        days=consent.CONFIRM_WITHIN.days,
    )  # fmt: skip
    return letter(
        message,
        subject=_("Please confirm that we may write to you"),
        blocks=[
            Heading(_("Please confirm")),
            Paragraph(_("You told us that we may write to you by e-mail. So that nobody can say so in your name, we ask once more.")),
            Button(_("See and confirm"), url),
            Small(_("If it was not you, simply do nothing: without your confirmation nothing comes.")),
        ],
    )
