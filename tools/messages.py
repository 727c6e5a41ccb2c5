"""The texts of Forecourt in its languages: found in the sources, merged into catalogues, compiled for Django.

    python -m tools.messages update              find all texts, merge them into src/forecourt/locale/<language>/
    python -m tools.messages missing de          what is not translated yet
    python -m tools.messages compile             write the .mo files that Django reads

Owns the catalogues' form: sorted by text, no dates, addresses, line numbers or guesses, so that a change shows only what changed.
Needs Babel only; the system's gettext programs are not used. Which texts there are is decided where they stand, in Python by
`gettext` and its sisters, in templates by `trans`, `blocktrans` and our own `plural`.
"""

import argparse
import ast
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SOURCES: Final = Path(__file__).resolve().parents[1] / "src" / "forecourt"
LOCALE: Final = SOURCES / "locale"
LANGUAGES: Final = ("de", "it", "ro", "zh_Hans")
DOMAIN: Final = "django"
TEMPLATES: Final = (".html", ".txt")

_ONE: Final = (1,)
_PLURAL: Final = (1, 2)
_CONTEXT: Final = ((1, "c"), 2)
_FUNCTIONS: Final[dict[str, Any]] = {
    "gettext": _ONE, "gettext_lazy": _ONE, "gettext_noop": _ONE,
    "ngettext": _PLURAL, "ngettext_lazy": _PLURAL,
    "pgettext": _CONTEXT, "pgettext_lazy": _CONTEXT,
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip

_TEXT: Final = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_PLURAL_TAG: Final = re.compile(r"\{%\s*plural\s+\S+\s+" + _TEXT + r"\s+" + _TEXT)
_IN_ATTRIBUTE: Final = re.compile(r""":[\w-]+=(?:"[^"]*?_\(('[^']*')\)|'[^']*?_\(("[^"]*")\))""")


@dataclass(frozen=True)
class Text:
    """One text of the sources. `many` is its plural, `context` tells two uses of one word apart, `where` names the file."""

    one: str
    many: str
    context: str | None
    comments: tuple[str, ...]
    where: str


def found(root: Path = SOURCES) -> Iterator[Text]:
    """All texts of the sources that people can read, in the order of the files."""
    for file in sorted(root.rglob("*")):
        name = file.relative_to(root)
        if not file.is_file() or {"migrations", "node_modules", "static", "locale"} & set(name.parts):
            continue
        if file.suffix == ".py":
            yield from in_python(file.read_text(encoding="utf-8"), str(name))
        elif file.suffix in TEMPLATES and "templates" in name.parts:
            yield from in_template(file.read_text(encoding="utf-8"), str(name))


def in_python(source: str, where: str = "") -> Iterator[Text]:
    """Texts in Python, under whatever name the file imports Django's functions."""
    if "translation" in source or "sentences" in source:
        yield from _calls(source, _FUNCTIONS | _aliases(source), where)


def _calls(source: str, keywords: dict[str, Any], where: str) -> Iterator[Text]:
    from babel.messages.extract import extract

    for _line, message, comments, context in extract(
        "python", io.BytesIO(source.encode()), keywords=keywords, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        one, many = (message, "") if isinstance(message, str) else (message[0], message[1])
        if one:
            yield Text(one, many, context, tuple(comments), where)


def in_template(source: str, where: str = "") -> Iterator[Text]:
    """Texts in a template: Django's tags, also inside the attributes of components, and our own `plural`."""
    from django.utils.translation.template import templatize

    _ready_django()
    # What Django makes of a template are calls between crossed-out words: tokens of Python, but not its indents.
    calls = "\n".join(line.lstrip() for line in templatize(source, origin=where).splitlines())
    yield from _calls(calls, _FUNCTIONS | {"_": _ONE}, where)
    for one, many in _PLURAL_TAG.findall(source):
        yield Text(ast.literal_eval(one), ast.literal_eval(many), None, (), where)
    for match in _IN_ATTRIBUTE.finditer(source):
        yield Text(ast.literal_eval(match[1] or match[2]), "", None, (), where)


def _aliases(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"_": _ONE}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname: _FUNCTIONS[alias.name] for alias in node.names if alias.asname and alias.name in _FUNCTIONS}
    return names


def _ready_django() -> None:
    """Django's template lexer asks for settings; none of ours matter to it."""
    from django.conf import settings

    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        settings.configure()


def catalogue(language: str, *, folder: Path = LOCALE) -> Any:
    """Babel's catalogue of a language as it stands, or an empty one."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    file = _path(language, folder)
    if not file.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with file.open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def merged(language: str, texts: Iterable[Text], *, earlier: Any) -> Any:
    """The texts with the translations that are known already; what nobody says any more is left out."""
    from babel.messages.catalog import Catalog

    fresh = Catalog(locale=language, domain=DOMAIN, fuzzy=False)
    for text in texts:
        ids = (text.one, text.many) if text.many else text.one
        fresh.add(ids, context=text.context, auto_comments=text.comments)
    for message in fresh:
        known = earlier.get(_key(message), message.context) if message.id else None
        if known is not None and not known.fuzzy and bool(known.pluralizable) == bool(message.pluralizable):
            message.string = known.string
    return fresh


def write(language: str, catalog: Any, *, folder: Path = LOCALE) -> Path:
    """Write a catalogue: header of three lines, then sorted texts. Replaced in one step, so a reader never sees half."""
    from babel.messages.pofile import write_po

    body = io.BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Plural-Forms: nplurals={catalog.num_plurals}; plural={catalog.plural_expr};\\n"\n\n'
    )
    file = _path(language, folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(header.encode() + body.getvalue().rstrip(b"\n") + b"\n")
    part.replace(file)
    return file


def untranslated(catalog: Any) -> list[Any]:
    """Messages without all of their forms."""
    return [message for message in catalog if message.id and not _is_complete(message, catalog.num_plurals)]


def _is_complete(message: Any, forms: int) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return not message.fuzzy and all(strings) and (not message.pluralizable or len(strings) == forms)


def _key(message: Any) -> str:
    return str(message.id[0] if isinstance(message.id, (list, tuple)) else message.id)


def _path(language: str, folder: Path) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _extract() -> None:
    for text in found():
        print(f"{text.where}: {text.one!r}" + (f" / {text.many!r}" if text.many else ""))


def _update(languages: Iterable[str]) -> None:
    texts = list(found())
    for language in languages:
        fresh = merged(language, texts, earlier=catalogue(language))
        write(language, fresh)
        print(f"{language}: {len(fresh)} texts, {len(untranslated(fresh))} to translate")


def _compile(languages: Iterable[str]) -> None:
    from babel.messages.mofile import write_mo

    for language in languages:
        target = _path(language, LOCALE).with_suffix(".mo")
        part = target.with_suffix(".mo-part")
        with part.open("wb") as stream:
            write_mo(stream, catalogue(language))
        part.replace(target)


def _missing(languages: Iterable[str]) -> int:
    open_ones = [(language, message) for language in languages for message in untranslated(catalogue(language))]
    for language, message in open_ones:
        print(f"{language}: {_key(message)!r}")
    return 1 if open_ones else 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description="Texts and their translations.")
    parser.add_argument("work", choices=["extract", "update", "compile", "missing"])
    parser.add_argument("languages", nargs="*", metavar="language", help=f"of {', '.join(LANGUAGES)}; all where none is named")
    asked = parser.parse_args(arguments)
    languages = asked.languages or LANGUAGES
    if unknown := set(languages) - set(LANGUAGES):
        parser.error(f"no such language: {', '.join(sorted(unknown))}; there are {', '.join(LANGUAGES)}")
    if asked.work == "missing":
        return _missing(languages)
    if asked.work == "extract":
        _extract()
    else:
        {"update": _update, "compile": _compile}[asked.work](languages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
