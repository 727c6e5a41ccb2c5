"""Segments: cars with their keepers that a rule finds, for whoever writes to them, plans for them or counts them.

`keeping` makes and changes them, `members` answers who is in one and why, `phrases` are the words in which people write a rule, `ready_made`
those for a workshop's year. What can be asked is declared in `engines.audience.register`.
"""

from forecourt.engines.audience.segments.keeping import archive, change, create, declare_use, duplicate, find, restore, seen, used_by
from forecourt.engines.audience.segments.members import Member, cars, count, page

__all__ = [
    "Member",
    "archive",
    "cars",
    "change",
    "count",
    "create",
    "declare_use",
    "duplicate",
    "find",
    "page",
    "restore",
    "seen",
    "used_by",
]
