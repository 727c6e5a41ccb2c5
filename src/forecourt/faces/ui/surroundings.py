"""What the frame of a page must know: whose house it is, who is signed in, which sites there are, what may be opened.

Owns the shape only. The staff face and the customer face each register who can tell it for a request; the design system
asks them in order and knows no organisation, person or right itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from forecourt.faces.ui import colours


@dataclass(frozen=True)
class Site:
    id: str
    name: str
    is_current: bool = False


@dataclass(frozen=True)
class Person:
    name: str
    role: str = ""


@dataclass(frozen=True)
class Support:
    """Whoever runs the product sees this page as somebody else does."""

    as_whom: str
    reason: str
    ends_at: datetime
    minutes_left: int
    end_url: str
    """Takes a POST."""


def _nothing(right: str) -> bool:
    return False


@dataclass(frozen=True)
class Surroundings:
    """The house around a page. `may` answers whether the person holds a right."""

    organisation: str = "Forecourt"
    colour: str = colours.DEFAULT_BRAND
    logo_url: str = ""
    home_url: str = "/"
    person: Person | None = None
    sites: tuple[Site, ...] = ()
    switch_site_url: str = ""
    """Takes a POST with `site`."""
    sign_in_url: str = ""
    """Takes `next`, the page to go on with."""
    sign_out_url: str = ""
    """Takes a POST."""
    account_mark: str | None = None
    """Which customer's device is signed in, empty for none: pages of another one that are still open go away by themselves."""
    own_url: str = ""
    """How the person signs in, and where."""
    acts_for: str = ""
    """The colleague in whose place the person acts at the moment."""
    support: Support | None = None
    act_url: str = ""
    """Takes a POST; without a name one acts as oneself again."""
    may: Callable[[str], bool] = _nothing


Teller = Callable[[HttpRequest], Surroundings | None]

_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Let a face tell the surroundings of its requests; it answers None for requests that are not its own."""
    if teller not in _tellers:
        _tellers.append(teller)


def of(request: HttpRequest) -> Surroundings:
    """The surroundings of a request; those of nobody in particular when no face knows it."""
    for teller in _tellers:
        surroundings = teller(request)
        if surroundings is not None:
            return surroundings
    return Surroundings()
