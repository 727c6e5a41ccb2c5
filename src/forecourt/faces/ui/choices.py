"""What a person chooses in the menu of any page, language and appearance, reaches whoever keeps it for them.

The design system itself knows no account and keeps a cookie; the staff face and the customer face each register who keeps a choice.
"""

from typing import Protocol

from django.http import HttpRequest


class Keeper(Protocol):
    def __call__(self, request: HttpRequest, *, language: str = "", theme: str = "") -> None: ...


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Let a face keep what was chosen; it leaves alone a request of nobody that it knows."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def keep(request: HttpRequest, *, language: str = "", theme: str = "") -> None:
    """Keep what was chosen; an empty one was not."""
    for keeper in _keepers:
        keeper(request, language=language, theme=theme)
