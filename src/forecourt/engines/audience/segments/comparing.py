"""Two segments side by side: who is in both, and who in one alone. Each part is a rule like any other, asked as one."""

from dataclasses import dataclass
from typing import Final, Literal

from forecourt.engines.audience.models import Segment
from forecourt.engines.audience.segments import members
from forecourt.engines.audience.segments.members import Member
from forecourt.kernel import conditions
from forecourt.kernel.conditions import All, Condition, Not
from forecourt.runtime.actors import Actor

Part = Literal["both", "one", "other"]
PARTS: Final[tuple[Part, ...]] = ("one", "both", "other")


@dataclass(frozen=True)
class Comparison:
    """How many cars are in one alone, in both, in the other alone."""

    one: int
    both: int
    other: int


def compare(*, actor: Actor, one: Segment, other: Segment) -> Comparison:
    """Counted of the cars that the actor sees; three queries."""
    _let_see(actor, one, other)
    counted = {part: members.count(actor=actor, of=_rule(one, other, part)) for part in PARTS}
    return Comparison(one=counted["one"], both=counted["both"], other=counted["other"])


def page(*, actor: Actor, one: Segment, other: Segment, part: Part, offset: int = 0, size: int = 50) -> list[Member]:
    """Members of a part with their reasons."""
    _let_see(actor, one, other)
    return members.page(actor=actor, of=_rule(one, other, part), offset=offset, size=size)


def _let_see(actor: Actor, *both: Segment) -> None:
    for each in both:
        members.let_see(actor, each)


def _rule(one: Segment, other: Segment, part: Part) -> Condition:
    first, second = conditions.parse(one.rule), conditions.parse(other.rule)
    match part:
        case "both":
            return All((first, second))
        case "one":
            return All((first, Not(second)))
        case "other":
            return All((second, Not(first)))
