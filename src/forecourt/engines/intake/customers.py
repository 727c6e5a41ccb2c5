"""What a row calls a customer: a person or a firm, in one cell or in several, ready to sort and to match."""

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any, Final

from forecourt.engines.intake import words
from forecourt.kernel.identifiers import normal_name, sort_key

# A customer is read once per file; the kernel's own memory of names would only grow with each new one.
_normal_name: Final = normal_name.__wrapped__
_sort_key: Final = sort_key.__wrapped__


_LIKE: Final = 0.7
_SMALL: Final = frozenset({"von", "van", "der", "den", "vom", "zu", "zum", "zur", "und"})
_NUMERALS: Final = frozenset({"ii", "iii", "iv", "vii", "viii", "ix"})
_WORD: Final = re.compile(r"[^\W\d_]+")


def cased(name: str) -> str:
    """A person's name as people write it, where a system keeps it in capitals or small letters alone; others stay as they are."""
    if len(name) < 3 or not (name.isupper() or name.islower()):
        return name
    return _WORD.sub(_cased_word, name)


def _cased_word(match: re.Match[str]) -> str:
    word = match[0].lower()
    if word in _SMALL:
        return word
    if word in _NUMERALS:
        return word.upper()
    return f"Mc{word[2:].capitalize()}" if word.startswith("mc") and len(word) > 4 else word.capitalize()


def are_strangers(one: str, other: str) -> bool:
    """Whether two names in the form in which they are compared have nothing in common: no word, and no mere slip of the pen."""
    return not {*one.split()} & {*other.split()} and SequenceMatcher(None, one, other).ratio() < _LIKE


def name_of(get: Callable[[str], Any], *, is_last_first: bool = False) -> tuple[str, ...]:
    """(kind, first name, last name, company, sort key, name for matching); all blank if the row has no name."""
    first, last, company = get("customer.first_name") or "", get("customer.last_name") or "", get("customer.company") or ""
    whole, kind = get("customer.name") or "", get("customer.kind")
    if kind is None:
        is_firm = company or words.is_firm(whole or last) or words.greets_a_firm(get("customer.salutation") or "")
        kind = "business" if is_firm else "private"
    if kind == "business" and not company:
        company, whole, last = whole or last, "", last if whole else ""
    if whole and not last:
        first, last = (first, whole) if first else words.first_and_last(whole, is_last_first=is_last_first)
    if kind != "business":
        first, last = cased(first), cased(last)
    shown = company if kind == "business" and company else f"{last} {first}"
    match_name = _normal_name(company if kind == "business" and company else f"{first} {last}")[:200]
    if not match_name:
        return ("", "", "", "", "", "")
    return (kind, first[:80], last[:120], company[:160], _sort_key(shown)[:160], match_name)
