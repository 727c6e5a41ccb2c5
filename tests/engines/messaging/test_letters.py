"""What a letter looks like inside."""

import re

import pytest

from forecourt.engines.messaging import letters
from forecourt.engines.messaging.letters import Button, Facts, Heading, House, Paragraph, Slot, Slots, Small, layout

HOUSE = House("Autohaus Alpen", "#0f5fd7", ("Autohaus Alpen Bozen", "Hauptstraße 1", "39100 Bozen"), "+39 0471 1", "bozen@example.org")
BLOCKS = [
    Heading("Zeit für die Inspektion"),
    Paragraph("Guten Tag Dana,\nIhr Golf ist fällig."),
    Slots((Slot("Di, 08:30", "https://f.example/b?slot=1&x=2", "Bozen"), Slot("Mi, 14:00", "https://f.example/b?slot=2"))),
    Facts((("Fahrzeug", "VW Golf"), ("Preis", "ab 289,00 € inkl. MwSt."))),
    Button("Anderer Termin", "https://f.example/b"),
    Small("Nicht mehr Ihr Auto?"),
]


def test_html_and_text_say_the_same_and_end_with_the_dealers_address() -> None:
    content = letters.render(subject="Service", blocks=BLOCKS, house=HOUSE, language="de")

    for words in (
        "Zeit für die Inspektion",
        "Di, 08:30",
        "Mi, 14:00",
        "VW Golf",
        "ab 289,00 € inkl. MwSt.",
        "Anderer Termin",
        "39100 Bozen",
    ):
        assert content.html.count(words) == 1, words
        assert content.text.count(words) == 1, words
    assert 'href="https://f.example/b?slot=1&amp;x=2"' in content.html
    assert "  https://f.example/b?slot=1&x=2\n" in content.text
    assert '<html lang="de"' in content.html
    assert content.html.count('bgcolor="#0f5fd7"') == 2  # the head and the one next action


def test_what_people_write_stays_text() -> None:
    content = letters.render(
        subject="</title><script>", blocks=[Paragraph('<script>alert("1")</script> @@0@@ {brand}\nzweite Zeile')], house=HOUSE
    )

    assert "<script>" not in content.html
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; @@0@@ {brand}<br/>zweite Zeile" in content.html


def test_a_link_to_anything_but_the_web_is_refused() -> None:
    with pytest.raises(ValueError, match="web only"):
        letters.render(subject="S", blocks=[Button("Go", "javascript:alert(1)")], house=HOUSE)


def test_letters_of_one_shape_are_compiled_once() -> None:
    layout.compiled.cache_clear()
    for number in range(5):
        letters.render(subject=f"Service {number}", blocks=[Heading(f"Nummer {number}")], house=HOUSE)
    letters.render(subject="Service", blocks=[Heading("Anders")], house=House("Rosso Motori", "#b3001b"))

    assert layout.compiled.cache_info().misses == 2


@pytest.mark.parametrize(("brand", "ink"), [("#0f5fd7", "#ffffff"), ("#ffd400", "#15171c"), ("#ffffff", "#15171c"), ("#000000", "#ffffff")])
def test_the_words_on_the_brand_colour_can_be_read(brand: str, ink: str) -> None:
    assert layout.ink_on(brand) == ink


def test_opening_a_letter_fetches_nothing_from_anywhere() -> None:
    content = letters.render(subject="Service", blocks=BLOCKS, house=HOUSE, language="de")

    assert not {"<link", "<img", "@import", "url(", "src="} & set(re.findall(r"<link|<img|@import|url\(|src=", content.html))
