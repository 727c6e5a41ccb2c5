import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.kernel.identifiers import folded, normal_code, normal_name, normal_words, sort_key, text_key

letters = st.text(st.characters(codec="utf-8", max_codepoint=0x9FFF), max_size=40)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Dr. Jürgen von Müller", "MUELLER, Juergen"),
        ("Müller Jürgen", "Juergen Müller"),
        ("Sig.ra Anna D'Angelo", "dangelo anna"),
        ("Dott.ssa Chiara De Rossi", "Rossi, Chiara"),
        ("Dl. Ștefan Țepeș", "Stefan Tepes"),
        ("Groß", "GROSS"),
        ("王小明 先生", "王小明"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("Jean-Luc Müller", "Müller, Jean Luc"),
    ],
)
def test_one_person_written_two_ways_has_one_name(a: str, b: str) -> None:
    assert normal_name(a) == normal_name(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Anna Rossi", "Anna Russo"),
        ("Hans Bauer", "Hans Baur"),
        ("Karl Maier jun.", "Karl Maier sen."),
        ("王小明", "王晓明"),
        ("Von", "Der"),
    ],
)
def test_different_people_keep_different_names(a: str, b: str) -> None:
    assert normal_name(a) != normal_name(b)


@given(letters)
def test_a_normal_name_stays_as_it_is_in_any_order(text: str) -> None:
    name = normal_name(text)

    assert normal_name(" ".join(reversed(name.split(" ")))) == normal_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ölwechsel  5W-30,  Große\tInspektion ", "olwechsel 5w 30 grosse inspektion"),
        ("HU/AU fällig am 31.12.2025", "hu au fallig am 0"),
        ("Service 60.000 km", "service 0 km"),
        ("service 60000 KM", "service 0 km"),
        ("Reifen 205/55 R16", "reifen 205 55 r16"),
        ("Schimbare uleiului și filtrului", "schimbare uleiului si filtrului"),
        ("更换机油（全合成），检查", "更换机油 全合成 检查"),
        ("", ""),
    ],
)
def test_free_text_becomes_bare_words(text: str, expected: str) -> None:
    assert normal_words(text) == expected


@given(letters)
def test_bare_words_hold_only_words(text: str) -> None:
    words = normal_words(text)

    assert words == " ".join(words.split())
    assert not set(words) & set("ABCÄäß.,;:!?-/()")


def test_lines_that_differ_in_case_accents_spaces_and_dates_have_one_key() -> None:
    assert text_key("OL-01", "Ölwechsel am 01.02.2025") == text_key("ol 01", "OLWECHSEL  AM 31.12.2024")


def test_lines_with_other_words_or_another_code_have_other_keys() -> None:
    keys = {
        text_key("ol01", "olwechsel"),
        text_key("ol02", "olwechsel"),
        text_key("", "ol01 olwechsel"),
        text_key("ol01olwechsel", ""),
        text_key("12345", ""),
        text_key("12346", ""),
    }

    assert len(keys) == 6


def test_keys_are_the_same_in_every_process_and_release() -> None:
    assert text_key("OL-01", "Ölwechsel") == "4376dad36d8fc04df1e8249f6b5f69ad"


@given(letters, letters)
def test_a_key_depends_on_normal_code_and_normal_words_alone(code: str, words: str) -> None:
    key = text_key(code, words)

    assert len(key) == 32
    assert int(key, 16) >= 0
    assert key == text_key(normal_code(code), normal_words(words))


def test_lists_are_sorted_as_people_expect() -> None:
    names = ["Zoe", "Österreich", "Bay 10", "bay 2", "Özil", "apfel", "Ångström", "赵", "安", "王"]

    assert sorted(names, key=sort_key) == ["Ångström", "apfel", "bay 2", "Bay 10", "Österreich", "Özil", "Zoe", "安", "王", "赵"]


def test_folding_keeps_spaces_and_punctuation() -> None:
    assert folded("Straße, Ștefan 机油") == "strasse, stefan 机油"


@given(letters)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
