"""Puts a letter together: the dealer's frame around a composer's blocks, HTML and text, and the headers of a way out."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from forecourt.engines.messaging import houses, purposes
from forecourt.engines.messaging.letters import layout
from forecourt.engines.messaging.letters.blocks import Block, Paragraph, wrapped
from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.registry import Content
from forecourt.runtime import links

UNSUBSCRIBE = "unsubscribe"
"""Purpose of the link that takes a person out; its subject is the message."""
PREFERENCES = "preferences"
"""Purpose of the link to all that a customer may choose; its subject is the customer."""


@dataclass(frozen=True)
class House:
    """The dealer as the reader sees it."""

    name: str
    colour: str
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""


@dataclass
class _Values:
    """The values of a letter in the order of their marks."""

    known: list[str] = field(default_factory=list)

    def __call__(self, value: str, *, is_address: bool = False) -> str:
        if is_address and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("A letter links to the web only.")
        escaped = html.escape(value, quote=True)
        self.known.append(escaped if is_address else escaped.replace("\n", "<br/>"))
        return layout.mark(len(self.known) - 1)


def letter(message: Message, *, subject: str, blocks: Sequence[Block], preview: str = "") -> Content:
    """The content of a message from blocks. Runs in the message's language, which the claim sets."""
    house = _house(message)
    if not purposes.is_marketing(message.purpose) or message.customer_id is None:
        return render(subject=subject, blocks=blocks, house=house, language=message.language, preview=preview)
    way_out = links.url(
        purpose=UNSUBSCRIBE, organisation_id=message.organisation_id, subject_id=message.id, holder_id=message.customer_id, days=400
    )
    choices = links.url(
        purpose=PREFERENCES,
        organisation_id=message.organisation_id,
        subject_id=message.customer_id,
        holder_id=message.customer_id,
        days=400,
    )
    content = render(
        subject=subject, blocks=blocks, house=house, language=message.language, preview=preview, way_out=way_out, choices=choices
    )
    # RFC 8058: both headers, and the address takes the POST of a mail program.
    content.headers.update({"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
    return content


def render(
    *, subject: str, blocks: Sequence[Block], house: House, language: str = "en", preview: str = "", way_out: str = "", choices: str = ""
) -> Content:
    """HTML and text out of the same blocks; `way_out` is the address that ends such mails, `choices` where all can be chosen."""
    put = _Values()
    pieces = layout.compiled(
        language=language or "en",
        brand=house.colour,
        title=put(subject),
        preview=put(preview or _first_words(blocks)),
        house=put(house.name),
        blocks="".join(block.mjml(put) for block in blocks),
        foot=_foot(put, house, way_out, choices),
    )
    return Content(subject=subject, html=layout.spliced(pieces, put.known), text=_text(blocks, house, way_out, choices))


def _foot(put: _Values, house: House, way_out: str, choices: str) -> str:
    lines = [line for line in (*(house.address or (house.name,)), " · ".join(filter(None, (house.phone, house.email)))) if line]
    imprint = "<br/>".join(put(line) for line in lines)
    foot = f'<mj-text mj-class="foot" css-class="foot">{imprint}</mj-text>'
    if way_out:
        link = f'<a href="{put(way_out, is_address=True)}" style="color:#565c68">{put(_("Stop these e-mails"))}</a>'
        if choices:
            choose = _("Choose what you get")
            link += f' · <a href="{put(choices, is_address=True)}" style="color:#565c68">{put(choose)}</a>'
        foot += f'<mj-text mj-class="foot" css-class="foot">{put(_reason(house))} {link}</mj-text>'
    return foot


def _text(blocks: Sequence[Block], house: House, way_out: str, choices: str) -> str:
    parts = [block.text() for block in blocks]
    parts.append("\n".join(filter(None, ("-- ", *(house.address or (house.name,)), house.phone, house.email))))
    if way_out:
        parts.append(f"{wrapped(_reason(house))}\n{_('Stop these e-mails')}: {way_out}")
    if choices:
        parts.append("{}: {}".format(_("Choose what you get"), choices))
    return "\n\n".join(parts) + "\n"


def _reason(house: House) -> str:
    return _("You receive this e-mail because you are a customer of %(dealer)s.") % {"dealer": house.name}


def _first_words(blocks: Sequence[Block]) -> str:
    """What an inbox shows beside the subject."""
    return next((" ".join(block.words.split())[:140] for block in blocks if isinstance(block, Paragraph)), "")


def _house(message: Message) -> House:
    organisation, site = houses.of(message.site_id)
    if site is None:
        return House(name=organisation.name, colour=organisation.brand_colour)
    return House(
        name=organisation.name,
        colour=organisation.brand_colour,
        address=(houses.full_name(organisation, site), site.street, f"{site.postcode} {site.city}".strip()),
        phone=site.phone,
        email=site.email,
    )
