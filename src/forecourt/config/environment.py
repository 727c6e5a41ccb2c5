"""What the machine tells us: every environment variable that Forecourt reads, checked and typed.

Owns the names, defaults and meanings of the variables. Imports neither Django nor any other part of Forecourt, so that settings,
supervisor and command can all ask before anything else stands. What a dealer decides (opening hours, colours, texts) is not here.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

CHECKOUT: Final = Path(__file__).resolve().parents[3]

_OFFSET = re.compile(r"[+-]?(\d+[smhd])+")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_SEAL_KEY_BYTES: Final = 32
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


class EnvironmentProblem(ValueError):
    """A variable holds a value that cannot be meant; the text names the variable and what would be right."""


@dataclass(frozen=True, slots=True)
class Environment:
    """All of Forecourt's variables, resolved. Paths are absolute."""

    data: Path
    host: str
    port: int
    clock: str
    """What FORECOURT_CLOCK says: empty, an offset such as `+6h`, or `@FILE`; `runtime.clock` reads it."""
    debug: bool
    secret_key: str = field(repr=False)
    seal_keys: tuple[str, ...] = field(repr=False)
    """Seal what is secret inside the database; the first seals, all open."""
    internal_hosts: frozenset[str]
    """Names inside the operator's own network that the product may ask, such as an identity provider of the house."""
    inbox: Path
    """Below it lie the folders into which dealers' systems put files; one folder a dealer, called by their short name."""
    database_url: str = field(repr=False)
    """Empty: an embedded PostgreSQL is run for us."""
    database_admin_url: str = field(repr=False)
    public_url: str
    """Where customers reach the pages, for links in mails; behind a proxy that is its address."""
    live_url: str
    """Where browsers find the live updates; behind a proxy that is our own origin."""
    smtp_url: str = field(repr=False)
    runs_mail_server: bool
    """False when FORECOURT_SMTP_URL names a relay of the dealer."""
    mail_faults: str
    """For tests only; see `adapters.mailserver.faults`."""
    texts_url: str = field(repr=False)
    """The gateway for text messages with its account and token; empty: none are sent."""
    texts_sender: str
    runs_texts_gateway: bool
    """Whether that is our own, beside the local mail server."""
    texts_faults: str
    """For tests only; see `adapters.smsgateway.faults`."""
    analytics: str
    """The master of an Apache Spark cluster that builds facts; empty: DuckDB does, inside the worker."""
    postgres_bin: Path | None
    allowed_hosts: tuple[str, ...]

    @property
    def live_port(self) -> int:
        return self.port + 1

    @property
    def smtp_port(self) -> int:
        return self.port + 2

    @property
    def texts_port(self) -> int:
        return self.port + 3

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the pages."""
        return self.host in {"127.0.0.1", "::1", "localhost"}

    @property
    def reached_at(self) -> str:
        """The host by which this machine reaches its own ports, as URLs write it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (recognised, not bound)
        return f"[{host}]" if ":" in host else host

    @property
    def origin(self) -> str:
        """Scheme, host and port that a browser on this machine types."""
        return f"http://{self.reached_at}:{self.port}"

    @property
    def runs_database(self) -> bool:
        return not self.database_url

    @property
    def mail_folder(self) -> Path:
        return self.data / "mail"

    @property
    def texts_place(self) -> tuple[str, int]:
        """Host and port of the gateway for text messages."""
        parts = urlsplit(self.texts_url)
        return parts.hostname or "", parts.port or 443

    @property
    def texts_token(self) -> str:
        return unquote(urlsplit(self.texts_url).password or "")

    @property
    def texts_folder(self) -> Path:
        return self.data / "texts"

    @property
    def erasures(self) -> Path:
        """The list of erased persons; see `records.people.erased`."""
        return self.data / "erasures" / "erased.jsonl"

    @property
    def logs_folder(self) -> Path:
        return self.data / "logs"

    @property
    def run_folder(self) -> Path:
        """Small files by which running parts tell each other where they stand."""
        return self.data / "run"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of this process, read once."""
    return read(os.environ)


def read(variables: Mapping[str, str]) -> Environment:
    """Check and resolve; raises EnvironmentProblem. Makes the data folder and, once, the secret key in it."""
    data = Path(variables.get("FORECOURT_DATA") or CHECKOUT / ".data").expanduser().absolute()
    host = variables.get("FORECOURT_HOST") or "127.0.0.1"
    port = _port(variables.get("FORECOURT_PORT") or "8000")
    smtp_url = variables.get("FORECOURT_SMTP_URL") or ""
    secret_key = variables.get("FORECOURT_SECRET_KEY") or _kept(data / "secret-key", lambda: secrets.token_urlsafe(50))
    named_gateway = _gateway(variables.get("FORECOURT_SMS_URL", "").strip())
    # Whoever named a relay runs it for real, where texts that nobody gets would only keep people waiting.
    texts_url = named_gateway or ("" if smtp_url else f"http://local:{_local_token(secret_key)}@127.0.0.1:{port + 3}")
    database_url = _url("DATABASE_URL", variables.get("DATABASE_URL", ""), {"postgres", "postgresql"})
    return Environment(
        data=data,
        host=host,
        port=port,
        clock=_clock(variables.get("FORECOURT_CLOCK", "").strip()),
        debug=_flag("FORECOURT_DEBUG", variables.get("FORECOURT_DEBUG", "")),
        secret_key=secret_key,
        seal_keys=_seal_keys(variables.get("FORECOURT_SEAL_KEYS", ""), data),
        internal_hosts=frozenset(_words(variables.get("FORECOURT_INTERNAL_HOSTS", "").lower())),
        inbox=_folder("FORECOURT_INBOX", variables.get("FORECOURT_INBOX", "")) or data / "inbox",
        database_url=database_url,
        database_admin_url=_admin_url(database_url, variables.get("DATABASE_ADMIN_URL", "")),
        public_url=_url("FORECOURT_URL", variables.get("FORECOURT_URL", ""), {"http", "https"}),
        live_url=_url("FORECOURT_LIVE_URL", variables.get("FORECOURT_LIVE_URL", ""), {"http", "https"}),
        smtp_url=_url("FORECOURT_SMTP_URL", smtp_url, {"smtp", "smtps"}) or f"smtp://127.0.0.1:{port + 2}",
        runs_mail_server=not smtp_url,
        mail_faults=variables.get("FORECOURT_MAIL_FAULTS", ""),
        texts_url=texts_url,
        texts_sender=_texts_sender(variables.get("FORECOURT_SMS_FROM", ""), is_needed=bool(named_gateway)),
        runs_texts_gateway=bool(texts_url) and not named_gateway,
        texts_faults=variables.get("FORECOURT_SMS_FAULTS", ""),
        analytics=_url("FORECOURT_ANALYTICS", variables.get("FORECOURT_ANALYTICS", "").strip(), {"spark"}),
        postgres_bin=_folder("FORECOURT_POSTGRES_BIN", variables.get("FORECOURT_POSTGRES_BIN", "")),
        allowed_hosts=_hosts(variables.get("FORECOURT_ALLOWED_HOSTS", ""), host),
    )


def _port(text: str) -> int:
    # The three ports after it are ours too, so the last possible one is 65532.
    if not text.isdecimal() or not 1 <= int(text) <= 65532:
        raise EnvironmentProblem(f"FORECOURT_PORT is {text!r}; it must be a number from 1 to 65532 (the next three ports are used too).")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text.strip().lower() in _TRUE:
        return True
    if text.strip().lower() in _FALSE:
        return False
    raise EnvironmentProblem(f"{name} is {text!r}; write 1 or 0.")


def _clock(text: str) -> str:
    if not text or text.startswith("@") or _OFFSET.fullmatch(text):
        return text
    raise EnvironmentProblem(f"FORECOURT_CLOCK is {text!r}; write an offset such as +6h, -3d or +90m, or @FILE, a file that holds one.")


def _url(name: str, text: str, schemes: set[str]) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in schemes:
        # The value itself may hold a password, so only its beginning is shown.
        meant = " or ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise EnvironmentProblem(f"{name} begins with {parts.scheme or text[:8]!r}; it must begin with {meant}.")
    return text.rstrip("/") if "http" in schemes else text


def _gateway(text: str) -> str:
    """`https://ACCOUNT:TOKEN@HOST`. Nothing of it is ever repeated: it holds a password."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_right = parts.scheme == "https" and bool(parts.hostname and parts.username and parts.password) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise EnvironmentProblem("FORECOURT_SMS_URL must be https://ACCOUNT:TOKEN@HOST, the gateway for text messages.")
    return text.rstrip("/")


def _texts_sender(text: str, *, is_needed: bool) -> str:
    if is_needed and not _SENDER.fullmatch(text):
        raise EnvironmentProblem(
            f"FORECOURT_SMS_FROM is {text!r}; it must be a number such as +390471000000, a name of up to 11 letters and digits, "
            "or the id of a messaging service (MG…)."
        )
    return text or "Forecourt"


def _local_token(secret_key: str) -> str:
    return hmac.new(secret_key.encode(), b"forecourt.local_texts", hashlib.sha256).hexdigest()[:32]


def _admin_url(database_url: str, text: str) -> str:
    admin = _url("DATABASE_ADMIN_URL", text, {"postgres", "postgresql"})
    if admin and not database_url:
        raise EnvironmentProblem("DATABASE_ADMIN_URL is set but DATABASE_URL is not; set both, or neither for the embedded PostgreSQL.")
    return admin


def _folder(name: str, text: str) -> Path | None:
    if not text:
        return None
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise EnvironmentProblem(f"{name} is {text!r}; there is no such folder.")
    return folder


def _hosts(text: str, host: str) -> tuple[str, ...]:
    return tuple(_words(text)) or tuple(dict.fromkeys(("localhost", "127.0.0.1", "[::1]", host)))


def _words(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _seal_keys(text: str, data: Path) -> tuple[str, ...]:
    keys = _words(text) or [_kept(data / "seal-key", lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())]
    for key in keys:
        try:
            right = len(base64.urlsafe_b64decode(key)) == _SEAL_KEY_BYTES
        except ValueError:
            right = False
        if not right:
            raise EnvironmentProblem("FORECOURT_SEAL_KEYS holds something that is no key; each is 32 random bytes as URL-safe base64.")
    return tuple(keys)


def _kept(kept: Path, generate: Callable[[], str]) -> str:
    """The key generated on the first run. Two processes may come first at once: link() lets exactly one of them win."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        attempt = kept.parent / f".{kept.name}-{os.getpid()}-{secrets.token_hex(4)}"
        attempt.touch(mode=0o600)
        attempt.write_text(generate(), encoding="ascii")
        try:
            os.link(attempt, kept)
        except FileExistsError:
            pass
        finally:
            attempt.unlink()
    return kept.read_text(encoding="ascii").strip()
