"""States of a thing and the moves between them, declared once per aggregate.

Owns the check; the state itself is a column of the aggregate, and what follows from a move is
an event of its context.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from forecourt.kernel.errors import Refusal


@dataclass(frozen=True)
class Lifecycle:
    """`moves` says from each state where it may go; final states go nowhere.

    Where `final` is given, it must name every state that is never left.
    Raises ValueError where the declaration contradicts itself.
    """

    name: str
    initial: str
    moves: Mapping[str, Collection[str]]
    final: Collection[str] = ()
    states: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        reached = {to for targets in self.moves.values() for to in targets}
        object.__setattr__(self, "states", frozenset(self.moves) | reached | set(self.final))
        if self.initial not in self.states:
            raise ValueError(f"{self.name}: the initial state {self.initial!r} has no moves")
        if leaving := sorted(state for state in self.final if self.moves.get(state)):
            raise ValueError(f"{self.name}: final states are left: {', '.join(leaving)}")
        ends = {state for state in self.states if not self.moves.get(state)}
        if self.final and (stuck := sorted(ends - set(self.final))):
            raise ValueError(f"{self.name}: not final, yet never left: {', '.join(stuck)}")
        if lost := sorted(self.states - reached - {self.initial}):
            raise ValueError(f"{self.name}: never reached: {', '.join(lost)}")

    def can(self, state: str, to: str) -> bool:
        return to in self.moves.get(state, ())

    def is_final(self, state: str) -> bool:
        return not self.moves.get(state)

    def refuse_unless(self, state: str, *allowed: str, text: str = "") -> None:
        """Raise Refusal("wrong_state") unless the state is one of those allowed.

        `text` is the sentence for people, in their language.
        """
        if unknown := sorted(set(allowed) - self.states):
            raise ValueError(f"{self.name} has no state {', '.join(unknown)}")
        if state not in allowed:
            raise Refusal(
                "wrong_state",
                text or f"{self.name}: {state}",
                lifecycle=self.name, state=state, allowed=tuple(allowed),
            )  # fmt: skip

    def move(self, state: str, to: str, *, text: str = "") -> str:
        """The new state; raises Refusal("wrong_state") where no move leads there.

        `allowed` in its facts are the states from which it could be reached.
        """
        if to not in self.states:
            raise ValueError(f"{self.name} has no state {to}")
        self.refuse_unless(state, *(origin for origin, targets in self.moves.items() if to in targets), text=text)
        return to
