"""Column names that are known, as data: one file per system or language, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from django.utils.translation import gettext_noop

#: Titles that are words and no names; those of languages stand elsewhere too.
_TITLES: Final = (gettext_noop("Parts sales"), gettext_noop("Vehicle sales"))


@dataclass(frozen=True)
class Preset:
    """The names that one system, or the exports of one language, give to our fields."""

    name: str
    title: str
    country: str
    language: str
    columns: dict[str, tuple[str, ...]]


@cache
def presets() -> dict[str, Preset]:
    """All presets by name."""
    found = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            name = file.name.removesuffix(".toml")
            columns = {field: tuple(names) for field, names in data["columns"].items()}
            found[name] = Preset(name, data["title"], data["country"], data["language"], columns)
    return found
