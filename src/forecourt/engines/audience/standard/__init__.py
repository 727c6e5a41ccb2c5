"""What every dealer starts with, declared as data: the rules, and what is said beside a word. Needs neither Django nor a database."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def rules() -> tuple[dict[str, Any], ...]:
    """The rules of `rules.toml`, each with all its fields."""
    defaults: dict[str, Any] = {"codes": [], "words": [], "unless_words": [], "language": ""}
    return tuple({**defaults, **rule} for rule in _told("rules.toml")["rule"])


@lru_cache(maxsize=1)
def contexts() -> dict[str, Any]:
    """`contexts.toml` as it is."""
    return _told("contexts.toml")


def _told(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
