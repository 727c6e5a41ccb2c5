"""Template context of every page: theme, brand colours, navigation, language choices.

Everything is worked out only when a template asks, so that a rendered fragment pays nothing for the frame it does not have.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from forecourt.faces.ui import colours, navigation, surroundings

THEME_COOKIE: Final = "forecourt_theme"
THEMES: Final = ("auto", "light", "dark")
# Each language in its own words: who looks for it may not read the current one.
LANGUAGE_NAMES: Final = {
    "de": "Deutsch",
    "en": "English",
    "it": "Italiano",
    "ro": "Română",
    "zh-hans": "简体中文",
}


class Interface:
    """What the layouts read as `ui`."""

    def __init__(self, request: HttpRequest, *, house: surroundings.Surroundings | None = None) -> None:
        self._request = request
        self._house = house

    @cached_property
    def house(self) -> surroundings.Surroundings:
        return self._house or surroundings.of(self._request)

    @cached_property
    def navigation(self) -> list[navigation.Link]:
        return navigation.links(self._request, may=self.house.may)

    @cached_property
    def theme(self) -> str:
        own = getattr(getattr(self._request, "user", None), "theme", "auto")  # on a device where nothing was chosen yet
        wished = self._request.COOKIES.get(THEME_COOKIE, own)
        return wished if wished in THEMES else "auto"

    @cached_property
    def brand_style(self) -> SafeString:
        return mark_safe(colours.style(self.house.colour))  # noqa: S308 - our own arithmetic on a checked colour

    @cached_property
    def brand_ground(self) -> str:
        """The colour that a phone paints around the page."""
        return colours.shades(self.house.colour, "light").fill

    @cached_property
    def languages(self) -> list[tuple[str, str, bool]]:
        """Code, own name, whether it is the current one."""
        current = get_language() or settings.LANGUAGE_CODE
        return [(code, LANGUAGE_NAMES.get(code, str(name)), code == current) for code, name in settings.LANGUAGES]


def interface(request: HttpRequest) -> dict[str, object]:
    """Context processor."""
    return {"ui": Interface(request), "csp_nonce": getattr(request, "csp_nonce", "")}
