"""Whether the words of a rule that wants several stand together in a line, or each in a clause on another job.

Owns how far apart they may stand: anywhere, unless every clause that they are from names another kind of work. Pure.
"""

from collections.abc import Collection, Sequence

from forecourt.engines.audience.needles import Needle


def strewn(
    entries: Sequence[tuple[Collection[Needle], str]], places: Sequence[tuple[Needle, int]], doubtful: Collection[str]
) -> set[int]:  # fmt: skip
    """Which of the entries, needles with their kind of work, are put together from clauses on other jobs; `places` are needles with the clause
    they stand in. Only kinds are looked at of which no word stands alone."""
    clauses_of: dict[Needle, set[int]] = {}
    for needle, clause in places:
        clauses_of.setdefault(needle, set()).add(clause)
    together = [set.intersection(*(clauses_of[needle] for needle in needles)) for needles, _kind in entries]
    named: dict[int, set[str]] = {}
    for (_needles, kind), clauses in zip(entries, together, strict=True):
        for clause in clauses:
            named.setdefault(clause, set()).add(kind)
    return {
        index
        for index, (needles, kind) in enumerate(entries)
        if kind in doubtful
        and not together[index]
        and all(named.get(clause, set()) - {kind} for needle in needles for clause in clauses_of[needle])
    }
