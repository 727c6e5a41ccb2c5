"""How alike two names are, and what agreement is worth as evidence that two records are one person.

Method: I. P. Fellegi, A. B. Sunter, "A Theory for Record Linkage", Journal of the American Statistical Association 64 (1969). Each
comparison gives log2(m / u): m is how often records of one person agree so, u how often those of two people do; weights add up. The
weight of a name follows how frequent it is (H. B. Newcombe et al., Science 130, 1959). Spellings are compared by Jaro–Winkler
(W. E. Winkler, 1990). The probabilities are set by judgement, not estimated, so a weight orders pairs; it is no probability.
"""

from __future__ import annotations

from math import log2
from typing import Final, Literal

NameLevel = Literal["same", "near", "initial", "family", "other", "unknown"]

#: (comparison, level) -> (m, u). What is not listed says nothing.
_CHANCES: Final[dict[tuple[str, str], tuple[float, float]]] = {
    ("name", "near"): (0.10, 0.001),
    ("name", "initial"): (0.03, 0.002),
    ("name", "family"): (0.02, 0.005),
    ("name", "other"): (0.03, 0.99),
    ("email", "same"): (0.90, 1e-4),
    ("email", "other"): (0.25, 0.999),
    ("phone", "same"): (0.80, 2e-4),
    ("phone", "other"): (0.35, 0.999),
    ("address", "same"): (0.80, 1e-3),
    ("address", "postcode"): (0.20, 0.025),
    ("address", "other"): (0.20, 0.975),
    ("vin", "same"): (0.50, 5e-4),
    ("plate", "same"): (0.50, 5e-4),
    # Two records that may be one car. Of VINs that are nowhere near each other no agreement elsewhere makes one car, but the day of registration.
    ("car_vin", "misread"): (0.05, 1e-5),
    ("car_vin", "near"): (0.05, 1e-4),
    ("car_vin", "other"): (1e-6, 0.999),
    ("car_plate", "same"): (0.80, 5e-4),
    ("car_plate", "other"): (0.05, 0.999),
    ("car_keeper", "same"): (0.70, 0.02),
    ("car_keeper", "other"): (0.50, 0.98),
    ("car_make", "same"): (0.97, 0.15),
    ("car_make", "other"): (0.005, 0.85),
    ("car_model", "same"): (0.70, 0.08),
    ("car_model", "near"): (0.20, 0.08),
    ("car_model", "other"): (0.06, 0.84),
    ("car_registered", "same"): (0.80, 5e-4),
    ("car_registered", "year"): (0.90, 0.25),
    ("car_registered", "other"): (0.08, 0.99),
    ("car_fuel", "other"): (0.05, 0.60),
}
_NAME_AGREES: Final = 0.85
_FEWEST_PEOPLE: Final = 10_000
"""A name that is rare among a dealer's few customers is not therefore rare."""
_NEAR: Final = 0.9


def weight(comparison: str, level: str) -> float:
    """What this agreement or disagreement is worth, in bits."""
    chances = _CHANCES.get((comparison, level))
    return log2(chances[0] / chances[1]) if chances else 0.0


def weight_of_name(bearers: int, people: int) -> float:
    """What the very same name is worth that so many of so many people bear."""
    return log2(_NAME_AGREES * max(people, _FEWEST_PEOPLE) / max(bearers, 1))


def compare_names(one: tuple[str, str], other: tuple[str, str]) -> NameLevel:
    """Two (family name, first name), normalised by `identifiers.normal_name`; first names may be missing."""
    (family, first), (other_family, other_first) = one, other
    words, other_words = sorted(f"{family} {first}".split()), sorted(f"{other_family} {other_first}".split())
    if not words or not other_words:
        return "unknown"
    if words == other_words:
        return "same"
    if not first or not other_first:
        return "family" if _is_near(family or first, other_family or other_first) else "other"
    if _is_near(family, other_family):
        return _compare_first(first, other_first)
    return "near" if len(words) == len(other_words) and all(map(_is_near, words, other_words)) else "other"


def similarity(one: str, other: str) -> float:
    """Jaro–Winkler, 0 to 1, with Winkler's prefix of four letters and scale 0.1."""
    if one == other:
        return 1.0
    alike, moved = _common(one, other)
    if not alike:
        return 0.0
    jaro = (alike / len(one) + alike / len(other) + (alike - moved) / alike) / 3
    prefix = 0
    for left, right in zip(one[:4], other[:4], strict=False):
        if left != right:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def _compare_first(first: str, other_first: str) -> NameLevel:
    if first.startswith(other_first) or other_first.startswith(first):
        return "initial" if min(len(first), len(other_first)) == 1 else "near"
    return "near" if _is_near(first, other_first) else "other"


def _is_near(one: str, other: str) -> bool:
    return similarity(one, other) >= _NEAR


def _common(one: str, other: str) -> tuple[int, int]:
    """Letters that both have about the same place, and how many pairs of them are in another order."""
    reach = max(len(one), len(other), 2) // 2 - 1
    taken = [False] * len(other)
    kept: list[str] = []
    for place, letter in enumerate(one):
        for there in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not taken[there] and other[there] == letter:
                taken[there] = True
                kept.append(letter)
                break
    theirs = [letter for letter, is_taken in zip(other, taken, strict=True) if is_taken]
    return len(kept), sum(left != right for left, right in zip(kept, theirs, strict=True)) // 2
