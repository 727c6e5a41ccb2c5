"""What kinds, codes and plans of sources are called."""

import base64
import hashlib
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forecourt.engines.intake.source_models import Source, SourceFile
from forecourt.faces.staff.connections.words import OUTCOMES

KINDS: Final[dict[str, tuple[str | Promise, str | Promise, str]]] = {
    "folder": (
        gettext_lazy("Watched folder"),
        gettext_lazy("Your system, or a program that copies, puts files into a folder of this server."),
        "folder-down",
    ),
    "sftp": (gettext_lazy("SFTP server"), gettext_lazy("Files lie on a server; we sign in and fetch what is new."), "server"),
    "https": (
        gettext_lazy("Web address"),
        gettext_lazy("A file can be downloaded at an https address; we fetch it when it changed."),
        "globe",
    ),
}
"""Name, what it is for, and icon."""

PROBLEMS: Final[dict[str, str | Promise]] = {
    **OUTCOMES,
    "private": gettext_lazy("The machine is inside a private network. The operator of this server can allow it by its name."),
    "refused": gettext_lazy("It answered with an error"),
    "signed_out": gettext_lazy("It does not let us in: name, password or key is not right"),
    "no_folder": gettext_lazy("There is no such folder or file"),
    "not_allowed": gettext_lazy("We may not look into this folder there"),
    "no_connection": gettext_lazy("No connection"),
    "not_sftp": gettext_lazy("What answers there speaks no SFTP that we know"),
    "no_host_key": gettext_lazy("The machine does not say which one it is"),
    "host_key_changed": gettext_lazy("Another machine answers than before"),
    "outside_root": gettext_lazy("The folder leads elsewhere, or a file stands in its place"),
    "unsealable": gettext_lazy("The secret cannot be opened any more; please enter it again"),
}
REASONS: Final[dict[str, str | Promise]] = {
    "no_mapping": gettext_lazy("Nobody has said yet what the columns of this source mean."),
    "misfit": gettext_lazy("The columns are not those that the mapping of this source expects."),
    "unlike": gettext_lazy("This file is not like the last one of its source."),
    "gone": gettext_lazy("Much that was there is missing in the file; perhaps only half of it came."),
    "rejected": gettext_lazy("More rows were rejected in the check than you allow."),
    "by_hand": gettext_lazy("The check is done; this source waits for you before it imports."),
    "failed": gettext_lazy("The import could not be finished. Nothing was changed."),
    "too_large": gettext_lazy("The file is too large."),
}


def kind(code: str) -> str:
    return str(KINDS[code][0])


def problem(code: str) -> str:
    return str(PROBLEMS.get(code, code))


def reason(note: SourceFile) -> str:
    """Why it waits or was refused; of what was refused the import says more."""
    return str(REASONS.get(note.because, "")) if note.state in ("waiting", "refused") else ""


def where(source: Source) -> str:
    """The place on one line."""
    place = source.place
    if source.kind == "folder":
        return f"{place.get('folder') or '/'} · {place.get('pattern') or '*'}"
    if source.kind == "sftp":
        port = f":{place['port']}" if place.get("port") not in (None, 22) else ""
        return f"{place['username']}@{place['host']}{port}/{str(place.get('folder') or '').strip('/')} · {place.get('pattern') or '*'}"
    return str(place["url"])


def plan(source: Source) -> str:
    if source.daily_at is not None:
        return _("daily at %(time)s") % {"time": source.daily_at.strftime("%H:%M")}
    return every(source.every_minutes or 60)


def every(minutes: int) -> str:
    if minutes % 60:
        return ngettext("every minute", "every %(count)s minutes", minutes) % {"count": minutes}
    return ngettext("every hour", "every %(count)s hours", minutes // 60) % {"count": minutes // 60}


def fingerprint(host_key: str) -> str:
    """As `ssh-keygen -l` and every SFTP program show it."""
    kind_of_key, _space, encoded = host_key.partition(" ")
    digest = hashlib.sha256(base64.b64decode(encoded)).digest()
    return f"{kind_of_key} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
