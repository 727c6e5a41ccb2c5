"""Letters: what a mail of the house looks like.

A composer says what to tell as `blocks`; out of the same blocks come the HTML part (MJML, compiled once per structure and colour, values
spliced in escaped) and the text part. The dealer's name, address and colour, and the way out of marketing, are added here.
"""

from forecourt.engines.messaging.letters.blocks import Aside, Block, Button, Facts, Heading, Paragraph, Slot, Slots, Small
from forecourt.engines.messaging.letters.writing import UNSUBSCRIBE, House, letter, render

__all__ = [
    "UNSUBSCRIBE",
    "Aside",
    "Block",
    "Button",
    "Facts",
    "Heading",
    "House",
    "Paragraph",
    "Slot",
    "Slots",
    "Small",
    "letter",
    "render",
]
