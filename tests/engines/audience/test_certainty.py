"""How certain an answer of the rules is: never less for a better reason, and as often right as it says."""

from itertools import pairwise, product

import pytest
from bench.classification import LABELLED, read, standard

from bench import certainty as counting
from forecourt.engines.audience import certainty
from forecourt.engines.audience.lines import Lines
from forecourt.engines.audience.matching import Decision, Grounds, Matcher, Reading, Words

LINES = Lines()
OWN = Lines(Matcher([Words("brakes", codes=["B1", "B20–B29", "BX*"], words=["bremsbeläge", "pads"])]))


def of(grounds: Grounds, *, silenced: bool = False, several: bool = False) -> float:
    decisions = [Decision(kind, "word", "x", "", grounds) for kind in ("brakes", "battery")[: 1 + several]]
    return certainty.of(Reading(decisions, silenced, is_known=True))


def test_more_letters_and_more_words_that_agree_are_never_less_certain() -> None:
    for mended, silenced, several in product((False, True), repeat=3):
        by_letters = [of(Grounds(letters, 1, mended), silenced=silenced, several=several) for letters in range(1, 30)]
        by_pieces = [of(Grounds(9, pieces, mended), silenced=silenced, several=several) for pieces in range(1, 6)]
        assert all(less <= more for told in (by_letters, by_pieces) for less, more in pairwise(told))


@pytest.mark.parametrize("letters", [3, 7, 9, 20])
@pytest.mark.parametrize("pieces", [1, 2, 4])
def test_a_slip_a_silenced_word_and_a_second_kind_never_make_it_more_certain(letters: int, pieces: int) -> None:
    plain = of(Grounds(letters, pieces))
    assert of(Grounds(letters, pieces, is_mended=True)) <= plain
    assert of(Grounds(letters, pieces), silenced=True) < plain
    assert of(Grounds(letters, pieces), several=True) <= plain
    assert plain < of(Grounds(letters, pieces, code="whole")), "a whole code is the dealer's own word"
    for code in ("whole", "range", "beginning"):
        assert of(Grounds(letters, pieces, is_mended=True)) <= of(Grounds(code=code))


def test_a_code_and_a_word_together_are_as_certain_as_the_better_of_both() -> None:
    assert of(Grounds(9, 3, code="beginning")) == max(of(Grounds(9, 3)), of(Grounds(code="beginning")))


def test_a_whole_code_is_more_certain_than_a_range_and_that_than_a_beginning() -> None:
    whole, within, beginning = (OWN.answer(code, "").certainty for code in ("B1", "B24", "BX7"))
    assert whole > within > beginning > OWN.answer("", "pads").certainty


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Bremsbeläge vorne erneuert", "BFL gew."),
        ("Ölwechsel, Motoröl und Ölfilter ersetzt", "ÖW"),
        ("Inspektion gemacht", "Inpsektion gemacht"),
        ("Bremsbeläge vorne erneuert", "Bremsbeläge vorne erneuert, kein Ölwechsel"),
        ("Klimaanlage befüllt", "Klimaanlage befüllt und Batterie ersetzt"),
        ("Scheibenwischer ersetzt", "Ölwechsel abgelehnt"),
        ("Scheibenwischer ersetzt", "xyz"),
    ],
)
def test_what_stands_in_the_line_tells_how_certain_it_is(better: str, worse: str) -> None:
    assert LINES.answer("", better).certainty > LINES.answer("", worse).certainty


def test_what_is_said_is_how_often_it_is_right_on_lines_that_nobody_read() -> None:
    told = [(certainty.of(reading), right) for reading, right in counting.asked(read(LABELLED / "later.csv"), standard())]
    for low, high in counting.BANDS:
        band = [(each, right) for each, right in told if low <= each < high]
        assert abs(sum(each - right for each, right in band)) / len(band) < 0.02, (low, high)


def test_the_table_is_the_one_that_is_counted() -> None:
    counted = counting.table(read(LABELLED / "later.csv"), read(LABELLED / "dev.csv"), standard())
    assert counting.TABLE.read_text(encoding="utf-8") == counted, "python -m bench.certainty --write"
