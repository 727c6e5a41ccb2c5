"""Mails to staff about their own password. They carry secrets, are composed when they leave and kept nowhere."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from forecourt.engines.messaging.account_letters import composer
from forecourt.engines.messaging.letters import Block, Button, Heading, Paragraph, Small
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.faces.staff.signin import forgotten
from forecourt.kernel.errors import Rejected
from forecourt.records.accounts import resets

Words = tuple[str, list[Block]]


@composer(forgotten.FORGOTTEN)
def password_forgotten(letter: PersonalLetter) -> Words:
    """Nothing leaves for an address with which nobody works; who has a passkey and no password reads that."""
    account = forgotten.who_works_here(letter.address)
    if account is None:
        raise Rejected("nobody works here with this address")
    sign_in = settings.PUBLIC_URL + reverse("account_login")
    if not account.has_usable_password():
        return _("You sign in without a password"), [
            Heading(_("You sign in without a password")),
            Paragraph(_("Somebody asked for a new password for this address. You have none: you sign in with a passkey or by your dealership.")),
            Button(_("Sign in"), sign_in),
            Small(_("Is your passkey gone? Your administrator can let you in again.")),
        ]  # fmt: skip
    link = reverse("staff_choose_password", kwargs={"account_id": account.pk, "secret": resets.secret_of(account)})
    return _("Choose a new password"), [
        Heading(_("Choose a new password")),
        Paragraph(_("Somebody asked for a new password for this address. The button opens the page where you choose it.")),
        Button(_("Choose a new password"), settings.PUBLIC_URL + link),
        Small(_("It works for an hour, once. Your second factor is asked for as ever.")),
        Small(_("It was not you? Then nothing needs to be done: your password stays as it is.")),
    ]


@composer(forgotten.CHANGED)
def password_changed(letter: PersonalLetter) -> Words:
    return _("Your password was changed"), [
        Heading(_("Your password was changed")),
        Paragraph(_("It was set anew by the link in our mail. You were signed out everywhere.")),
        Small(_("It was not you? Please tell your administrator at once.")),
    ]
