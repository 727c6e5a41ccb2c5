"""The texts of the lake: each keeps its number as long as the lake is; what kinds of work it is stands as a mask, what decided that as a digest."""

# ruff: noqa: S608 - put together from our own texts and from paths that we made

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forecourt.engines.audience.lake.engine import DuckDB
from forecourt.engines.audience.lake.place import Manifest

#: The file of `reading.take_meanings`; a text without a kind has `NONE` for its kinds.
FILE: Final = "meanings.csv"
NONE: Final = "-"
_COLUMNS: Final = "{'key': 'VARCHAR', 'kinds': 'VARCHAR', 'digest': 'BIGINT'}"


@dataclass(frozen=True)
class Known:
    """Of the texts of the build before, those that now are decided otherwise, and whether one of them is of other kinds."""

    decided_otherwise: list[str]
    is_altered: bool


def kinds(duck: DuckDB, taken: Path) -> set[str]:
    """The codes of all kinds that a text has."""
    return {code for (codes,) in duck.run(f"SELECT DISTINCT kinds FROM {_taken(taken)}") for code in _codes(codes)}


def name(duck: DuckDB, folder: Path, taken: Path, earlier: Manifest | None, bits: Mapping[str, int]) -> Known:
    """Make the table `named` of DuckDB: text (its number), key, mask and digest; returns what was known of them before."""
    masks = [
        (codes, sum(1 << bits[code] for code in _codes(codes))) for (codes,) in duck.run(f"SELECT DISTINCT kinds FROM {_taken(taken)}")
    ]
    duck.run("CREATE OR REPLACE TEMP TABLE meant AS SELECT unnest(?::VARCHAR[]) AS kinds, unnest(?::BIGINT[]) AS mask", _columns(masks))
    duck.run(f"CREATE OR REPLACE TEMP TABLE told AS SELECT key, mask, digest FROM {_taken(taken)} JOIN meant USING (kinds)")
    nothing = "SELECT 0::INTEGER AS text, '' AS key, 0::BIGINT AS mask, 0::BIGINT AS digest LIMIT 0"
    before = f"SELECT text, key, mask, digest FROM '{folder / earlier.files['texts']}'" if earlier else nothing
    duck.run(f"CREATE OR REPLACE TEMP TABLE named_before AS {before}")
    duck.run(
        """CREATE OR REPLACE TEMP TABLE named AS
           SELECT before.text, before.key, coalesce(told.mask, 0) AS mask, told.digest FROM named_before before LEFT JOIN told USING (key) UNION ALL
           SELECT ((SELECT coalesce(max(text) + 1, 0) FROM named_before) + row_number() OVER (ORDER BY key) - 1)::INTEGER, key, mask, digest
             FROM told ANTI JOIN named_before USING (key)"""
    )
    both = "FROM named_before before JOIN named USING (key)"
    otherwise = [key for (key,) in duck.run(f"SELECT key {both} WHERE before.digest IS DISTINCT FROM named.digest")]
    [(is_altered,)] = duck.run(f"SELECT coalesce(bool_or(before.mask <> named.mask), FALSE) {both}")
    return Known(otherwise, bool(is_altered))


def _taken(taken: Path) -> str:
    return f"read_csv('{taken / FILE}', header=false, auto_detect=false, delim=',', columns={_COLUMNS})"


def _codes(codes: str) -> list[str]:
    return [] if codes == NONE else codes.split(",")


def _columns(masks: list[tuple[str, int]]) -> list[list[str] | list[int]]:
    return [[codes for codes, _mask in masks], [mask for _codes, mask in masks]]
