"""Whether a file is like the last one of its source: the same columns, and cells that can be read as well as before.

A file that nobody looks at (pushed, fetched from a folder) and that is not like the last one waits for a person instead of running: what a
changed export breaks would otherwise be noticed by a customer. A new column that would mean something nobody reads yet is told and waits too;
one that means nothing to us is only told.
"""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, Final

from forecourt.engines.intake import guessing
from forecourt.engines.intake.mapping import Mapping, bare, places
from forecourt.engines.intake.models import SourceMapping
from forecourt.engines.intake.ports import Table
from forecourt.engines.intake.trying import Trial

#: So many more of a column's cells than last time may fail, and so few may, without a word.
_WORSE_BY: Final = 0.05
_FEW: Final = 4
#: A column that was mostly filled and now hardly is.
_WAS_FILLED, _IS_EMPTY, _ROWS_TO_TELL = 0.5, 0.05, 20
_LIKE: Final = 0.6


@dataclass(frozen=True)
class Worse:
    """A column whose cells can no longer be read as before, or are gone; shares from 0 to 1."""

    field: str
    column: str
    before: float
    now: float
    is_emptied: bool = False


@dataclass(frozen=True)
class Fit:
    """What is not like the last file."""

    # (field, column) that the mapping reads and the file lacks
    missing: list[list[str]] = field(default_factory=list)
    # (field, column as it was, column as it probably is now)
    renamed: list[list[str]] = field(default_factory=list)
    # Columns that were not there: (column, field that it would mean or "")
    new: list[list[str]] = field(default_factory=list)
    worse: list[Worse] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the file may run without a person looking at it."""
        return not (self.missing or self.renamed or self.worse or any(meaning for _column, meaning in self.new))

    def dump(self) -> dict[str, Any]:
        """As it is kept with the import."""
        return asdict(self)


def read(kept: Dictionary[str, Any]) -> Fit:
    """From what is kept with an import."""
    worse = [Worse(**each) for each in kept.get("worse", [])]
    return Fit(kept.get("missing", []), kept.get("renamed", []), kept.get("new", []), worse)


def compare(saved: SourceMapping | None, mapping: Mapping, table: Table, trials: Dictionary[str, Trial]) -> Fit:
    """The file against the last one that came in by this mapping; nothing to say of a source's first file."""
    if saved is None:
        return Fit()
    _at, gone = places(mapping, table.header)
    last = saved.last_file
    known = {bare(name) for name in (*last.get("header", []), *mapping.columns.values())}
    unknown = [name for name in table.header if bare(name) not in known] if last.get("header") or gone else []
    guessed = guessing.guess(table.header, table.sample)
    meaning_of = {column: name for name, column in guessed.columns.items()}
    lost = {name: column for name, column in mapping.columns.items() if column in gone}
    renamed = _renamed(lost, unknown, meaning_of)
    taken = {now for _name, _was, now in renamed}
    new = [[name, meaning_of.get(name, "") if not mapping.maps(meaning_of.get(name, "")) else ""] for name in unknown if name not in taken]
    missing = [[name, column] for name, column in lost.items() if name not in {each[0] for each in renamed}]
    return Fit(missing, renamed, new, _worse(last.get("columns", {}), trials))


def renamed_in(mapping: Mapping, fit: Fit) -> Mapping:
    """The mapping with the names that its columns probably have now, for a person to look at."""
    return replace(mapping, columns=mapping.columns | {name: now for name, _was, now in fit.renamed})


def _renamed(lost: Dictionary[str, str], unknown: Sequence[str], meaning_of: Dictionary[str, str]) -> list[list[str]]:
    left, found = list(unknown), []
    for name, column in lost.items():
        like = [(1.0 if meaning_of.get(each) == name else SequenceMatcher(None, bare(each), bare(column)).ratio(), each) for each in left]
        share, now = max(like, default=(0.0, ""))
        if share >= _LIKE:
            left.remove(now)
            found.append([name, column, now])
    return found


def _worse(last: Dictionary[str, list[float]], trials: Dictionary[str, Trial]) -> list[Worse]:
    found = []
    for name, trial in trials.items():
        if name not in last:
            continue
        filled_before, bad_before = last[name]
        is_all = trial.bad == trial.filled >= 2 and bad_before < 0.5
        if is_all or (trial.bad > _FEW and trial.bad_share > bad_before + _WORSE_BY):
            found.append(Worse(name, trial.column, round(bad_before, 4), round(trial.bad_share, 4)))
        elif trial.rows >= _ROWS_TO_TELL and filled_before >= _WAS_FILLED and trial.filled_share < _IS_EMPTY:
            found.append(Worse(name, trial.column, round(filled_before, 4), round(trial.filled_share, 4), is_emptied=True))
    return found


def remember(source: str, mapping: Mapping, table: Table, trials: Dictionary[str, Trial]) -> None:
    """What the next file of this kind is compared with; called when a file has come in."""
    shares = {name: [round(trial.filled_share, 4), round(trial.bad_share, 4)] for name, trial in trials.items()}
    kept = {"header": list(table.header), "columns": shares}
    SourceMapping.objects.filter(source=source, kind=mapping.kind).update(last_file=kept)
