"""A code comes in one message, in every language and whatever the house is called."""

from uuid import uuid4

import pytest
from django.utils import translation

from forecourt.engines.messaging import short_texts
from forecourt.engines.messaging.models import PersonalLetter
from forecourt.faces.customer.signin import texts


def test_signs_of_the_alphabet_count_once_and_of_its_extension_twice() -> None:
    assert short_texts.fits("ä" * 160)
    assert not short_texts.fits("ä" * 161)
    assert short_texts.fits("€" * 80)
    assert not short_texts.fits("€" * 81)
    assert short_texts.fits("码" * 70)
    assert not short_texts.fits("码" * 71)
    assert not short_texts.fits("🚗" * 36)  # two units each


def test_accents_go_where_that_keeps_a_text_in_one_message() -> None:
    assert short_texts.fitted(["Autentificare la Brașov: țineți codul pentru dumneavoastră – nu îl dați"]) == (
        "Autentificare la Brasov: tineti codul pentru dumneavoastra - nu il dati"
    )
    assert short_texts.fitted(["Schlüssel für Müßiggänger, più là"]) == "Schlüssel für Müßiggänger, più là"


def test_the_fullest_wording_that_fits_is_taken() -> None:
    assert short_texts.fitted(["a" * 161, "b" * 160, "c"]) == "b" * 160
    assert short_texts.fitted(["码" * 71, "验证码 123456"]) == "验证码 123456"
    assert short_texts.fitted(["a" * 170, "b" * 165]) == "b" * 165


@pytest.mark.parametrize("language", ["en", "de", "it", "ro", "zh-hans"])
@pytest.mark.parametrize("house", ["Autohaus Alpen", "Autoservice Brașov și Fiii", "阿尔卑斯汽车", "X" * 120])
def test_the_code_fits_into_one_message_with_the_line_that_phones_fill_in(language: str, house: str, settings: object) -> None:
    settings.PUBLIC_URL = "https://service.autohaus.example"  # type: ignore[attr-defined]
    letter = PersonalLetter(address="+393331234567", facts={"proof_id": str(uuid4())})
    with translation.override(language):
        said = short_texts.fitted(texts.confirm(letter, house))
    code = said.rpartition("#")[2]
    assert short_texts.fits(said)
    assert said.startswith(code) or code in said.partition("\n")[0]
    assert said.endswith(f"\n\n@service.autohaus.example #{code}")
    assert len(code) == 6
