"""Every text that people can read is there in every language: complete, with the same placeholders and tags, and in the right form."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, to_locale
from tools import messages

MEND = "Run `make messages`, then translate what `python -m tools.messages missing <language>` prints; words are in docs/glossary.md."
PLACEHOLDER = re.compile(r"%?%\([A-Za-z_]\w*\)[0-9.]*[sdif]|(?<!%)\{[A-Za-z_]\w*\}|</?[A-Za-z][^<>]*>")


@cache
def texts() -> tuple[messages.Text, ...]:
    return tuple(messages.found())


@cache
def catalogue(language: str) -> Any:
    return messages.catalogue(language)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_of_the_sources_is_translated(language: str) -> None:
    known = catalogue(language)
    open_ones = {(one_of(message.id), message.context) for message in messages.untranslated(known)}
    lacking = {f"{text.where}: {text.one!r}" for text in texts() if (text.one, text.context) in open_ones or not said(known, text)}
    assert not lacking, f"{len(lacking)} texts lack a translation to {language}. {MEND}\n" + "\n".join(sorted(lacking))


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_translation_is_a_guess_or_half_of_its_forms(language: str) -> None:
    halves = [message.id for message in messages.untranslated(catalogue(language))]
    assert not halves, f"{language}: {MEND}\n{halves}"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_the_placeholders_and_tags_of_the_text(language: str) -> None:
    wrong = list(altered(catalogue(language)))
    assert not wrong, f"{language}: placeholders and tags must be the same on both sides.\n" + "\n".join(wrong)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_catalogue_keeps_texts_that_nobody_says_any_more(language: str) -> None:
    alive = {(text.one, text.context) for text in texts()}
    stale = [message.id for message in catalogue(language) if message.id and (one_of(message.id), message.context) not in alive]
    assert not stale, f"{language}: run `make messages`.\n{stale}"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_catalogues_are_sorted_so_that_a_change_is_small(language: str) -> None:
    ids = [(one_of(message.id), message.context or "") for message in catalogue(language) if message.id]
    assert all(before < after for before, after in pairwise(ids)), f"{language}: run `make messages`."


def test_plural_forms_are_those_of_the_languages() -> None:
    assert {language: catalogue(language).num_plurals for language in messages.LANGUAGES} == {"de": 2, "it": 2, "ro": 3, "zh_Hans": 1}


def test_the_catalogues_are_those_of_the_languages_people_can_choose() -> None:
    chosen = {to_locale(code) for code, _ in settings.LANGUAGES if code != "en"}
    assert chosen == set(messages.LANGUAGES) == {folder.name for folder in messages.LOCALE.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("language", ["de", "it", "ro", "zh-hans"])
def test_errors_of_forms_and_of_signing_in_come_in_the_language_too(language: str) -> None:
    with translation.override(language):
        assert gettext("This field is required.") != "This field is required."
        assert gettext("The email address and/or password you specified are not correct.") != (
            "The email address and/or password you specified are not correct."
        )


def test_texts_are_found_wherever_they_stand() -> None:
    template = (
        "{% trans 'Plain' %}<c-card title=\"{% trans 'In a component' %}\" :label=\"_('Computed')\">"
        '{% plural n "%(count)s row" "%(count)s rows" %}{% sort _("Head") "key" %}'
        "{% blocktrans trimmed count counter=n with name=x %}\n  one {{ name }}\n  {% plural %}\n  many {{ name }}\n{% endblocktrans %}</c-card>"
    )
    assert {(text.one, text.many) for text in messages.in_template(template)} == {
        ("Plain", ""), ("In a component", ""), ("Computed", ""), ("%(count)s row", "%(count)s rows"), ("Head", ""),
        ("one %(name)s", "many %(name)s"),
    }  # fmt: skip


def test_texts_are_found_under_the_name_a_file_gives_the_function() -> None:
    source = 'from django.utils.translation import gettext_noop as said, ngettext\nsaid("Here")\nngettext("a", "b", 2)\nother("Not this")\n'
    assert [(text.one, text.many) for text in messages.in_python(source)] == [("Here", ""), ("a", "b")]


def test_a_lost_placeholder_is_noticed() -> None:
    from babel.messages.catalog import Catalog

    wrong = Catalog(locale="de")
    wrong.add("%(day)s at %(time)s", "%(day)s um %(zeit)s")
    wrong.add("It has {rows} rows", "Mit {rows} Zeilen")
    assert list(altered(wrong)) == ["'%(day)s at %(time)s' -> '%(day)s um %(zeit)s'"]


def said(known: Any, text: messages.Text) -> bool:
    message = known.get(text.one, text.context)
    return message is not None and bool(message.pluralizable or not text.many)


def altered(known: Any) -> Iterator[str]:
    """Translations whose placeholders or tags differ; a form that is for one thing only may leave its number out."""
    for message in known:
        forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        for number, form in enumerate(forms):
            is_for_one = message.pluralizable and number == 0 and known.num_plurals > 1
            if message.id and form and not _fits(message, form, is_for_one=is_for_one):
                yield f"{one_of(message.id)!r} -> {form!r}"


def _fits(message: Any, form: str, *, is_for_one: bool) -> bool:
    wanted = placeholders(message.id[-1] if message.pluralizable else message.id)
    return placeholders(form) <= wanted if is_for_one else placeholders(form) == wanted


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def one_of(ids: Any) -> str:
    return str(ids[0] if isinstance(ids, (list, tuple)) else ids)
