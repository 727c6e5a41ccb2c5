"""Reads what a relay says when it does not take a mail: is the person unknown, does a whole domain ask for patience.

The enhanced status code (RFC 3463) is read together with the words, because many servers use the one without the other.
"""

import re

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_UNKNOWN = {("1", "0"), ("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10")}
_UNKNOWN_WORDS = re.compile(
    r"(unknown|no such|invalid|nonexistent|does ?n[o']t exist)\W+(?:\w+\W+){0,2}(user|mailbox|recipient|address)|user unknown",
    re.IGNORECASE,
)
_OURS_WORDS = re.compile(r"block|reject.*(policy|spam)|authenticat|spf|dkim|dmarc|reputation|blacklist|relay", re.IGNORECASE)


def is_unknown_user(text: str) -> bool:
    """The address does not exist, so nothing more goes there. A refusal because of us (5.7.x, block lists) is not that."""
    status = _STATUS.search(text)
    if status is not None:
        if status[1] != "5" or status[2] == "7":
            return False
        return (status[2], status[3]) in _UNKNOWN and not _OURS_WORDS.search(text)
    return bool(_UNKNOWN_WORDS.search(text)) and not _OURS_WORDS.search(text)


def asks_for_patience(text: str) -> bool:
    """The receiving side slows us down as a whole, so others at that domain wait too."""
    status = _STATUS.search(text)
    return text.startswith("421") or (status is not None and status[1] == "4" and status[2] == "7")
