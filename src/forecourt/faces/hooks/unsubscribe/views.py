"""The way out that every marketing mail carries, one click for mail programs (RFC 8058) and a page with a button for people.

A GET changes nothing, because scanners follow every link; only the POST enters an objection, for the purpose of the mail it came with.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from forecourt.engines.messaging import letters
from forecourt.engines.messaging.models import Message
from forecourt.faces.ui import surroundings
from forecourt.kernel.errors import NotFound
from forecourt.records.dealership.models import Organisation
from forecourt.records.people import consent
from forecourt.runtime import access, links
from forecourt.runtime.actors import Actor

_WORDING: Final = "unsubscribe_page"
_QUESTIONS: Final = {
    "service_reminder": _("No more e-mails about service that is due?"),
    "survey": _("No more questions about how we did?"),
    "offers": _("No more offers by e-mail?"),
}
_ANSWERS: Final = {
    "service_reminder": _("You get no more e-mails about service that is due."),
    "survey": _("You get no more questions about how we did."),
    "offers": _("You get no more offers by e-mail."),
}


# A mail program sends the POST without any cookie of ours; the signed link is the right.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask (GET) or act (POST); 404 for a forged or foreign link."""
    with links.opened(token, purpose=letters.UNSUBSCRIBE) as link:
        message = Message.objects.filter(pk=link.subject_id, customer_id=link.holder_id).first()
        if message is None or message.purpose not in _QUESTIONS:
            raise NotFound
        request.written_by = Organisation.objects.get(pk=link.organisation_id)  # type: ignore[attr-defined]
        with translation.override(message.language or "en"):
            answer = _act(request, message, link) if request.method == "POST" else _ask(request, message, link)
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _ask(request: HttpRequest, message: Message, link: links.Link) -> HttpResponse:
    return render(request, "unsubscribe/ask.html", {"question": _QUESTIONS[message.purpose]})


def _act(request: HttpRequest, message: Message, link: links.Link) -> HttpResponse:
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponse(status=400)
    stands = consent.may_send(customer_id=link.holder_id, purpose=message.purpose, channel=message.channel)
    if stands.reason_code != "objected":
        consent.enter(
            actor=Actor(
                kind="customer",
                organisation_id=link.organisation_id,
                id=link.holder_id,
                rights=access.customer_rights(),
                via=f"link:{link.purpose}",
            ),
            customer_id=link.holder_id,
            purpose=message.purpose,
            channel=message.channel,
            act="object",
            wording=_WORDING,
            language=message.language,
            evidence={"message": str(message.id)},
        )
    return render(request, "unsubscribe/done.html", {"answer": _ANSWERS[message.purpose]})


def tell(request: HttpRequest) -> surroundings.Surroundings | None:
    """Whose page this is, for its frame."""
    house: Organisation | None = getattr(request, "written_by", None)
    return surroundings.Surroundings(organisation=house.name, colour=house.brand_colour) if house else None
