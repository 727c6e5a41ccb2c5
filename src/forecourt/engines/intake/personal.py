"""What of this context hangs on a person: files that came in hold many people."""

import json
import zipfile
from io import BytesIO
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from forecourt.engines.intake.letting_go import let_go
from forecourt.engines.intake.models import Import, MappingVersion, PreviewExample, RejectedRow, Source, SourceFile, SourceMapping
from forecourt.engines.intake.ports import ENCODINGS
from forecourt.runtime import personal_data
from forecourt.runtime.files import shelf
from forecourt.runtime.personal_data import Subject, Term

_OVER = ("applied", "refused", "failed", "checked", "waiting", "received", "mapped")
_ENCODINGS = (*ENCODINGS, "utf-16-le", "utf-16-be")


def _all_with_a_file(subject: Subject) -> Q:
    return Q(stored_file__isnull=False, state__in=_OVER)


def _forget_files(subject: Subject, rows: QuerySet[Any]) -> int:
    """A file that names the person goes: what it brought is in the records, and whoever needs it can send it again."""
    found = [each for each in rows.select_related("stored_file") if _names(shelf.path(each.stored_file), subject)]
    for each in found:
        let_go(each)
    return len(found)


def _names(path: Any, subject: Subject) -> bool:
    if not path.exists():
        return False
    content = _unpacked(path.read_bytes()).lower()
    if content.startswith(b"par1"):
        return True  # packed column by column: nobody can be looked for in it
    # Bytes are folded as ASCII alone: letters beyond it are looked for in every case in which a file may write them.
    forms = {form for word in subject.words for form in (word, word.lower(), word.upper(), word.title())}
    needles = {form.encode(encoding, "ignore").lower() for form in forms for encoding in _ENCODINGS}
    needles |= {json.dumps(form)[1:-1].lower().encode() for form in forms}
    needles |= {form.encode("ascii", "xmlcharrefreplace").lower() for form in forms}
    return any(needle in content for needle in needles if len(needle) > 4)


def _unpacked(content: bytes) -> bytes:
    if not zipfile.is_zipfile(BytesIO(content)):
        return content
    with zipfile.ZipFile(BytesIO(content)) as parts:
        return b"\n".join(parts.read(part) for part in parts.namelist() if part.endswith(".xml"))


def _rejected(subject: Subject) -> Q:
    found = Q(pk__in=())
    for word in subject.words:
        found |= Q(cells__icontains=word) | Q(value__icontains=word) | Q(reason__icontains=word)
    return found


def _shown(subject: Subject) -> Q:
    found = Q(thing_id__in=[*subject.customer_ids, *subject.vehicle_ids])
    for word in subject.words:
        found |= Q(title__icontains=word) | Q(values__icontains=word)
    return found


def _let_all_go(subject: Subject, rows: QuerySet[Any]) -> int:
    found = list(rows.select_related("stored_file"))
    for each in found:
        let_go(each)
    return len(found)


personal_data.declare(
    Import, gettext_noop("Files that brought your data"), person=_all_with_a_file, erase=_forget_files, export=False,
    keep=gettext_noop("the file for ninety days; that it came stays"),
    term=Term(90, "received_at", Q(stored_file__isnull=False) & ~Q(state__in=("checking", "running")), _let_all_go),
)  # fmt: skip
personal_data.declare(
    RejectedRow, gettext_noop("Lines of files that could not be read"), person=_rejected, erase=personal_data.delete, keep=gettext_noop("ninety days"),
    term=Term(90, "of_import__received_at"),
)  # fmt: skip
personal_data.declare(
    PreviewExample, gettext_noop("Examples of what a file would change"), person=_shown, erase=personal_data.delete, export=False,
    keep=gettext_noop("ninety days"), term=Term(90, "of_import__received_at"),
)  # fmt: skip
personal_data.impersonal(SourceMapping, because="names of columns")
personal_data.impersonal(Source, because="names and addresses of machines, with sealed secrets")
personal_data.impersonal(SourceFile, because="names and digests of files; what was in them is with their import")
personal_data.impersonal(MappingVersion, because="names of columns, and which colleague saved them")
