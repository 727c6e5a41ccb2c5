"""What happens to customers and their consents."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from forecourt.runtime.events import Event, Subjects, event

_PURPOSES = {
    "contract": gettext_noop("about your visits"),
    "recall": gettext_noop("safety recalls"),
    "service_reminder": gettext_noop("service reminders"),
    "survey": gettext_noop("questions after a visit"),
    "offers": gettext_noop("offers"),
    "pixel": gettext_noop("whether our mails are opened"),
    "connected_car": gettext_noop("data from the car"),
}
_CHANNELS = {
    "email": gettext_noop("by e-mail"),
    "sms": gettext_noop("by text message"),
    "phone": gettext_noop("by telephone"),
    "post": gettext_noop("by post"),
    "app": gettext_noop("in the app"),
    "car": gettext_noop("from the car"),
}


@event("people.customer_entered")
@dataclass(frozen=True, kw_only=True)
class CustomerEntered(Event):
    customer_id: UUID
    source: str

    sentence = gettext_noop("Customer record opened")
    icon = "user-plus"
    concerns = ("customer",)


@event("people.customer_changed")
@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Event):
    """`fields` are the names of what changed, never its content."""

    customer_id: UUID
    fields: list[str]

    sentence = gettext_noop("Customer record changed")
    icon = "user-pen"
    concerns = ("customer",)


@event("people.confirmation_asked")
@dataclass(frozen=True, kw_only=True)
class ConfirmationAsked(Event):
    """A double opt-in began: a consent that counts once the customer confirms it."""

    customer_id: UUID
    entry_id: UUID
    purpose: str
    channel: str

    sentence = gettext_noop("Consent to be confirmed by e-mail: {purpose}, {channel}")
    codes = {"purpose": _PURPOSES, "channel": _CHANNELS}
    audience = "customer"
    icon = "mail-question-mark"
    concerns = ("customer",)


@event("people.consent_given")
@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    customer_id: UUID
    purpose: str
    channel: str

    sentence = gettext_noop("Consent given: {purpose}, {channel}")
    codes = {"purpose": _PURPOSES, "channel": _CHANNELS}
    audience = "customer"
    icon = "mail-check"
    concerns = ("customer",)


@event("people.consent_withdrawn")
@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    customer_id: UUID
    purpose: str
    channel: str

    sentence = gettext_noop("Consent withdrawn: {purpose}, {channel}")
    codes = {"purpose": _PURPOSES, "channel": _CHANNELS}
    audience = "customer"
    icon = "mail-minus"
    concerns = ("customer",)


@event("people.objected")
@dataclass(frozen=True, kw_only=True)
class Objected(Event):
    customer_id: UUID
    purpose: str
    channel: str

    sentence = gettext_noop("Objected to messages: {purpose}, {channel}")
    codes = {"purpose": _PURPOSES, "channel": _CHANNELS}
    audience = "customer"
    icon = "mail-x"
    concerns = ("customer",)


@event("people.consents_entered")
@dataclass(frozen=True, kw_only=True)
class ConsentsEntered(Event):
    """Many at once, from an import."""

    source: str
    entries: int

    sentence = gettext_noop("{entries} consents were entered")
    icon = "mail-check"
    concerns = ()


@event("people.customers_merged")
@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """Two records are one person. `rows` is how many rows followed."""

    merge_id: UUID
    customer_id: UUID
    absorbed_id: UUID
    by_rule: bool
    rows: int

    sentence = gettext_noop("Two records of this customer were merged")
    icon = "merge"
    concerns = ("customer",)

    def subjects(self) -> Subjects:
        return [("customer", self.customer_id), ("customer", self.absorbed_id)]


@event("people.merge_undone")
@dataclass(frozen=True, kw_only=True)
class MergeUndone(Event):
    """They are two people after all."""

    merge_id: UUID
    customer_id: UUID
    absorbed_id: UUID
    rows: int

    sentence = gettext_noop("A merge of two records was undone")
    icon = "split"
    concerns = ("customer",)

    def subjects(self) -> Subjects:
        return [("customer", self.customer_id), ("customer", self.absorbed_id)]


@event("people.share_recorded")
@dataclass(frozen=True, kw_only=True)
class ShareRecorded(Event):
    """One controller lets another see something of its customers."""

    share_id: UUID
    purpose: str

    sentence = gettext_noop("A share with another company was recorded: {purpose}")
    codes = {"purpose": _PURPOSES}
    icon = "share-2"
    concerns = ()


@event("people.share_ended")
@dataclass(frozen=True, kw_only=True)
class ShareEnded(Event):
    share_id: UUID
    purpose: str

    sentence = gettext_noop("A share with another company was ended: {purpose}")
    codes = {"purpose": _PURPOSES}
    icon = "share-2"
    concerns = ()


@event("people.person_erased")
@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """Who it was is forgotten; `kept` is how many papers law keeps."""

    erasure_id: UUID
    customer_id: UUID
    kept: int

    sentence = gettext_noop("Person erased; papers that law keeps: {kept}")
    icon = "eraser"
    concerns = ()


@event("people.person_returned")
@dataclass(frozen=True, kw_only=True)
class PersonReturned(Event):
    """Somebody who was erased may be a customer again, or turned out to be somebody else."""

    erasure_id: UUID
    reason: str

    sentence = gettext_noop("An erased person may be a customer again: {reason}")
    codes = {"reason": {
        "own_act": gettext_noop("the person's own act"), "contract": gettext_noop("a new contract"),
        "somebody_else": gettext_noop("it is somebody else"),
    }}  # fmt: skip
    icon = "undo-2"
    concerns = ()


@event("people.retention_carried_out")
@dataclass(frozen=True, kw_only=True)
class RetentionCarriedOut(Event):
    """What was past its time went."""

    run_id: UUID
    rows: int

    sentence = gettext_noop("Past their time and taken away: {rows} rows")
    icon = "clock"
    concerns = ()


@event("people.consent_rule_set")
@dataclass(frozen=True, kw_only=True)
class ConsentRuleSet(Event):
    """The dealer decided when a consent has to be confirmed by e-mail."""

    rule_id: UUID
    double_opt_in: str

    sentence = gettext_noop("Consents are confirmed by e-mail: {double_opt_in}")
    codes = {
        "double_opt_in": {
            "by_country": gettext_noop("as the country asks"),
            "always": gettext_noop("always"),
            "never": gettext_noop("never"),
        }
    }
    icon = "mail-question-mark"
    concerns = ()
