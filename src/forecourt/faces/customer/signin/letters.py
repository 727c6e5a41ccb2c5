"""What the mails about an account say. They carry secrets, are composed when they leave and kept nowhere."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from forecourt.engines.messaging.account_letters import composer
from forecourt.engines.messaging.letters import Block, Button, Heading, Paragraph, Small
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.records.accounts import proofs, secrets

SIGN_IN: Final = "account_sign_in"
CHANGE_CODE: Final = "account_address_code"
CHANGED: Final = "account_address_changed"
HAS_ACCOUNT: Final = "account_address_taken"
PASSKEY: Final = "account_passkey_made"
INVITED: Final = "account_driver_invited"

Words = tuple[str, list[Block]]


@composer(SIGN_IN)
def sign_in(letter: PersonalLetter) -> Words:
    proof_id = UUID(letter.facts["proof_id"])
    code = secrets.code_of(proof_id)
    link = settings.PUBLIC_URL + reverse("me_link", kwargs={"secret": secrets.link_of(proof_id)})
    return _("%(code)s is your code to sign in") % {"code": code}, [
        Heading(_("Your code: %(code)s") % {"code": code}),
        Paragraph(_("Enter it on the page where you asked for it. It works for %(minutes)d minutes, once.") % {"minutes": proofs.MINUTES}),
        Button(_("Sign in"), link),
        Small(_("The button works only in the browser in which you asked. Do not pass this e-mail on.")),
        Small(_("It was not you? Then nothing needs to be done: without this code nobody gets in.")),
    ]


@composer(CHANGE_CODE)
def change_code(letter: PersonalLetter) -> Words:
    code = secrets.code_of(UUID(letter.facts["proof_id"]))
    return _("%(code)s confirms your e-mail address") % {"code": code}, [
        Heading(_("Your code: %(code)s") % {"code": code}),
        Paragraph(_("Somebody who is signed in to your account wants to change its e-mail address.")),
        Paragraph(_("The old and the new address each get a code; both are needed. They work for %(minutes)d minutes.") % {
            "minutes": proofs.MINUTES
        }),
        Small(_("It was not you? Then do not pass the code on, sign in and end the devices that you do not know.")),
    ]  # fmt: skip


@composer(CHANGED)
def changed(letter: PersonalLetter) -> Words:
    return _("Your account has a new e-mail address"), [
        Heading(_("Your account has a new e-mail address")),
        Paragraph(_("From now on codes to sign in go there and no longer here.")),
        Small(_("It was not you? Please call your dealer at once.")),
    ]


@composer(HAS_ACCOUNT)
def has_account(letter: PersonalLetter) -> Words:
    return _("You have an account already"), [
        Heading(_("You have an account already")),
        Paragraph(_("Somebody wanted to give another account this e-mail address. It belongs to an account, so nothing was changed.")),
        Button(_("Sign in"), settings.PUBLIC_URL + reverse("me_sign_in")),
    ]


@composer(PASSKEY)
def passkey_made(letter: PersonalLetter) -> Words:
    return _("A passkey was added to your account"), [
        Heading(_("A passkey was added to your account")),
        Paragraph(_("From now on one can also sign in with it, without a code.")),
        Button(_("My profile"), settings.PUBLIC_URL + reverse("me_profile")),
        Small(_("It was not you? Remove it in your profile and sign out all other devices.")),
    ]


@composer(INVITED)
def invited(letter: PersonalLetter) -> Words:
    link = settings.PUBLIC_URL + reverse("me_invitation", kwargs={"secret": secrets.link_of(UUID(letter.facts["invitation_id"]))})
    return _("You may use a car together with its owner"), [
        Heading(_("You are invited as a driver")),
        Paragraph(_("The owner of a car lets you see it in your own account. Sign in with this e-mail address to accept.")),
        Button(_("See the invitation"), link),
        Small(_("The invitation opens only for an account of this e-mail address. You know nobody who has a car? Then do nothing.")),
    ]
