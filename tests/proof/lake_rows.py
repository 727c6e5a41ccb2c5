"""What two lakes of one dealer tell, compared row for row, whatever numbers they gave to cars and texts and in how many layers they lie."""

import json
from pathlib import Path
from typing import Any, Final

from forecourt.engines.audience.lake import layers
from forecourt.engines.audience.lake.engine import DuckDB
from forecourt.engines.audience.lake.place import Manifest

FILES: Final = ("cars", "facts")


def differences(duck: DuckDB, one: tuple[Path, Manifest], other: tuple[Path, Manifest]) -> dict[str, int]:
    """By table, how many rows only the one or only the other has; empty if they are equal."""
    assert (one[1].kinds, one[1].sites) == (other[1].kinds, other[1].sites)
    counts = {name: _differing(duck, _rows(duck, name, *one), _rows(duck, name, *other)) for name in ("texts", *layers.KINDS, *FILES)}
    return {name: count for name, count in counts.items() if count}


def manifest(folder: Path, token: str) -> Manifest:
    return Manifest(**json.loads((folder / f"manifest-{token}.json").read_text(encoding="utf-8")))


def unnamed(folder: Path, *manifests: Manifest) -> set[str]:
    """What lies in the folder and is named by none of these manifests: nothing, once a build is over."""
    named = {name for each in manifests for name in (*each.layer_files(), *each.files.values(), f"manifest-{each.token}.json")}
    return {path.name for path in folder.iterdir()} - named


def _differing(duck: DuckDB, one: str, other: str) -> int:
    [(count,)] = duck.run(f"SELECT count(*) FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}))")
    return int(count)


def _rows(duck: DuckDB, name: str, folder: Path, manifest: Manifest) -> str:
    """A query without the lake's own numbers."""
    texts, numbers = (f"'{folder / manifest.files[each]}'" for each in ("texts", "numbers"))
    if name == "texts":
        return f"SELECT key, mask FROM {texts} WHERE mask <> 0"
    valid: Any = layers.facts(duck, folder, manifest) if name == "facts" else None
    if name not in FILES:
        valid = layers.valid(duck, folder, manifest, name)
    rows = f"FROM '{folder / manifest.files[name]}'" if valid is None else duck.ibis.compile(valid)
    columns = {"lines": "car, written, text", "visits": "car, written", "readings": "car, written"}.get(name, "car")
    more, join = (", text.key", f"JOIN {texts} text USING (text)") if name == "lines" else ("", "")
    return f"SELECT number.id AS vehicle, each.* EXCLUDE ({columns}){more} FROM ({rows}) each JOIN {numbers} number USING (car) {join}"
