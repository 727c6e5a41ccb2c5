"""Who acts. An `Actor` is built once at the edge (session, token, signed link, job) and passed on to every action."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Kind = Literal["staff", "customer", "api", "system"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Kind, organisation, sites and rights, resolved; `id` is the staff member, customer or token."""

    kind: Kind
    organisation_id: UUID
    id: UUID | None = None
    sites: frozenset[UUID] | None = None  # None: all sites of the organisation
    rights: frozenset[str] = field(default_factory=frozenset)
    role: str = ""
    via: str = ""  # how they came in: "session", "link:booking", "token", "deputy:<whose place>", …
    device: UUID | None = None  # the sign-in or the customer's device that it came from
    used: set[str] = field(default_factory=set, compare=False, repr=False)  # powerful rights whose use is written down already

    def may_act_at(self, site_id: UUID | None) -> bool:
        """Whether the site is among those this actor works at."""
        return site_id is None or self.sites is None or site_id in self.sites


def system(organisation_id: UUID, via: str = "") -> Actor:
    """The product itself, acting on a rule the dealer set: it may do all within the organisation."""
    return Actor(kind="system", organisation_id=organisation_id, via=via)
