"""Words with a slip of the keyboard are read as the rules' word that was meant, and no other word is."""

import pytest

from forecourt.engines.audience.spelling import Spelling
from tests.engines.audience.test_matching import kinds

SPELLING = Spelling(["inspektion", "tagliando", "wartung", "anvelope"], others=["tagliandi"], stems=["montier"])


@pytest.mark.parametrize("slip", ["inpsektion", "inspekton", "inspekttion", "inspextion", "inspektino"])
def test_one_letter_swapped_missing_doubled_or_changed_is_mended(slip: str) -> None:
    assert SPELLING.corrected(f"kleine {slip} 5w30") == "kleine inspektion 5w30"


@pytest.mark.parametrize("word", ["inspektiom", "inspektionen", "onspektion", "inpsketion", "tagliandi", "montierte", "warnung"])
def test_other_endings_first_letters_two_slips_and_known_words_are_left_alone(word: str) -> None:
    assert SPELLING.corrected(word) == word


def test_a_text_without_a_slip_is_the_same() -> None:
    text = "inspektion 更换机油"
    assert SPELLING.corrected(text) is text


def test_a_line_with_slips_is_classified() -> None:
    assert kinds("Inpsektion mit Ölwechesl") == ["inspection", "oil_service"]
    assert kinds("taglaindo e pneumatci nuovi") == ["inspection", "tyre_change"]
