"""How the imports' pages name encodings, delimiters and the values of cells."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecourt.engines.audience.criteria import CUSTOMER_KINDS, FUELS, VEHICLE_KINDS
from forecourt.engines.intake.fields import DATE_READINGS, FIELDS, NUMBER_READINGS
from forecourt.engines.intake.ports import FIXED
from forecourt.faces.ui import formats
from forecourt.faces.ui.templatetags.ui import language_word
from forecourt.records.people import standing

Words = str | Promise

ENCODINGS: Final[dict[str, Words]] = {
    "utf-8": "Unicode (UTF-8)",
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "iso8859_16": gettext_lazy("Romanian (ISO 8859-16)"),
    "cp850": gettext_lazy("Western European (DOS 850)"),
    "cp852": gettext_lazy("Central European (DOS 852)"),
    "mac_roman": gettext_lazy("Western European (Macintosh)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
    "utf-16": "Unicode (UTF-16)",
}
_SAME: Final = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16", "utf-32": "utf-16"}
DELIMITERS: Final[dict[str, Words]] = {
    ";": gettext_lazy("Semicolon  ;"),
    ",": gettext_lazy("Comma  ,"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Bar  |"),
    "^": "^",
    "~": "~",
    FIXED: gettext_lazy("Fixed width"),
}
QUOTES: Final[dict[str, Words]] = {'"': gettext_lazy('Double  "'), "'": gettext_lazy("Single  '")}
_LINE_KINDS: Final = {"labour": gettext_lazy("Labour"), "part": gettext_lazy("Part")}
_CODES: Final[dict[str, dict[str, Any]]] = {
    "customer_kind": dict(CUSTOMER_KINDS), "fuel": dict(FUELS), "line_kind": _LINE_KINDS, "vehicle_kind": dict(VEHICLE_KINDS),
    **standing.WORDS,
}  # fmt: skip


def encoding(code: str | None) -> Words:
    """The name of what was detected."""
    return ENCODINGS.get(_SAME.get(code or "", code or ""), code or "")


def field(name: str) -> Words:
    """What a field is called; "keeper" is the one thing of a car that is no field of a file."""
    return _("Keeper") if name == "keeper" else FIELDS[name].label if name in FIELDS else name


def value(name: str, told: Any, sites: dict[str, str] | None = None) -> str:
    """A value of a field as people read it."""
    if told is None or told == "":
        return ""
    if isinstance(told, bool):
        return _("Yes") if told else _("No")
    reading = FIELDS[name].reading if name in FIELDS else "text"
    if reading in DATE_READINGS:
        return formats.day(told if isinstance(told, date) else date.fromisoformat(told), "long")
    if reading in NUMBER_READINGS:
        return _number(told, is_amount=reading == "amount")
    return language_word(told) if reading == "language" else str({**(sites or {}), **_CODES.get(reading, {})}.get(str(told), told))


def _number(told: Any, *, is_amount: bool) -> str:
    try:
        exact = Decimal(str(told))
    except InvalidOperation:
        return str(told)
    if isinstance(told, int):
        return formats.number(told)
    return formats.number(exact, 2 if is_amount else max(0, -int(exact.normalize().as_tuple().exponent)))
