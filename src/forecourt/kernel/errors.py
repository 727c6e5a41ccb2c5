"""The ways in which an answer can be "no".

Owns the exceptions that cross floors. Which status, page or retry follows is decided by the
face or the job that catches them; the wording comes from whoever refuses.
"""

from __future__ import annotations

from datetime import timedelta


class Refusal(Exception):
    """An expected "no" that a person is told about.

    `code` is stable and for machines, `text` is the translated sentence for people, `facts`
    are the values a page needs to help on (`free=[…]`, `state="ready"`).
    """

    def __init__(self, code: str, text: str, **facts: object) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.facts: dict[str, object] = facts

    def __str__(self) -> str:
        return str(self.text)


class NotPermitted(Exception):
    """The actor lacks the right; a face answers 403."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class NotFound(Exception):
    """Absent, or of another organisation: both give the same answer, 404."""


class TryLater(Exception):
    """An adapter's passing fault: the same call may succeed, not before `after` if given."""

    def __init__(self, reason: str = "", *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Rejected(Exception):
    """An adapter's final answer: the same call will never succeed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
