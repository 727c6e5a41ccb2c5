"""What the code says of itself, written where people look it up: docs/reference/events-and-rights.md and personal-data.md.

    python -m tools.reference            write it
    python -m tools.reference --check    say whether it is up to date

Owns the form of these pages. What they say comes from `@event`, `access.declare` and `personal_data.declare`; edit those, never the pages.
"""

import argparse
import dataclasses
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_type_hints

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "reference" / "events-and-rights.md"
_HEAD: Final = """# Events and rights

Written by `python -m tools.reference` from the code; edit the code.
"""
PERSONAL_PAGE: Final = PAGE.with_name("personal-data.md")
_PERSONAL_HEAD: Final = """# Personal data, table by table

Written by `python -m tools.reference` from `personal.py` of each context; edit those. When two records are one person, rows move (or stay, with
the reason); an export takes what is marked; an erasure empties or deletes the rows, and law's papers stay, listed with their last year.
"""
_OWN_FIELDS: Final = {"event_id"}


def page() -> str:
    """The page as it should be now. Django must be set up."""
    return "\n".join((_HEAD, *_rights(), "", *_events())) + "\n"


def personal_page() -> str:
    """The page of personal data as it should be now. Django must be set up."""
    return "\n".join((_PERSONAL_HEAD, *_rules(), "", *_impersonal(), "", *_staying())) + "\n"


def _rules() -> Iterator[str]:
    from forecourt.runtime import personal_data

    yield "## Tables with a person in them"
    yield "| table | what it is to the person | in the export | when erased | kept |"
    yield "|---|---|---|---|---|"
    for rule in sorted(personal_data.rules(), key=lambda each: personal_data.label_of(each.model)):
        exported, erased = "yes" if rule.is_exported else "", rule.erase.__qualname__.partition(".")[0].strip("_").replace("_", " ")
        if rule.files:
            erased += ", with its files" if rule.kept is None else ""
        yield f"| `{personal_data.label_of(rule.model)}` | {rule.title} | {exported} | {erased} | {rule.keep} |"
    yield ""
    yield f"Besides tables: {', '.join(sorted(personal_data.places()))}."


def _impersonal() -> Iterator[str]:
    from forecourt.runtime import personal_data

    yield "## Tables without a customer, and why one can be sure"
    yield "| table | because |"
    yield "|---|---|"
    yield from (f"| `{label}` | {reason} |" for label, reason in sorted(_declared(personal_data.reasons())))


def _staying() -> Iterator[str]:
    from forecourt.runtime import references

    yield "## What does not follow when two records are merged"
    yield "| column | because |"
    yield "|---|---|"
    yield from (f"| `{label}` | {each.stays} |" for label, each in sorted(_declared(references.known())) if each.stays)


def _rights() -> Iterator[str]:
    from forecourt.runtime import access

    yield "## Rights"
    yield "An administrator has every right. A customer has theirs for what is their own, by signed link."
    yield ""
    yield "| right | roles by default, besides administrator | customer |"
    yield "|---|---|---|"
    for name, right in sorted(_declared(access.rights())):
        roles = ", ".join(role for role in access.ROLES if role in right.roles and role != "administrator")
        yield f"| `{name}` | {roles} | {'yes' if right.customer else ''} |"


def _events() -> Iterator[str]:
    from forecourt.runtime import events

    reactions = [each for each in events.subscribers().values() if each.react.__module__.startswith("forecourt.")]
    yield "## Events"
    yield "Ids and values only, never a name, an address or free text."
    yield ""
    yield "| event | says | on the timeline of | customer sees it | who reacts |"
    yield "|---|---|---|---|---|"
    for name, cls in sorted(_declared(events.registered())):
        who = ", ".join(sorted(f"`{each.name}`" for each in reactions if cls in each.listens_to))
        seen = "yes" if cls.audience == "customer" else ""
        yield f"| `{name}` v{cls.version} | {_values(cls)} | {', '.join(cls.concerns)} | {seen} | {who} |"


def _values(cls: Any) -> str:
    hints = get_type_hints(cls)
    return ", ".join(f"{field.name}: {_shown(hints[field.name])}" for field in dataclasses.fields(cls) if field.name not in _OWN_FIELDS)


def _shown(kind: Any) -> str:
    return (kind.__name__ if isinstance(kind, type) and not getattr(kind, "__args__", ()) else str(kind)).replace("|", "or").replace(
        "uuid.", ""
    ).replace("datetime.", "").replace("decimal.", "").replace("typing.", "")  # fmt: skip


def _declared(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """Those of the house itself; tests declare more."""
    from django.apps import apps

    ours = {config.label for config in apps.get_app_configs()}
    return [(name, each) for name, each in found.items() if name.partition(".")[0] in ours]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
    import django

    django.setup()
    if options.check:
        wanted = {PAGE: page(), PERSONAL_PAGE: personal_page()}
        return 0 if all(each.exists() and each.read_text(encoding="utf-8") == text for each, text in wanted.items()) else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    PERSONAL_PAGE.write_text(personal_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
