"""What a mapping makes of the first rows of a file: per column how it is written, real examples as they would be stored, and how many fail.

The page of an import shows it while the columns are chosen; `fitting` compares it with the last file of the source. Nothing is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext

from forecourt.engines.intake import words
from forecourt.engines.intake.columns import Abroad
from forecourt.engines.intake.customers import cased
from forecourt.engines.intake.fields import DATE_READINGS, FIELDS, MILEAGES, NUMBER_READINGS, WHOLE_NAME
from forecourt.engines.intake.figures import net_of
from forecourt.engines.intake.mapping import Mapping, places
from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell, Table
from forecourt.engines.intake.reading import Convert, Place, column_styles, converter
from forecourt.engines.intake.styles import ColumnStyle
from forecourt.engines.intake.values import BadValue

#: So many rows are tried: enough to tell a share, too few to be waited for.
ROWS_TRIED: Final = 500
#: So many decide how a column writes its dates and numbers.
ROWS_FOR_STYLE: Final = 2000
_EXAMPLES: Final = 2
_PLAIN: Final = ColumnStyle()


@dataclass(frozen=True)
class Example:
    """A cell as it stands in the file and as it would be stored; or why it cannot be."""

    before: str
    after: Any = None
    problem: str = ""


@dataclass(frozen=True)
class Trial:
    """One mapped column."""

    field: str
    column: str
    style: ColumnStyle
    # Rows that say anything here, of all that were tried, and how many of those cannot be read.
    rows: int
    filled: int
    bad: int
    examples: tuple[Example, ...]
    # Cells that are stored otherwise than they are written, because they were tidied.
    cleaned: tuple[Example, ...]

    @property
    def writes_dates(self) -> bool:
        """Whether day or month may come first."""
        return FIELDS[self.field].reading in DATE_READINGS

    @property
    def writes_numbers(self) -> bool:
        """Whether a comma or a point may part the decimals."""
        return FIELDS[self.field].reading in NUMBER_READINGS

    @property
    def writes_mileages(self) -> bool:
        """Whether it may be kilometres or miles."""
        return self.field in MILEAGES

    @property
    def writes_names(self) -> bool:
        """Whether the first or the last name may stand first."""
        return self.field == WHOLE_NAME

    @property
    def bad_share(self) -> float:
        """Of the cells that say anything."""
        return self.bad / self.filled if self.filled else 0.0

    @property
    def filled_share(self) -> float:
        """Of all rows."""
        return self.filled / self.rows if self.rows else 0.0


def try_out(mapping: Mapping, table: Table, rows: Sequence[list[Cell]], place: Place) -> dict[str, Trial]:
    """Each mapped column that the file has, by field; styles are told from all these rows, values from the first `ROWS_TRIED`."""
    at, _missing = places(mapping, table.header)
    styles = column_styles(mapping, table, at, rows, place=place)
    tried = rows[:ROWS_TRIED]
    abroad = Abroad(at, place)
    taxed = _Taxed(at, styles, place)
    elsewhere = [{**abroad.of(row), **taxed.of(row)} for row in tried]
    found = {}
    for name, index in at.items():
        convert = converter(FIELDS[name], styles.get(name, _PLAIN), place)
        cells = [(row[index] if index < len(row) else "", there.get(name, convert)) for row, there in zip(tried, elsewhere, strict=True)]
        found[name] = _tried(name, table.header[index], cells, styles.get(name, _PLAIN))
    return found


class _Taxed:
    """How a sum with VAT becomes the net sum of its row, as `rows` stores it where no net sum stands beside it."""

    def __init__(self, at: dict[str, int], styles: dict[str, ColumnStyle], place: Place) -> None:
        self._is_asked = "line.gross" in at and "line.amount" not in at
        self._rate_at, self._usual = at.get("line.tax_rate"), place.tax_rate
        self._gross, self._rate = (converter(FIELDS[name], styles.get(name, _PLAIN), place) for name in ("line.gross", "line.tax_rate"))

    def of(self, row: list[Cell]) -> dict[str, Convert]:
        if not self._is_asked:
            return {}
        rate = self._rate_of(row)
        return {"line.gross": lambda cell: None if (gross := self._gross(cell)) is None else net_of(gross, rate)}

    def _rate_of(self, row: list[Cell]) -> Decimal:
        if self._rate_at is None or self._rate_at >= len(row):
            return self._usual
        try:
            rate: Decimal | None = self._rate(row[self._rate_at])
        except BadValue:
            rate = None
        return self._usual if rate is None else rate


def _tried(name: str, column: str, cells: Sequence[tuple[Cell, Convert]], style: ColumnStyle) -> Trial:
    read: dict[str, Example] = {}
    filled = bad = 0
    for cell, convert in cells:
        text = "" if cell is UNSAVED_FORMULA else str(cell).strip()
        if not text and cell is not UNSAVED_FORMULA:
            continue
        filled += 1
        example = _read(convert, cell, text)
        bad += bool(example.problem)
        read.setdefault(text, example)
    examples = [_as_person(each, style) if name in _NAMES else each for each in read.values()]
    return Trial(name, column, style, len(cells), filled, bad, _telling(examples), _cleaned(name, style, examples))


def _read(convert: Convert, cell: Cell, text: str) -> Example:
    try:
        value = convert(cell)
    except BadValue as bad:
        return Example(text[:80], problem=gettext(bad.reason))
    # A plate comes with its form for comparing.
    return Example(text[:80], value[0] if isinstance(value, tuple) else value)


def _as_person(read: Example, style: ColumnStyle) -> Example:
    """A name as `customers` will write it, the first name first."""
    if not read.after or words.is_firm(read.before):
        return read
    whole = " ".join(words.first_and_last(read.after, is_last_first=True)) if style.name_order == "last" else read.after
    return replace(read, after=cased(whole))


def _telling(examples: Sequence[Example]) -> tuple[Example, ...]:
    """One that cannot be read is shown first: it is what has to be mended."""
    wrong = [each for each in examples if each.problem][:1]
    return tuple([*wrong, *(each for each in examples if not each.problem)][:_EXAMPLES])


_TIDIED: Final = frozenset({"phone", "plate", "vin", "email"})
_NAMES: Final = frozenset({"customer.name", "customer.first_name", "customer.last_name"})


def _cleaned(name: str, style: ColumnStyle, read: Iterable[Example]) -> tuple[Example, ...]:
    if name not in _NAMES and name != "line.gross" and FIELDS[name].reading not in _TIDIED and not style.is_in_miles:
        return ()
    changed = (each for each in read if not each.problem and each.after is not None and str(each.after) != each.before)
    return tuple(list(changed)[:_EXAMPLES])
