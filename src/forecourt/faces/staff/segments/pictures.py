"""Small pictures of segments as numbers for SVG: a line of the last weeks, a bar of three parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH: Final = 100.0
HEIGHT: Final = 24.0
_EDGE: Final = 2.0


@dataclass(frozen=True)
class Line:
    """The points of a line in a field of WIDTH × HEIGHT, its first and its last figure."""

    points: str
    first: int
    last: int
    since: date


def line(days: Sequence[tuple[date, int]]) -> Line | None:
    """A line from the lowest figure to the highest; none of a single day. Days lie as far apart as they are."""
    if len(days) < 2:
        return None
    first_day, last_day = days[0][0], days[-1][0]
    figures = [figure for _day, figure in days]
    span, low, high = (last_day - first_day).days, min(figures), max(figures)
    points = []
    for day, figure in days:
        across = _EDGE + (WIDTH - 2 * _EDGE) * (day - first_day).days / span
        up = (figure - low) / (high - low) if high > low else 0.5
        points.append(f"{across:.1f},{HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * up:.1f}")
    return Line(points=" ".join(points), first=figures[0], last=figures[-1], since=first_day)


def bar(parts: Sequence[int]) -> list[tuple[str, str]]:
    """Where each part of a bar of WIDTH begins and how wide it is; what is there at all is at least a sliver."""
    total = sum(parts)
    if not total:
        return []
    least = WIDTH / 100
    wide = [max(WIDTH * part / total, least) if part else 0.0 for part in parts]
    scale, begin, found = WIDTH / sum(wide), 0.0, []
    for each in wide:
        found.append((f"{begin:.2f}", f"{each * scale:.2f}"))
        begin += each * scale
    return found
