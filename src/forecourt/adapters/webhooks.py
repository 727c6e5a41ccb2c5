"""The way to programs of others: `outside` behind the port of `engines.exchange`. What they answer beyond their status is not read."""

from collections.abc import Mapping
from typing import Final

from forecourt.adapters import outside
from forecourt.engines.exchange.ports import Answer, Unreached

_SECONDS: Final = 10
_AGENT: Final = "Forecourt"


class Outside:
    """Asks in bounded time, public addresses only."""

    def check(self, address: str) -> None:
        """Raises Unreached where nothing may be asked."""
        try:
            outside.checked(address)
        except (outside.Closed, outside.Silent) as problem:
            raise Unreached(problem.code) from problem

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Hand the body over; redirects are answers, not followed."""
        try:
            told = outside.ask("POST", address, body=body, headers={"User-Agent": _AGENT, **headers}, seconds=_SECONDS, at_most=0)
        except (outside.Closed, outside.Silent) as problem:
            raise Unreached(problem.code) from problem
        wish = told.headers.get("retry-after", "")
        return Answer(told.status, int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 7 else 0)
