"""The staff navigation: screens register themselves, the layout shows what the person may open.

Owns order and visibility. A screen calls `register` from its app's `ready()`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Count = Callable[[HttpRequest], int | None]


@dataclass(frozen=True)
class Entry:
    """A registered screen. `right` empty means every signed-in member of staff."""

    label: str | Promise
    icon: str
    url_name: str
    right: str
    order: int
    count: Count | None
    group: str | Promise


@dataclass(frozen=True)
class Link:
    """An entry as the layout shows it to one person."""

    label: str | Promise
    icon: str
    url: str
    is_current: bool
    count: int | None
    group: str | Promise


_entries: dict[str, Entry] = {}


def register(
    label: str | Promise,
    icon: str,
    url_name: str,
    right: str = "",
    order: int = 100,
    *,
    count: Count | None = None,
    group: str | Promise = "",
) -> None:
    """Put a screen into the staff navigation; the same `url_name` again replaces it."""
    _entries[url_name] = Entry(label, icon, url_name, right, order, count, group)


def entries() -> list[Entry]:
    return sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name))


def links(request: HttpRequest, *, may: Callable[[str], bool]) -> list[Link]:
    """What this person sees; the entry with the longest address that begins the current one is current."""
    seen = [(entry, reverse(entry.url_name)) for entry in entries() if not entry.right or may(entry.right)]
    current = _current(request.path, (url for _, url in seen))
    return [
        Link(entry.label, entry.icon, url, url == current, entry.count(request) if entry.count else None, entry.group)
        for entry, url in seen
    ]


def _current(path: str, urls: Iterable[str]) -> str:
    return max((url for url in urls if path.startswith(url)), key=len, default="")
