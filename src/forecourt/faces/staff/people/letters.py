"""The mail that invites somebody to work here. Imported when the app is ready, so that its composer and reaction are known."""

from django.utils.translation import gettext as _

from forecourt.engines.messaging import outbox, registry
from forecourt.engines.messaging.letters import Button, Heading, Paragraph, Small, letter
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content, Verdict
from forecourt.faces.staff.signin.join import PURPOSE
from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.records.dealership import invitations
from forecourt.records.dealership.events import StaffInvited
from forecourt.records.dealership.models import Invitation, Organisation
from forecourt.runtime import links
from forecourt.runtime.events import subscriber

CAUSE = "staff_invitation"


@subscriber(StaffInvited)
def write(event: StaffInvited) -> None:
    """One mail for each link: an invitation that is sent again has a new one."""
    invitation = Invitation.objects.filter(pk=event.invitation_id, state="open").first()
    if invitation is not None:
        outbox.queue(
            cause_kind=CAUSE, cause_id=invitation.pk, step=invitation.link_id.hex, customer_id=None, address=invitation.email,
            purpose="contract", language=invitation.language, template=CAUSE, facts={}, site_id=None,
        )  # fmt: skip


@registry.gate(CAUSE)
def still_open(message: Message) -> Verdict | None:
    invitation = Invitation.objects.filter(pk=message.cause_id).first()
    if invitation is None or invitation.state != "open" or invitation.link_id.hex != message.step:
        return Verdict(allowed=False, reason_code="withdrawn")
    return None


@registry.composer(CAUSE)
def invitation_letter(message: Message) -> Content:
    invitation = Invitation.objects.get(pk=message.cause_id)
    house = Organisation.objects.get(pk=invitation.organisation_id)
    url = links.url(
        purpose=PURPOSE, organisation_id=house.pk, subject_id=invitation.pk, holder_id=invitation.link_id, days=invitations.DAYS
    )
    words = {"name": invitation.name, "house": house.name, "role": ROLE_NAMES.get(invitation.role, invitation.role)}
    return letter(
        message,
        subject=_("%(house)s invites you to Forecourt") % words,
        blocks=[
            Heading(_("Welcome, %(name)s") % words),
            Paragraph(_("You will work at %(house)s as: %(role)s. Choose how you want to sign in, and you are in.") % words),
            Button(_("Accept the invitation"), url),
            Small(_("The link is for you alone. It works once, and for seven days.")),
        ],
    )
