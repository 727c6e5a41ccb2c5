"""What every dealer starts with, declared as data: the rules, and what is said beside a word. Needs neither Django nor a database."""

import hashlib
import json
import tomllib
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def rules() -> tuple[dict[str, Any], ...]:
    """The rules of `rules.toml`, each with all its fields and a key of its own that outlives upgrades."""
    defaults: dict[str, Any] = {"codes": [], "words": [], "unless_words": [], "language": ""}
    told = [{**defaults, **rule} for rule in _told("rules.toml")["rule"]]
    taken: Counter[str] = Counter()
    for rule in told:
        key = rule.get("key") or _key(rule)
        taken[key] += 1
        rule["key"] = key if taken[key] == 1 else f"{key}.{taken[key]}"
    return tuple(told)


@lru_cache(maxsize=1)
def edition() -> dict[str, str]:
    """For each kind of work, digits that change when our rules for it do."""
    told: dict[str, list[str]] = {}
    for rule in rules():
        told.setdefault(rule["work_kind"], []).append(json.dumps([sorted(rule[part]) for part in ("codes", "words", "unless_words")]))
    return {kind: hashlib.blake2b("".join(sorted(each)).encode(), digest_size=8).hexdigest() for kind, each in told.items()}


def _key(rule: dict[str, Any]) -> str:
    """Kind, language and the word it begins with: rules are added before and behind it, and words to it. Who changes the first word of a
    rule says its `key` of before: dealers' changes hang on it."""
    first = next(iter([*rule["words"], *rule["codes"]]), "")
    return f"{rule['work_kind']}.{rule['language'] or 'any'}.{first}"


@lru_cache(maxsize=1)
def contexts() -> dict[str, Any]:
    """`contexts.toml` as it is."""
    return _told("contexts.toml")


def _told(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
