"""Text whose columns are aligned by spaces, as old programs print lists: where a row is cut, told from what is blank in all lines looked at.

Nothing is cut that does not stand in its columns: a row that runs over a gap ends the reading, with its line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from forecourt.adapters.dms import headers
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import sentence as _

_LINES_LOOKED_AT: Final = 200
_FEWEST_LINES: Final = 3
_FEWEST_COLUMNS: Final = 3
_TITLES: Final = 8
# Between columns of a list without a header stands more than the space between two words.
_WIDE_GAP: Final = 2
_SIGNS: Final = (";", "\t", "|", "^", "~", "\x1f", ",")


@dataclass(frozen=True)
class Layout:
    """The gaps between the columns: where each begins and ends, counted in letters."""

    gaps: tuple[tuple[int, int], ...]

    def cells(self, text: str) -> list[str] | None:
        """The cells of a line; None where a word runs over the whole of a gap."""
        cells, begin = [], 0
        for start, end in self.gaps:
            at = _blank_in(text, start, end)
            if at is None:
                return None
            cells.append(text[begin:at].strip())
            begin = at
        cells.append(text[begin:].strip())
        return cells


def find(text: str, name: str, *, is_whole: bool, is_chosen: bool = False) -> Layout | None:
    """The layout of a text that no delimiter parts; None where it is no such text. `is_chosen`: a person says that it is one.

    Raises Refusal where the lines are aligned and yet cannot be cut for certain.
    """
    lines = [line.rstrip() for line in text.replace("\f", "").splitlines()]
    lines = [line for line in (lines if is_whole else lines[:-1])[:_LINES_LOOKED_AT] if not headers.says_nothing([line])]
    if len(lines) < _FEWEST_LINES or any("\t" in line for line in lines) or (not is_chosen and _is_parted(lines)):
        return None
    for titles in range(min(_TITLES, len(lines) - _FEWEST_LINES) + 1):
        # What stands above a list without names may be the names.
        if (layout := _layout(lines[titles:], may_be_headless=not titles, fewest=2 if is_chosen else _FEWEST_COLUMNS)) is not None:
            return layout
    if _is_aligned(lines):
        raise _uncertain(name)
    return None


def _is_aligned(lines: Sequence[str]) -> bool:
    """Whether the lines in the middle stand in columns, whatever is printed above and below them."""
    middle = lines[len(lines) // 4 : len(lines) - len(lines) // 4]
    return len(middle) > 1 and len(_wide(_gaps(_filled(middle)))) >= _FEWEST_COLUMNS - 1


def refusal(name: str, line: int) -> Refusal:
    """A row that does not stand in the columns."""
    return Refusal(
        "not_in_columns",
        _(
            "“%(name)s” has columns of fixed width, and line %(line)s does not stand in them. Please export it as CSV with a semicolon between"
            " the columns, or as XLSX."
        )
        % {"name": name, "line": line},
    )


def none_found(name: str) -> Refusal:
    """A person asked for columns of fixed width, and there are none."""
    return Refusal("not_in_columns", _("“%(name)s” has no columns of fixed width. Please choose a delimiter.") % {"name": name})


def _uncertain(name: str) -> Refusal:
    return Refusal(
        "not_in_columns",
        _(
            "“%(name)s” has columns of fixed width, and where they end is not certain: a title, a sum or the names of columns run from one into"
            " another. Please export it as CSV with a semicolon between the columns, or as XLSX."
        )
        % {"name": name},
    )


def _is_parted(lines: Sequence[str]) -> bool:
    """Whether a delimiter stands equally often in nearly all lines; a comma inside a number is none."""
    for sign in _SIGNS:
        counts = [_count(line, sign) for line in lines]
        usual = max(set(counts), key=counts.count)
        if usual and counts.count(usual) >= 0.8 * len(lines):
            return True
    return False


def _count(line: str, sign: str) -> int:
    if sign != ",":
        return line.count(sign)
    inside = sum(line[at - 1].isdecimal() and line[at + 1 : at + 2].isdecimal() for at, letter in enumerate(line) if letter == "," and at)
    return line.count(sign) - inside


def _layout(lines: Sequence[str], *, may_be_headless: bool, fewest: int) -> Layout | None:
    filled = _filled(lines)
    runs = _gaps(filled)
    if not _wide(runs):
        return None
    if any(lines[0][start:end].strip() and _blank_in(lines[0], start, end) is None for start, end in _wide(_gaps(_filled(lines[1:])))):
        return None
    named = _with_names(runs, lines)
    for layout, is_named in ((Layout(named), True), (Layout(_beside_days(runs, lines)), False)):
        rows = [layout.cells(line) or [] for line in lines]
        if len(layout.gaps) + 1 < fewest or not all(rows):
            continue
        # Words that stand below each other by chance leave most of their columns empty in most lines.
        if sum(map(bool, (cell for row in rows for cell in row))) < 0.6 * len(rows) * len(rows[0]):
            continue
        if headers.is_record(rows, 0):
            if is_named or not may_be_headless:
                continue
            return layout
        if is_named:
            return layout
    return None


def _filled(lines: Sequence[str]) -> list[bool]:
    width = max(map(len, lines))
    padded = [line.ljust(width) for line in lines]
    return [any(letter != " " for letter in column) for column in zip(*padded, strict=True)]


def _gaps(filled: Sequence[bool]) -> list[tuple[int, int]]:
    """The runs of places that are blank in all lines, but for those before the first and behind the last word."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for at, is_filled in enumerate(filled):
        if is_filled and start is not None:
            runs.append((start, at))
            start = None
        elif not is_filled and start is None and any(filled[:at]):
            start = at
    return runs


def _wide(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start, end) for start, end in runs if end - start >= _WIDE_GAP]


def _with_names(runs: Sequence[tuple[int, int]], lines: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """The gaps that part columns which the first line names and the others fill; "BZ 001 AA" and "Kunde Nr" are one."""
    found: list[tuple[int, int]] = []
    for index, (start, end) in enumerate(runs):
        begin = found[-1][1] if found else 0
        until = runs[index + 1][0] if index + 1 < len(runs) else None
        is_named = bool(lines[0][end:until].strip() and lines[0][begin:start].strip())
        is_filled = any(line[end:until].strip() for line in lines[1:]) and any(line[begin:start].strip() for line in lines[1:])
        if end - start >= _WIDE_GAP or (is_named and is_filled):
            found.append((start, end))
    return tuple(found)


def _beside_days(runs: Sequence[tuple[int, int]], lines: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Without names: the wide gaps, and those beside a day, which is always as long."""
    every = Layout(tuple(runs))
    columns = list(zip(*(every.cells(line) or [""] * (len(runs) + 1) for line in lines), strict=True))
    are_days = [all(map(headers.is_day, column)) for column in columns]
    return tuple(run for at, run in enumerate(runs) if run[1] - run[0] >= _WIDE_GAP or are_days[at] or are_days[at + 1])


def _blank_in(text: str, start: int, end: int) -> int | None:
    """Where a line is cut in a gap: at its longest run of blanks."""
    best, length, at = None, 0, start
    while at < end:
        if text[at : at + 1] not in ("", " "):
            at += 1
            continue
        run = at
        while at < end and text[at : at + 1] in ("", " "):
            at += 1
        if at - run > length:
            best, length = run, at - run
    return best
