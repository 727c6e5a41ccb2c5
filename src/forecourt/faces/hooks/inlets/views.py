"""A file that a dealer's program pushes to us, signed as Standard Webhooks says; it becomes an import as an uploaded one does.

What can be said without looking is said first: how long, how old. Then the body passes by while its signature is worked out, the same way
for a door that is not there; an unknown door, a closed one and a wrong signature are answered alike. A message that came before does
nothing again and is answered with what it became.
"""

from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from forecourt.engines.exchange import inlets, signing
from forecourt.engines.exchange.models import Inlet, Receipt
from forecourt.engines.intake import uploads
from forecourt.engines.intake.models import Import
from forecourt.faces.ui import nearness
from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.runtime import limits, scope

LARGEST: Final = 64 << 20
_STEP: Final = 1 << 16
_IN_MEMORY: Final = 1 << 20
_MINUTE: Final = 60


# A program sends no cookie of ours: the signature is the right.
@csrf_exempt
@require_POST
@transaction.non_atomic_requests  # no transaction is open while a body comes in
def receive(request: HttpRequest, inlet_id: UUID) -> JsonResponse:
    """202 with the import that it became, 200 if it had come before; 401 without a signature that holds."""
    try:
        limits.spend("hook:address", nearness.address(request), most=120, seconds=_MINUTE)
        refused = _refused_unread(request)
        return refused or _read(request, inlet_id)
    except limits.TooMany as problem:
        answer = _answer(429, "too_many", _("Too often. Please wait a little."))
        answer.headers["Retry-After"] = str(problem.seconds)
        return answer
    except NotPermitted:
        return _not_signed()


def _refused_unread(request: HttpRequest) -> JsonResponse | None:
    """What is wrong whichever door it is."""
    length, message_id = request.META.get("CONTENT_LENGTH") or "", request.headers.get("webhook-id", "")
    if not length.isdigit():
        return _answer(411, "length_missing", _("Please say how long the body is (Content-Length)."))
    if int(length) > LARGEST:
        return _answer(413, "too_large", _("This file is too large to be pushed."))
    if not (0 < len(message_id) <= signing.LONGEST_ID and request.headers.get("webhook-signature")):
        return _not_signed()
    if not signing.is_fresh(request.headers.get("webhook-timestamp", "")):
        return _answer(401, "too_old", _("The time of signing must be within five minutes of now."))
    return None


def _read(request: HttpRequest, inlet_id: UUID) -> JsonResponse:
    message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    arrival = inlets.arriving(inlet_id, message_id=message_id, timestamp=timestamp)
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
        while part := _part(request):
            arrival.update(part)
            kept.write(part)
        inlet = arrival.proven(request.headers["webhook-signature"])
        limits.spend("hook:inlet", inlet.pk, most=60, seconds=10 * _MINUTE)
        kept.seek(0)
        with scope.of(inlet.organisation_id):
            return _take(inlet, message_id, name=_name(request), stream=kept)


def _part(request: HttpRequest) -> bytes:
    try:
        part: bytes = request.read(_STEP)
    except OSError as error:
        raise BadRequest("The body broke off.") from error
    return part


@transaction.atomic
def _take(inlet: Inlet, message_id: str, *, name: str, stream: IO[bytes]) -> JsonResponse:
    receipt, is_new = inlets.receipt(inlet, message_id)
    if not is_new:
        return _as_before(receipt)
    try:
        came = uploads.take(actor=inlets.actor_of(inlet), name=name, stream=stream, source=inlet.source, site_id=inlet.site_id)
    except Refusal as refusal:
        import_id: Any = refusal.facts.get("import_id")
        if import_id:
            inlets.brought(receipt, import_id)
        else:  # nothing came of it: sent once more it is looked at once more, and not taken for done
            transaction.set_rollback(True)
        return _answer(422, refusal.code, refusal.text, import_id=import_id)
    inlets.brought(receipt, came.pk)
    return JsonResponse({"import_id": came.pk, "number": came.number, "is_new": True}, status=202)


def _as_before(receipt: Receipt) -> JsonResponse:
    """What the message became: whoever was refused is not told by a second try that all is well."""
    refused = receipt.import_id and Import.objects.filter(pk=receipt.import_id, state="refused").first()
    if refused:
        return _answer(422, refused.refusal_code, refused.refusal_text, import_id=refused.pk)
    return JsonResponse({"import_id": receipt.import_id, "is_new": False})


def _name(request: HttpRequest) -> str:
    """What the sender calls the file; what is in it is decided by looking."""
    name = request.headers.get("webhook-file-name", "")
    return name if name.isprintable() and 0 < len(name) <= 120 else "pushed.csv"


def _not_signed() -> JsonResponse:
    return _answer(401, "not_signed", _("This message is not signed with a secret of this address."))


def _answer(status: int, code: str, text: str, **facts: Any) -> JsonResponse:
    return JsonResponse({"code": code, "text": text, **facts}, status=status)
