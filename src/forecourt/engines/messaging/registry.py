"""What others tell messaging: how each template is composed, whether a cause still stands, who may be written to, who carries.

Journeys register composers and gates where they are defined; `config.wiring` ties the ports. Messaging itself knows no business
process and no URL.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from forecourt.engines.messaging.models import Message
from forecourt.engines.messaging.ports import Consent, OpensRelay, TextGateway


@dataclass(frozen=True)
class Verdict:
    """Whether the cause of a message still stands; if not, why, as a code for machines and measures."""

    allowed: bool
    reason_code: str = ""


@dataclass(frozen=True)
class Content:
    """A composed message. `headers` are extra ones; a line break in any of them is refused."""

    subject: str
    html: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)


Composer = Callable[[Message], Content]
Gate = Callable[[Message], Verdict | None]

_composers: dict[str, Composer] = {}
_gates: dict[str, Gate] = {}


@dataclass
class _Ports:
    consent: Consent | None = None
    relay: OpensRelay | None = None
    texts: TextGateway | None = None


_ports = _Ports()


def composer(template: str) -> Callable[[Composer], Composer]:
    """Register who composes a template.

    It runs in the claim, in the message's language and its site's zone; a `Refusal` it raises becomes the reason of the message.
    """

    def register(compose: Composer) -> Composer:
        if template in _composers:
            raise ValueError(f"template {template} has two composers")
        _composers[template] = compose
        return compose

    return register


def gate(cause_kind: str) -> Callable[[Gate], Gate]:
    """Register who knows whether causes of this kind still stand; asked in the claim, for every message. None: it stands."""

    def register(ask: Gate) -> Gate:
        if cause_kind in _gates:
            raise ValueError(f"cause {cause_kind} has two gates")
        _gates[cause_kind] = ask
        return ask

    return register


def composer_of(template: str) -> Composer:
    return _composers[template]


def gate_of(cause_kind: str) -> Gate | None:
    return _gates.get(cause_kind)


def templates() -> list[str]:
    return sorted(_composers)


def tie_consent(consent: Consent) -> None:
    _ports.consent = consent


def tie_relay(relay: OpensRelay) -> None:
    _ports.relay = relay


def tie_texts(texts: TextGateway | None) -> None:
    """None: this house sends no text messages."""
    _ports.texts = texts


def consent() -> Consent:
    """The consent ledger's answer; raises RuntimeError if none is tied, so that nothing leaves unasked."""
    if _ports.consent is None:
        raise RuntimeError("No consent ledger is tied to messaging; see config.wiring.")
    return _ports.consent


def relay() -> OpensRelay:
    if _ports.relay is None:
        raise RuntimeError("No relay is tied to messaging; see config.wiring.")
    return _ports.relay


def texts() -> TextGateway:
    if _ports.texts is None:
        raise RuntimeError("No gateway for text messages is tied to messaging; see config.wiring.")
    return _ports.texts
