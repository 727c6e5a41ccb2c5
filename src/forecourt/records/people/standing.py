"""What a dealer notes of a customer beyond name and address: the tier, and what they look for in a car. Files and staff say it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

#: From the first to the highest.
TIERS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("standard", pgettext_lazy("tier", "Standard")), ("silver", pgettext_lazy("tier", "Silver")), ("gold", pgettext_lazy("tier", "Gold")),
    ("exclusive", pgettext_lazy("tier", "Exclusive")),
)  # fmt: skip
LOOKS_FOR: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("exclusive", pgettext_lazy("what a customer looks for", "Exclusiveness")), ("quality", gettext_lazy("Quality")),
    ("pleasure", gettext_lazy("Driving pleasure")), ("price", gettext_lazy("A good price")),
)  # fmt: skip
#: By the column of the record; its keys are what may stand there.
WORDS: Final = {"tier": dict(TIERS), "looks_for": dict(LOOKS_FOR)}
