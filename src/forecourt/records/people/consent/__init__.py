"""The consent ledger: who agreed to or objected to what, with proof, and whether something may be sent now.

Owns the append-only lines and the one answer computed from them (`may_send`; `permitted` is the same as a condition of a query), by the
rules of docs/reference/consent.md. Suppressed addresses, caps, quiet hours and pauses are messaging's.
"""

from forecourt.records.people.consent.gate import given, may_send, permitted, standing, state
from forecourt.records.people.consent.ledger import Entry, Sale, asked, confirm, enter, enter_batch, is_open, ledger, object_to_all
from forecourt.records.people.consent.rules import CONFIRM_WITHIN, Line, Question, Verdict, verdict, words
from forecourt.records.people.consent.terms import (
    ACTS,
    ADVERTISING,
    CHANNELS,
    CHANNELS_OF,
    DEALER,
    NEED_NOTHING,
    PAIRS,
    PURPOSES,
    STAFF_FORMS,
    Act,
    Basis,
    Form,
)

__all__ = [
    "ACTS",
    "ADVERTISING",
    "CHANNELS",
    "CHANNELS_OF",
    "CONFIRM_WITHIN",
    "DEALER",
    "NEED_NOTHING",
    "PAIRS",
    "PURPOSES",
    "STAFF_FORMS",
    "Act",
    "Basis",
    "Entry",
    "Form",
    "Line",
    "Question",
    "Sale",
    "Verdict",
    "asked",
    "confirm",
    "enter",
    "enter_batch",
    "given",
    "is_open",
    "ledger",
    "may_send",
    "object_to_all",
    "permitted",
    "standing",
    "state",
    "verdict",
    "words",
]
