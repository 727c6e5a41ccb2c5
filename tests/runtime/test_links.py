"""A signed link opens one thing, for one purpose, until a day."""

from typing import Any
from uuid import UUID

import pytest

from forecourt.kernel.errors import NotFound
from forecourt.kernel.ids import uuid7
from forecourt.runtime import links

ORGANISATION, SUBJECT, HOLDER = uuid7(), uuid7(), uuid7()
pytestmark = pytest.mark.django_db  # whose record stands for the holder today is asked there


def token(purpose: str = "tests", *, days: int = 60, subject: UUID = SUBJECT) -> str:
    return links.make(purpose=purpose, organisation_id=ORGANISATION, subject_id=subject, holder_id=HOLDER, days=days)


def test_a_link_says_purpose_organisation_subject_and_holder() -> None:
    assert links.read(token(), purpose="tests") == links.Link("tests", ORGANISATION, SUBJECT, HOLDER)


def test_a_link_goes_into_an_address_as_it_is() -> None:
    assert all(letter.isalnum() or letter in "-_." for letter in token())


def test_a_link_for_another_purpose_opens_nothing() -> None:
    with pytest.raises(NotFound):
        links.read(token("survey"), purpose="booking")


@pytest.mark.parametrize("place", [0, 10, 40, -1])
def test_a_link_with_one_letter_changed_opens_nothing(place: int) -> None:
    genuine = token()
    forged = list(genuine)
    forged[place] = "A" if forged[place] != "A" else "B"
    if place == -1:  # the last letter of a digest may carry unused bits
        forged = list(genuine[:-2] + ("AA" if not genuine.endswith("AA") else "BB"))
    with pytest.raises(NotFound):
        links.read("".join(forged), purpose="tests")


def test_the_subject_of_one_link_does_not_go_with_the_signature_of_another() -> None:
    one, other = token(), token(subject=uuid7())
    with pytest.raises(NotFound):
        links.read(f"{one.split('.')[0]}.{other.split('.')[1]}", purpose="tests")


@pytest.mark.parametrize("nonsense", ["", ".", "a.b", "é.ü", "a" * 5000, "a:b:c", "\x00"])
def test_nonsense_opens_nothing(nonsense: str) -> None:
    with pytest.raises(NotFound):
        links.read(nonsense, purpose="tests")


def test_a_link_works_until_its_last_day_and_not_after(settings: Any) -> None:
    genuine = token(days=60)
    settings.CLOCK = "+59d23h"
    assert links.read(genuine, purpose="tests").subject_id == SUBJECT
    settings.CLOCK = "+60d1m"
    with pytest.raises(NotFound):
        links.read(genuine, purpose="tests")


def test_another_installations_key_opens_nothing(settings: Any) -> None:
    genuine = token()
    settings.SECRET_KEY = "another"
    with pytest.raises(NotFound):
        links.read(genuine, purpose="tests")
