"""How alike names are, and what agreement weighs."""

import pytest

from forecourt.kernel import likeness


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("martha", "marhta", 0.9611), ("dwayne", "duane", 0.84), ("dixon", "dicksonx", 0.8133), ("huber", "huber", 1.0), ("abc", "xyz", 0.0)],
)  # values of Winkler's own examples
def test_similarity_is_jaro_winkler(one: str, other: str, expected: float) -> None:
    assert likeness.similarity(one, other) == pytest.approx(expected, abs=0.0001)
    assert likeness.similarity(other, one) == pytest.approx(expected, abs=0.0001)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (("huber", "josef"), ("huber", "josef"), "same"),
        (("huber", "josef"), ("josef", "huber"), "same"),
        (("schmidt", "anna"), ("schmitt", "anna"), "near"),
        (("huber", "j"), ("huber", "josef"), "initial"),
        (("huber", ""), ("huber", "josef"), "family"),
        (("huber", "josef"), ("huber", "maria"), "other"),
        (("huber", "josef"), ("mair", "josef"), "other"),
        (("huber", "josef"), ("jun huber", "josef"), "other"),
        (("", ""), ("huber", "josef"), "unknown"),
    ],
)
def test_names_are_compared_by_family_and_first_name(one: tuple[str, str], other: tuple[str, str], level: str) -> None:
    assert likeness.compare_names(one, other) == level
    assert likeness.compare_names(other, one) == level


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    assert likeness.weight_of_name(1, 1_000_000) == pytest.approx(19.70, abs=0.01)
    assert likeness.weight_of_name(500, 1_000_000) == pytest.approx(10.73, abs=0.01)
    assert likeness.weight_of_name(2, 50) == pytest.approx(12.05, abs=0.01)
    assert likeness.weight("email", "same") == pytest.approx(13.14, abs=0.01)
    assert likeness.weight("email", "other") == pytest.approx(-2.0, abs=0.01)
    assert likeness.weight("nothing", "such") == 0.0
