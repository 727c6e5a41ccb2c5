"""What the person is told about the papers they sent."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from forecourt.engines.messaging.account_letters import composer
from forecourt.engines.messaging.letters import Block, Button, Heading, Paragraph
from forecourt.engines.messaging.models import PersonalLetter

DECIDED: Final = "account_car_claim_decided"
USEFUL_FOR: Final = timedelta(days=3)


@composer(DECIDED)
def decided(letter: PersonalLetter) -> tuple[str, list[Block]]:
    facts = {"dealer": letter.facts["dealer"], "vin": letter.facts["vin"]}
    button = Button(_("My cars"), f"{settings.PUBLIC_URL}/me/")
    if letter.facts["verdict"] == "approved":
        text = _("%(dealer)s has checked the papers. The car %(vin)s is in your account now.") % facts
        return _("Your car is in your account"), [Heading(_("Your car is in your account")), Paragraph(text), button]
    reasons = {
        "unreadable": _("The photo could not be read. Please send a sharper one."),
        "other_car": _("The papers are not those of this car, or not in your name."),
        "unknown_car": _("The dealer does not know this car yet. Please call them."),
    }
    text = _("%(dealer)s could not add the car %(vin)s.") % facts
    blocks: list[Block] = [Heading(_("About your car")), Paragraph(text), Paragraph(reasons[letter.facts["reason"]]), button]
    return _("About the papers of your car"), blocks
