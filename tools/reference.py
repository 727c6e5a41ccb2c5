"""What the code says of itself, written where people look it up: docs/reference/events-and-rights.md.

    python -m tools.reference            write it
    python -m tools.reference --check    say whether it is up to date

Owns the form of that page. What it says comes from `@event` and `access.declare`; edit those, never the page.
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
_OWN_FIELDS: Final = {"event_id"}


def page() -> str:
    """The page as it should be now. Django must be set up."""
    return "\n".join((_HEAD, *_rights(), "", *_events())) + "\n"


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
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
