"""Bad days on purpose, for tests: what FORECOURT_SMS_FAULTS says.

Parts are separated by `;`. `21211:+39333*` refuses texts to matching numbers with that code; 20429 and 503 ask for patience.
`undelivered:+39333*` takes them and tells later that they did not arrive. `slow-before-storing=0.5` and `slow-after-storing=0.5` wait so
many seconds; `drop-after-storing=3` hangs up instead of answering for every third text, although it is stored.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

STATUS: Final = {"21211": 400, "21408": 403, "21610": 400, "21614": 400, "20003": 401, "20429": 429, "503": 503}
_UNDELIVERED: Final = "undelivered"


@dataclass(frozen=True, slots=True)
class Faults:
    """What shall go wrong; by default nothing."""

    answers: tuple[tuple[str, str], ...] = ()
    slow_before_storing: float = 0.0
    slow_after_storing: float = 0.0
    drop_every: int = 0

    def refusal_of(self, number: str) -> str:
        """The code with which texts to a number are refused; empty if they are welcome."""
        return next((code for code, pattern in self.answers if code != _UNDELIVERED and fnmatchcase(number, pattern)), "")

    def status_of(self, number: str) -> str:
        """What becomes of a text to a number."""
        lost = any(code == _UNDELIVERED and fnmatchcase(number, pattern) for code, pattern in self.answers)
        return _UNDELIVERED if lost else "delivered"

    def drops(self, count: int) -> bool:
        return self.drop_every > 0 and count % self.drop_every == 0


def read(text: str) -> Faults:
    """Faults from their text; raises ValueError for what is unknown, so that no test passes by a typing error."""
    answers: list[tuple[str, str]] = []
    values = {"slow-before-storing": 0.0, "slow-after-storing": 0.0, "drop-after-storing": 0.0}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, _, pattern = part.partition(":")
        name, _, value = part.partition("=")
        if code in {*STATUS, _UNDELIVERED} and pattern:
            answers.append((code, pattern))
        elif name in values:
            values[name] = float(value)
        else:
            known = ", ".join([*STATUS, _UNDELIVERED])
            raise ValueError(f"FORECOURT_SMS_FAULTS has {part!r}; known are {known} with :PATTERN, and {', '.join(values)} with =NUMBER.")
    return Faults(tuple(answers), values["slow-before-storing"], values["slow-after-storing"], int(values["drop-after-storing"]))
