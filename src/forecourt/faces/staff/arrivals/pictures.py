"""Pictures that come with the acceptance: stored first, and carried on by signed names while the rest is being corrected."""

import base64
import binascii
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID

from django.core import signing
from PIL import Image, ImageDraw, ImageFont

from forecourt.faces.staff.door import StaffRequest
from forecourt.runtime import files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import StoredFile

PREFIX = "data:image/png;base64,"
_LARGEST_SIGNATURE = 2_000_000
_SIGNATURE_SIZE = (900, 260)
_INK = "#15171c"
_signer = signing.Signer(salt="forecourt.acceptance")


@dataclass
class Pictures:
    """What has been taken so far for one job card."""

    job_card_id: UUID
    photos: list[StoredFile] = field(default_factory=list)
    signature: StoredFile | None = None

    def carried(self) -> str:
        """The hidden field that keeps them while the form is corrected."""
        ids = {"card": str(self.job_card_id), "photos": [str(each.pk) for each in self.photos]}
        return _signer.sign_object(ids | {"signature": str(self.signature.pk) if self.signature else ""})

    def shown(self) -> list[tuple[str, str, StoredFile]]:
        return [(files.signed_url(each, "small"), files.signed_url(each), each) for each in self.photos]

    def signature_url(self) -> str:
        return files.signed_url(self.signature) if self.signature else ""


def carried(request: StaffRequest, job_card_id: UUID) -> Pictures:
    """Those that an earlier try stored; forged or foreign ones are as if never sent."""
    kept = Pictures(job_card_id)
    try:
        told = _signer.unsign_object(request.POST.get("carried", ""))
    except signing.BadSignature:
        return kept
    if told["card"] != str(job_card_id):
        return kept
    found = {str(each.pk): each for each in StoredFile.objects.filter(pk__in=[*told["photos"], *filter(None, [told["signature"]])])}
    dropped = set(request.POST.getlist("drop"))
    kept.photos = [found[each] for each in told["photos"] if each in found and each not in dropped]
    kept.signature = found.get(told["signature"])
    return kept


def take(request: StaffRequest, into: Pictures) -> None:
    """Store what came with this try. Raises Refusal for a picture that cannot be taken; those before it stay."""
    for sent in request.FILES.getlist("photos"):
        into.photos.append(files.store(actor=request.actor, name=sent.name or "photo", stream=sent, kinds=("image", "video")))
    drawn, typed = request.POST.get("signature", ""), request.POST.get("signature_typed", "").strip()
    if drawn.startswith(PREFIX):
        into.signature = _drawn(drawn, request.actor) or into.signature
    elif typed and into.signature is None:
        into.signature = _typed(typed[:120], request.actor)


def _drawn(data_url: str, actor: Actor) -> StoredFile | None:
    try:
        data = base64.b64decode(data_url.removeprefix(PREFIX)[:_LARGEST_SIGNATURE], validate=True)
    except binascii.Error:
        return None
    return files.store(actor=actor, name="signature.png", stream=BytesIO(data), kinds=("image",))


def _typed(name: str, actor: Actor) -> StoredFile:
    """A typed name as a picture, so that a signature is always one thing; the words themselves are kept beside it."""
    picture = Image.new("RGB", _SIGNATURE_SIZE, "white")
    width, height = _SIGNATURE_SIZE
    ImageDraw.Draw(picture).text((width / 2, height / 2), name, fill=_INK, anchor="mm", font=ImageFont.load_default(56))
    out = BytesIO()
    picture.save(out, "PNG")
    return files.keep(actor=actor, name="signature.png", data=out.getvalue(), media_type="image/png")
