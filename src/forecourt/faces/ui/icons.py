"""Line icons (Lucide), drawn inline so that they take the colour and size of the text beside them.

The build reads the icons from npm into `static/ui/built/icons.json`; nothing of them is committed.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SHAPES: Final = Path(__file__).parent / "static" / "ui" / "built" / "icons.json"
IMAGES: Final = Path(__file__).parent / "images"


class UnknownIcon(LookupError):
    """No icon of this name came with the build."""


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    return dict(json.loads(SHAPES.read_text(encoding="utf-8"))) if SHAPES.exists() else {}


@lru_cache(maxsize=1024)
def draw(name: str, css_class: str = "", label: str = "") -> SafeString:
    """The icon as inline SVG; hidden from screen readers unless it has a label of its own."""
    shapes = _shapes()
    if shapes and name not in shapes:
        raise UnknownIcon(name)
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" {}>{}</svg>',
        f" {css_class}" if css_class else "",
        meaning,
        mark_safe(shapes.get(name, "")),  # noqa: S308 - drawn by the icon set, not by people
    )


@lru_cache(maxsize=64)
def drawing(name: str, css_class: str = "") -> SafeString:
    """One of our own line drawings from `images/`, inline."""
    if not name.isidentifier():
        raise UnknownIcon(name)
    text = (IMAGES / f"{name}.svg").read_text(encoding="utf-8")
    return mark_safe(text.replace("<svg ", f'<svg class="{css_class}" ', 1) if css_class else text)  # noqa: S308 - our file
