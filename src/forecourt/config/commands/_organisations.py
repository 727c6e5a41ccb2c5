"""Which organisation a subcommand is for. What there is none of is told on the error output, with those that there are."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecourt.records.dealership.models import Organisation


def named(slug: str) -> "Organisation | None":
    """The one of this short name, or None, which has been told."""
    from forecourt.records.dealership.models import Organisation

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        print(unknown(slug), file=sys.stderr)
    return found


def chosen(slug: str | None) -> "Sequence[Organisation] | None":
    """The one that was named, or all of them by their short names; None if there is no such one, which has been told."""
    from forecourt.records.dealership.models import Organisation

    if not slug:
        return list(Organisation.objects.order_by("slug"))
    found = named(slug)
    return None if found is None else [found]


def unknown(slug: str) -> str:
    """That there is no organisation of this short name, and which there are."""
    from forecourt.records.dealership.models import Organisation

    known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
    return f"There is no organisation {slug!r}. Known: {known}."
