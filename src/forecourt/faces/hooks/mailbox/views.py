"""The mails and texts that our local mail server and gateway took, for whoever tries Forecourt out on this machine.

There are no persons and no rights here, so the pages exist only where the mail server is ours and nobody else can reach them; anywhere
else they answer 404, like every page that is not there.
"""

import functools
import re
from collections.abc import Callable
from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from forecourt.adapters.mailserver.mailbox import Mail, Mailbox
from forecourt.adapters.smsgateway.store import Store
from forecourt.faces.ui import nearness
from forecourt.kernel.errors import NotFound

_AT_MOST = 100
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
# What a mail brings may show itself and nothing else: no script, no form, nothing fetched. Its links open beside it.
_SEALED = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

View = Callable[..., HttpResponse]


def ours_only(view: View) -> View:
    """Nothing is here unless the mail server is ours and only this machine reaches us."""

    @functools.wraps(view)
    def enter(request: HttpRequest, **parts: int) -> HttpResponse:
        if not (nearness.is_here(request) and settings.RUNS_MAIL_SERVER):
            raise NotFound
        return view(request, **parts)

    return enter


@require_safe
@ours_only
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails, of everybody or of those whose address holds the words sought."""
    sought = request.GET.get("q", "").strip()
    found = (delivery for delivery in reversed(_mailbox().envelopes()) if _is_for(sought, delivery.recipients))
    newest = [mail for mail in (_mailbox().message(delivery.sequence) for delivery in islice(found, _AT_MOST)) if mail]
    return render(
        request, "mailbox/mails.html", {"mails": newest, "sought": sought, "at_most": _AT_MOST, "has_texts": settings.RUNS_TEXTS_GATEWAY}
    )


@require_safe
@ours_only
def texts(request: HttpRequest) -> HttpResponse:
    """The newest text messages, of everybody or of those whose number holds the digits sought."""
    if not settings.RUNS_TEXTS_GATEWAY:
        raise NotFound
    sought = request.GET.get("q", "").strip()
    digits = "".join(sign for sign in sought if sign.isdigit())
    found = (text for text in Store(settings.DATA / "texts").newest_first() if not sought or (digits and digits in text.to))
    return render(request, "mailbox/texts.html", {"texts": list(islice(found, _AT_MOST)), "sought": sought})


@require_safe
@ours_only
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail: as a mail program shows it, as text, and its headers."""
    return render(request, "mailbox/mail.html", {"mail": _mail(number)})


@require_safe
@xframe_options_sameorigin
@ours_only
def html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML part alone, sealed off."""
    shown = _mail(number).html()
    beside = '<base target="_blank">'
    shown = _HEAD.sub(lambda head: head[0] + beside, shown, count=1) if _HEAD.search(shown) else beside + shown
    return HttpResponse(shown, headers={"Content-Security-Policy": _SEALED, "Referrer-Policy": "no-referrer"})


@require_safe
@ours_only
def raw(request: HttpRequest, number: int) -> HttpResponse:
    """The bytes as they came."""
    return HttpResponse(_mail(number).raw, content_type="text/plain; charset=utf-8")


def _mailbox() -> Mailbox:
    return Mailbox(settings.DATA / "mail")


def _mail(number: int) -> Mail:
    found = _mailbox().message(number)
    if found is None:
        raise NotFound
    return found


def _is_for(sought: str, recipients: tuple[str, ...]) -> bool:
    return not sought or any(sought.casefold() in recipient.casefold() for recipient in recipients)
