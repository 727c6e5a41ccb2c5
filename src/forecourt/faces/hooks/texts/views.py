"""What became of a text message, told by the gateway that took it and signed with the token that only it and we have.

The signature covers our address, in which the letter stands, and every field. It carries no time; told again, nothing more happens.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from forecourt.adapters import sms
from forecourt.engines.messaging import account_texts
from forecourt.kernel.errors import NotFound


@csrf_exempt  # no browser of a person comes here; the signature says who does
@require_POST
def told(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """204 if it is signed, whatever we still know of the letter; else 403."""
    if not settings.HAS_TEXTS:
        raise NotFound
    fields = {name: str(value) for name, value in request.POST.items()}
    if not sms.is_signed(
        settings.TEXTS_TOKEN, settings.PUBLIC_URL + request.get_full_path(), fields, request.headers.get("X-Twilio-Signature", "")
    ):
        return HttpResponse(status=403)
    account_texts.told(letter_id=letter_id, status=fields.get("MessageStatus", ""), code=fields.get("ErrorCode", ""))
    return HttpResponse(status=204)
