"""What somebody typed into the one field of signing in: a mail address, or a mobile number as it is written in their country."""

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forecourt.kernel import identifiers
from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import phones
from forecourt.records.dealership import organisations

BY_MAIL: Final = "sign_in"
BY_TEXT: Final = "sign_in_sms"
_COUNTRY_OF: Final = {"de": "DE", "it": "IT", "ro": "RO", "en": "GB", "zh-hans": "CN"}
_PHONE: Final = re.compile(r"[+(0-9][-+()./ \u00a0\u202f0-9]{5,30}")
_REGION: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")
_LONGEST_HEADER: Final = 200


def read(request: HttpRequest, typed: str) -> tuple[str, str]:
    """The kind of proof and the address in its normal form. Refusal("unreadable")."""
    text = typed.strip()
    try:
        if settings.HAS_TEXTS and _PHONE.fullmatch(text):
            return BY_TEXT, phones.read(text, countries(request))
        return BY_MAIL, identifiers.normal_email(text)
    except ValueError as wrong:
        if settings.HAS_TEXTS and "@" not in text:
            raise Refusal("unreadable", _not_a_number()) from wrong
        raise Refusal("unreadable", _("This is not an e-mail address.")) from wrong


def number(request: HttpRequest, typed: str, *, at_home: list[str]) -> str:
    """A mobile number in E.164; `at_home` are the countries of the person's own dealers. Refusal("unreadable")."""
    try:
        return phones.read(typed.strip()[:40], [*at_home, *countries(request)])
    except ValueError as wrong:
        raise Refusal("unreadable", _not_a_number()) from wrong


def countries(request: HttpRequest) -> list[str]:
    """In which countries a number without one may be: an only dealer's, the browser's, that of the page's language, any dealer's."""
    dealers = [each.country for each in organisations.dealers()]
    preferred = [region.upper() for region in _REGION.findall(request.headers.get("Accept-Language", "")[:_LONGEST_HEADER])]
    spoken = _COUNTRY_OF.get(get_language() or "en", "GB")
    return list(dict.fromkeys([*(dealers if len(dealers) == 1 else []), *preferred, spoken, *dealers]))


def _not_a_number() -> str:
    return _("This is no mobile number. Write one from abroad with its country, such as +39 333 1234567.")
