"""What text messages about an account say, and what its mail address is told of its number. Each fits into one message."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from forecourt.engines.messaging import account_letters
from forecourt.engines.messaging.account_letters import composer
from forecourt.engines.messaging.account_texts import tell_at, with_code, wording
from forecourt.engines.messaging.letters import Block, Button, Heading, Paragraph, Small
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.records.accounts import phones, proofs, secrets
from forecourt.records.accounts.models import Account

SIGN_IN: Final = "account_text_sign_in"
CONFIRM: Final = "account_text_confirm"
SIGNED_IN: Final = "account_phone_used"
ADDED: Final = "account_phone_added"
REMOVED: Final = "account_phone_removed"
TAKEN: Final = "account_phone_taken"
_SHOWN_DIGITS: Final = 3

Words = tuple[str, list[Block]]


@wording(SIGN_IN)
def sign_in(letter: PersonalLetter, house: str) -> Sequence[str]:
    """Said only to a number that an account has proven; asked when the text leaves, so that the page knows no difference."""
    if phones.account_of(letter.address) is None:
        return ()
    code = secrets.code_of(UUID(letter.facts["proof_id"]))
    words = {"code": code, "house": house, "minutes": proofs.MINUTES}
    return _with_code(
        code,
        _("%(code)s is your code to sign in at %(house)s. It works for %(minutes)d minutes. Do not pass it on.") % words,
        _("%(code)s is your code to sign in. Do not pass it on.") % words,
    )


@wording(CONFIRM)
def confirm(letter: PersonalLetter, house: str) -> Sequence[str]:
    code = secrets.code_of(UUID(letter.facts["proof_id"]))
    words = {"code": code, "house": house, "minutes": proofs.MINUTES}
    return _with_code(
        code,
        _("%(code)s confirms your number at %(house)s. It works for %(minutes)d minutes. Do not pass it on.") % words,
        _("%(code)s confirms your number. Do not pass it on.") % words,
    )


def _with_code(code: str, *said: str) -> Sequence[str]:
    return [with_code(each, code) for each in (*said, code)]


@tell_at
def told_at(letter_id: UUID) -> str:
    """Where the gateway tells what became of a text: over https, or on this machine where the gateway is ours."""
    if not (settings.PUBLIC_URL.startswith("https://") or settings.RUNS_TEXTS_GATEWAY):
        return ""
    return settings.PUBLIC_URL + reverse("texts:told", kwargs={"letter_id": letter_id})


@transaction.atomic
def tell(account: Account, template: str, number: str) -> None:
    """A mail to the account's address about its number, of which it shows the last digits."""
    account_letters.queue(
        address=account.email, template=template, language=account.language, facts={"ends": number[-_SHOWN_DIGITS:]},
        useful_for=proofs.TOLD_WITHIN,
    )  # fmt: skip


@composer(SIGNED_IN)
def signed_in(letter: PersonalLetter) -> Words:
    return _("Somebody signed in with your mobile number"), [
        Heading(_("Somebody signed in with your mobile number")),
        Paragraph(_("A code that we sent to the number ending in %(ends)s was entered in a browser that your account did not know.") % letter.facts),
        Button(_("My profile"), settings.PUBLIC_URL + reverse("me_profile")),
        Small(_("It was not you? Remove the number in your profile and sign out all other devices.")),
    ]  # fmt: skip


@composer(ADDED)
def added(letter: PersonalLetter) -> Words:
    return _("A mobile number was added to your account"), [
        Heading(_("A mobile number was added to your account")),
        Paragraph(_("From now on one can also sign in with a code that we send to the number ending in %(ends)s.") % letter.facts),
        Button(_("My profile"), settings.PUBLIC_URL + reverse("me_profile")),
        Small(_("It was not you? Remove the number in your profile and sign out all other devices.")),
    ]


@composer(REMOVED)
def removed(letter: PersonalLetter) -> Words:
    return _("A mobile number was removed from your account"), [
        Heading(_("A mobile number was removed from your account")),
        Paragraph(_("The number ending in %(ends)s no longer signs in. Wherever it did, you are signed out.") % letter.facts),
        Button(_("My profile"), settings.PUBLIC_URL + reverse("me_profile")),
        Small(_("It was not you? Sign in with this e-mail address and sign out all other devices.")),
    ]


@composer(TAKEN)
def taken(letter: PersonalLetter) -> Words:
    return _("Your mobile number now belongs to another account"), [
        Heading(_("Your mobile number now belongs to another account")),
        Paragraph(_("Somebody who reads the texts to the number ending in %(ends)s has taken it for an account of their own.") % letter.facts),
        Paragraph(_("It no longer signs in to yours, and wherever it did, you are signed out. Sign in with this e-mail address instead.")),
        Small(_("You share this phone? One number opens one account, so that nobody comes into another person's cars.")),
        Button(_("Sign in"), settings.PUBLIC_URL + reverse("me_sign_in")),
    ]  # fmt: skip
