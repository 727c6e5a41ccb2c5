"""Colour arithmetic of the design system: contrast, distance, and a dealer's colour made safe to use.

Owns the sums (WCAG 2.2 contrast, CIE Lab, CIEDE2000) and the derived tints of a brand colour for light and dark.
The fixed colours live in `tokens.json`, which the stylesheet is built from as well, so there is one source.
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

Scheme = Literal["light", "dark"]
Lab = tuple[float, float, float]

SCHEMES: Final[tuple[Scheme, Scheme]] = ("light", "dark")
READABLE: Final = 4.5
VISIBLE: Final = 3.0
SHAPELY: Final = 1.25
APART: Final = 20.0
TINT: Final = 0.12

_TOKENS: Final = json.loads((Path(__file__).parent / "tokens.json").read_text(encoding="utf-8"))
DEFAULT_BRAND: Final[str] = _TOKENS["brand"]
INKS: Final = ("#ffffff", "#0b0c0f")


class NotAColour(ValueError):
    """The text is not a colour written as #rgb or #rrggbb."""


@dataclass(frozen=True)
class Shades:
    """What one brand colour becomes in one scheme.

    `fill` carries `ink` and is bordered by `edge`, which stands out from every surface; `text` is readable on surfaces and
    on `tint`; `line` is a quiet border.
    """

    fill: str
    ink: str
    edge: str
    hover: str
    text: str
    tint: str
    line: str


def neutral(name: str, scheme: Scheme) -> str:
    """A fixed neutral colour by its token name."""
    return str(_TOKENS["neutral"][name][SCHEMES.index(scheme)])


def statuses(scheme: Scheme) -> dict[str, str]:
    """Every status colour by its token name: stages of a job and the general tones."""
    index = SCHEMES.index(scheme)
    return {name: pair[index] for group in ("stage", "tone") for name, pair in _TOKENS[group].items()}


def normalised(colour: str) -> str:
    """`#ABC` and `abcdef` become `#aabbcc` and `#abcdef`."""
    digits = colour.strip().lstrip("#").lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) != 6 or any(digit not in "0123456789abcdef" for digit in digits):
        raise NotAColour(colour)
    return f"#{digits}"


def _channels(colour: str) -> tuple[float, float, float]:
    digits = normalised(colour)
    return int(digits[1:3], 16) / 255, int(digits[3:5], 16) / 255, int(digits[5:7], 16) / 255


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio from 1 to 21, WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, share: float, ground: str) -> str:
    """What CSS makes of `color-mix(in srgb, colour share, ground)`."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round((front * share + back * (1 - share)) * 255):02x}" for front, back in pairs)


@lru_cache(maxsize=32768)
def lab(colour: str) -> Lab:
    """CIE L*a*b* under D65."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _from_lab(lightness: float, a: float, b: float) -> str | None:
    """The colour as #rrggbb, or nothing where a screen cannot show it."""
    fy = (lightness + 16) / 116
    fx, fz = fy + a / 500, fy - b / 200
    x, y, z = (t**3 if t**3 > 216 / 24389 else (116 * t - 16) * 27 / 24389 for t in (fx, fy, fz))
    x, z = x * 0.95047, z * 1.08883
    linear = (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )
    if any(channel < -0.002 or channel > 1.002 for channel in linear):
        return None
    return "#" + "".join(f"{round(_encoded(min(1, max(0, channel))) * 255):02x}" for channel in linear)


def distance(one: str, other: str) -> float:
    """Colour difference CIEDE2000 (Sharma, Wu, Dalal 2005), all weights 1."""
    return distance_of(lab(normalised(one)), lab(normalised(other)))


def distance_of(one: Lab, other: Lab) -> float:
    """CIEDE2000 between two CIE L*a*b* values."""
    lightness1, a1, b1 = one
    lightness2, a2, b2 = other
    mean_chroma7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(mean_chroma7 / (mean_chroma7 + 25**7))
    chroma1, chroma2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    hue1 = math.degrees(math.atan2(b1, a1 * stretch)) % 360
    hue2 = math.degrees(math.atan2(b2, a2 * stretch)) % 360
    turn, hue = _hues(hue1, hue2, colourless=chroma1 * chroma2 == 0)
    chroma, lightness = (chroma1 + chroma2) / 2, (lightness1 + lightness2) / 2
    weight = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )
    of_lightness = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    rotation = -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    step_lightness = (lightness2 - lightness1) / of_lightness
    step_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    step_hue = 2 * math.sqrt(chroma1 * chroma2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    return math.sqrt(step_lightness**2 + step_chroma**2 + step_hue**2 + rotation * step_chroma * step_hue)


def _hues(hue1: float, hue2: float, *, colourless: bool) -> tuple[float, float]:
    """Signed turn from the first hue to the second, and their mean, in degrees."""
    if colourless:
        return 0.0, hue1 + hue2
    turn = (hue2 - hue1 + 180) % 360 - 180
    return turn, (hue1 + turn / 2) % 360


def is_apart(colour: str, scheme: Scheme) -> bool:
    """The colour cannot be mistaken for a status."""
    return all(distance(colour, status) >= APART for status in statuses(scheme).values())


def ink_on(colour: str) -> str:
    """White or near-black, whichever reads better on the colour."""
    return max(INKS, key=lambda ink: contrast(ink, colour))


def _neighbours(colour: str) -> Iterator[str]:
    """Colours a screen can show around the given one, nearest first."""
    lightness, a, b = lab(normalised(colour))
    chroma, hue = math.hypot(a, b), math.atan2(b, a)
    found: dict[str, float] = {}
    for new_lightness in (lightness + step for step in range(-60, 61, 3)):
        if not 8 <= new_lightness <= 94:
            continue
        for turn in range(-60, 61, 10):
            for share in (1.0, 0.85, 0.7, 0.5, 0.3, 1.2):
                angle = hue + math.radians(turn)
                neighbour = _from_lab(new_lightness, chroma * share * math.cos(angle), chroma * share * math.sin(angle))
                if neighbour is not None:
                    # A turned hue is what people notice first in "their" colour, so it costs more.
                    found.setdefault(neighbour, distance(colour, neighbour) + abs(turn) / 4)
    yield from sorted(found, key=lambda neighbour: found[neighbour])


def _nearest(colour: str, fits: Callable[[str], bool]) -> str:
    if fits(colour):
        return colour
    return next((neighbour for neighbour in _neighbours(colour) if fits(neighbour)), DEFAULT_BRAND)


@lru_cache(maxsize=512)
def corrected(brand: str) -> tuple[str, bool]:
    """The colour to save for a dealer, and whether it differs from the one wished for.

    The answer is at least `APART` from every status colour and no mistaken white.
    """
    wished = normalised(brand)
    canvas = neutral("surface", "light")
    colour = _nearest(
        wished,
        lambda one: is_apart(one, "light") and contrast(one, canvas) >= SHAPELY and contrast(one, ink_on(one)) >= READABLE,
    )
    return colour, colour != wished


@lru_cache(maxsize=512)
def shades(brand: str, scheme: Scheme) -> Shades:
    """The brand colour and what is derived from it in one scheme."""
    surface, canvas = neutral("surface", scheme), neutral("canvas", scheme)
    wished, _ = corrected(brand)
    if scheme == "dark":
        wished = _lifted(wished)
    fill = _nearest(
        wished,
        lambda one: is_apart(one, scheme) and contrast(one, surface) >= SHAPELY and contrast(one, ink_on(one)) >= READABLE,
    )
    tint = mixed(fill, TINT, surface)
    text = _nearest(fill, lambda one: min(contrast(one, ground) for ground in (surface, canvas, tint)) >= READABLE + 0.1)
    ink = ink_on(fill)
    return Shades(
        fill=fill,
        ink=ink,
        edge=_nearest(fill, lambda one: min(contrast(one, surface), contrast(one, canvas)) >= VISIBLE),
        hover=_nearest(mixed(fill, 0.88, INKS[1] if ink == INKS[0] else INKS[0]), lambda one: contrast(one, ink) >= 4.5),
        text=text,
        tint=tint,
        line=mixed(fill, 0.35, surface),
    )


def _lifted(colour: str) -> str:
    """A colour that glows less and stands out more on a dark ground."""
    lightness, a, b = lab(colour)
    for share in (0.8, 0.6, 0.4, 0.2, 0.0):
        lifted = _from_lab(max(lightness, 62.0), a * share, b * share)
        if lifted is not None:
            return lifted
    return colour


@lru_cache(maxsize=512)
def style(brand: str) -> str:
    """The custom properties of a brand colour, ready for a style element."""
    light, dark = shades(brand, "light"), shades(brand, "dark")
    names = (("", "fill"), ("-ink", "ink"), ("-edge", "edge"), ("-hover", "hover"), ("-text", "text"), ("-tint", "tint"), ("-line", "line"))
    properties = (f"--brand{suffix}:light-dark({getattr(light, field)},{getattr(dark, field)})" for suffix, field in names)
    return ":root{" + ";".join(properties) + "}"
