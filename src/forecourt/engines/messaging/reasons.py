"""Why a message did not go, in words; the codes stand in messages, events and measures."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WORDS: Final = {
    "already_booked": _("the customer has booked already"),
    "answered": _("it was answered already"),
    "bad_address": _("the address is not valid"),
    "case_open": _("a complaint is open"),
    "compose_failed": _("the message could not be written"),
    "flow_off": _("the flow was switched off"),
    "customer_asked": _("the customer asked for a pause"),
    "given_to_another": _("the customer agreed to it for another company only"),
    "gone": _("what it is about is no longer there"),
    "line_break_in_header": _("a line break where none may be"),
    "no_address": _("there is no address"),
    "no_longer_due": _("it is no longer due"),
    "needs_double_opt_in": _("the consent needs to be confirmed by e-mail"),
    "no_slot": _("no time is free"),
    "not_my_car": _("the car is not theirs any more"),
    "no_consent": _("the customer has not agreed to it"),
    "objected": _("the customer objects to it"),
    "overtaken": _("something newer happened meanwhile"),
    "relay_busy": _("the mail server asks to try later"),
    "relay_rejected": _("the mail server rejected it"),
    "relay_unknown": _("nobody can say whether it went"),
    "soft_opt_in_not_possible": _("a purchase alone does not allow it here"),
    "suppressed": _("nothing more goes to this address"),
    "too_many_this_week": _("enough messages went to the customer this week"),
    "unconfirmed": _("the customer has not confirmed it yet"),
    "unknown_user": _("the mailbox does not exist"),
    "withdrawn": _("the customer has withdrawn the consent"),
}


def words(code: str) -> str:
    """The reason in the current language; a code of somebody else's gate stays as it is."""
    return gettext(WORDS[code]) if code in WORDS else code
