"""Taking everything along: one archive with all that is known of a person, to read, for machines, and with photos and papers.

Which tables belong in it is declared by their contexts (`runtime.personal_data`). The archive is made by a job, kept for a week and handed out
by a signed, short link; asking for it and fetching it are in the audit trail.
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import Organisation
from forecourt.records.people import merges, takeout_words
from forecourt.records.people.models import Customer, Takeout
from forecourt.runtime import access, audit, clock, files, personal_data, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.files.forgetting import forget
from forecourt.runtime.files.raw import keep_raw
from forecourt.runtime.models import StoredFile
from forecourt.runtime.personal_data import Rule, Subject

KEPT_FOR: Final = timedelta(days=7)
_MOST_BYTES: Final = 4 << 30
_TECHNICAL: Final = frozenset(
    {"id", "organisation_id", "match_name", "sort_key", "plate_key", "text_key", "version", "lease_until", "is_announced"}
)


@dataclass(frozen=True)
class Section:
    """One table of the archive: its page, and its rows as they are read and as they are."""

    title: str
    page: str
    columns: list[str]
    rows: list[list[str]]
    files: list[str]
    raw: list[dict[str, Any]]
    label: str


@transaction.atomic
def request(*, actor: Actor, customer_id: UUID) -> Takeout:
    """Have the archive of a customer made; one that is being made already is answered instead."""
    customer = access.fetch(Customer, merges.current_id(customer_id), actor=actor, right="people.take_out")
    being_made = Takeout.objects.filter(customer=customer, state="waiting").first()
    if being_made:
        return being_made
    wanted = Takeout.objects.create(
        customer=customer, requested_at=clock.now(), requested_by_kind=actor.kind, requested_by_id=actor.id
    )  # fmt: skip
    audit.record(by=actor, act="people.archive_requested", object_kind="customer", object_id=customer.pk, takeout_id=str(wanted.pk))
    from forecourt.records.people import background

    background.make_archive.defer(by=actor, takeout_id=str(wanted.pk))
    return wanted


def make(*, by: Actor, takeout_id: UUID) -> None:
    """Make the archive. Doing it twice changes nothing."""
    wanted = Takeout.objects.filter(pk=takeout_id, state="waiting").select_related("customer").first()
    if wanted is None:
        return
    with translation.override(wanted.customer.language or settings.LANGUAGE_CODE):
        content = archive(wanted.customer)
    with transaction.atomic():
        kept = keep_raw(actor=by, name=f"{wanted.customer.number}.zip", stream=BytesIO(content), at_most_bytes=_MOST_BYTES)
        Takeout.objects.filter(pk=wanted.pk).update(stored_file=kept, state="ready", ready_at=clock.now())


@transaction.atomic
def fetch(*, actor: Actor, takeout_id: UUID) -> str:
    """The signed, short link to an archive that is ready; each use is audited."""
    wanted = access.fetch(Takeout, takeout_id, actor=actor, right="people.take_out", related=("stored_file",))
    if wanted.stored_file is None:
        raise Refusal("not_ready", _("The archive is being made."))
    audit.record(by=actor, act="people.archive_fetched", object_kind="customer", object_id=wanted.customer_id, takeout_id=str(wanted.pk))
    return files.signed_url(wanted.stored_file)


def of_customer(customer_id: UUID) -> Takeout | None:
    """The newest archive of a customer that still stands."""
    return Takeout.objects.filter(customer_id=customer_id).order_by("-requested_at").first()


@transaction.atomic
def forget_old_ones() -> int:
    """Archives are made again on request, so none is kept longer than a week."""
    old = Takeout.objects.filter(requested_at__lt=clock.now() - KEPT_FOR)
    ids, made = list(old.values_list("pk", flat=True)), list(old.exclude(stored_file=None).values_list("stored_file_id", flat=True))
    Takeout.objects.filter(pk__in=ids).delete()
    forget(made)
    return len(ids)


def archive(customer: Customer) -> bytes:
    """The archive's bytes: index.html, a page for each table, data.json, and the files."""
    subject = personal_data.describe(Subject(scope.organisation_id(), tuple(merges.ids_of(customer.pk))), only_theirs=False)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        sections = [section for rule in personal_data.rules() if rule.is_exported and (section := _section(rule, subject, parts))]
        organisation = Organisation.objects.get(pk=scope.organisation_id())
        about = {"customer": customer, "organisation": organisation, "made_at": clock.now(), "sections": sections}
        parts.writestr("index.html", render_to_string("people/takeout/index.html", about))
        for section in sections:
            parts.writestr(section.page, render_to_string("people/takeout/section.html", {**about, "section": section}))
        parts.writestr("data.json", json.dumps({section.label: section.raw for section in sections}, ensure_ascii=False, indent=1))
    return made.getvalue()


def _section(rule: Rule, subject: Subject, parts: zipfile.ZipFile) -> Section | None:
    rows = list(rule.rows(subject))
    if not rows:
        return None
    label = personal_data.label_of(rule.model)
    names = [field.attname for field in rule.model._meta.concrete_fields if field.attname not in _TECHNICAL]  # noqa: SLF001 - Django's own name
    shown = [name for name in names if not name.endswith(("_id", "_ids")) and name not in rule.files and _says_something(rows, name)]
    return Section(
        title=_(rule.title),
        page=f"pages/{label.replace('.', '-')}.html",
        columns=[takeout_words.of_column(name) for name in shown],
        rows=[[takeout_words.of_value(getattr(row, name)) for name in shown] for row in rows],
        files=list(_put_files(rule, rows, parts)),
        raw=[{name: _plain(getattr(row, name)) for name in ("id", *names)} for row in rows],
        label=label,
    )


def _says_something(rows: list[Model], name: str) -> bool:
    return any(getattr(row, name) not in (None, "", [], {}) for row in rows)


def _put_files(rule: Rule, rows: list[Model], parts: zipfile.ZipFile) -> Iterator[str]:
    ids = [value for column in rule.files for row in rows if (value := getattr(row, column))]
    flat = [each for value in ids for each in (value if isinstance(value, list) else [value])]
    taken = set(parts.namelist())
    for stored in StoredFile.objects.filter(pk__in=flat):
        name = f"files/{stored.pk.hex[-8:]}-{PurePath(stored.name).name}"
        if name not in taken and files.path(stored).exists():
            parts.write(files.path(stored), name)
        yield name


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value
