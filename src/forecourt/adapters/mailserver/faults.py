"""Bad days on purpose, for tests: what FORECOURT_MAIL_FAULTS says.

Parts are separated by `;`. `550:*@gone.example` answers RCPT for matching addresses with that code (421 also closes the connection).
`slow-before-storing=0.5` and `slow-after-storing=0.5` wait so many seconds, the second between storing and the `250`.
`drop-after-storing=3` hangs up instead of answering `250` for every third delivery, although it is stored.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

_TEXTS: Final = {
    "421": "421 4.3.2 Closing for now, try later",
    "450": "450 4.2.1 Mailbox busy, try later",
    "451": "451 4.3.0 Local trouble, try later",
    "452": "452 4.2.2 Mailbox full, try later",
    "550": "550 5.1.1 No such mailbox",
    "552": "552 5.2.2 Mailbox full",
    "554": "554 5.7.1 Not wanted here",
}


@dataclass(frozen=True, slots=True)
class Faults:
    """What shall go wrong; by default nothing."""

    replies: tuple[tuple[str, str], ...] = ()
    slow_before_storing: float = 0.0
    slow_after_storing: float = 0.0
    drop_every: int = 0

    def reply_to(self, address: str) -> str | None:
        """The refusal for a recipient; None if it is welcome."""
        codes = (code for code, pattern in self.replies if fnmatchcase(address.lower(), pattern.lower()))
        return next((_TEXTS[code] for code in codes), None)

    def drops(self, count: int) -> bool:
        """Whether the `count`-th delivery since the start gets no answer."""
        return self.drop_every > 0 and count % self.drop_every == 0


def read(text: str) -> Faults:
    """Faults from their text; raises ValueError for what is unknown, so that no test passes by a typing error."""
    replies: list[tuple[str, str]] = []
    values = {"slow-before-storing": 0.0, "slow-after-storing": 0.0, "drop-after-storing": 0.0}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, _, pattern = part.partition(":")
        name, _, value = part.partition("=")
        if code in _TEXTS and pattern:
            replies.append((code, pattern))
        elif name in values:
            values[name] = float(value)
        else:
            raise ValueError(
                f"FORECOURT_MAIL_FAULTS has {part!r}; known are {', '.join(_TEXTS)} with :PATTERN, and {', '.join(values)} with =NUMBER."
            )
    return Faults(tuple(replies), values["slow-before-storing"], values["slow-after-storing"], int(values["drop-after-storing"]))
