"""Two files of one dealer's orders that have half of their orders, cars and customers in common, and say different things of those."""

from pathlib import Path

from bench import imports

_CHANGES = {
    "Müller-": "Möller-", "Königstraße": "Neue Gasse", "kunde": "client", ";Volkswagen;Golf;": ";Volkswagen;Polo;", ";BZ ": ";GA ",
    "Inspektion mit Ölwechsel;1,50;1;187,50": "Inspektion;1,25;1;166,00", ";4,5;1.061,10": ";5;1.179,00",
}  # fmt: skip


def write(folder: Path, lines: int) -> tuple[Path, Path]:
    """Two files of so many lines each (a multiple of 50)."""
    whole, one, other = (folder / f"{name}.csv" for name in ("whole", "one", "other"))
    imports.write(whole, lines * 3 // 2)
    header, *rows = whole.read_text(encoding="cp1252").splitlines(keepends=True)
    whole.unlink()
    one.write_text("".join([header, *rows[:lines]]), encoding="cp1252", newline="")
    later = "".join(rows[lines // 2 :])
    for before, after in _CHANGES.items():
        assert before in later
        later = later.replace(before, after)
    other.write_text(header + later, encoding="cp1252", newline="")
    return one, other
