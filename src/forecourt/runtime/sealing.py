"""Chains the audit trail: each entry's digest runs over the one before it, per organisation, so that a changed, removed or inserted line shows.

Sealing follows a few seconds behind the acts, one organisation at a time under a lock of its own. The head of each chain is also kept in
the data folder, outside the database: whoever rewrites the whole chain in the database does not match it. docs/decisions/0006-audit-chain.md.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from forecourt.kernel import ids
from forecourt.runtime import background, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import AuditCheck, AuditEntry, AuditSeal

_AT_ONCE: Final = 2000
_LATE: Final = timedelta(hours=1)
"""No act takes longer from its entry to its commit; an older entry without a seal was put in afterwards."""

_CHECKED_EVERY: Final = timedelta(hours=20)
_TOLD: Final = 20


@dataclass(frozen=True)
class Finding:
    """A line of the trail that is not as it was sealed."""

    kind: Literal["changed", "removed", "inserted", "seal missing", "head differs"]
    number: int
    entry_id: UUID | None = None


@background.poll(every_seconds=10)
def seal_all() -> None:
    """Seal what came in at every dealer."""
    recent = ids.uuid7_at(datetime.now(UTC) - timedelta(days=1))
    with scope.everywhere("entries of every dealer wait for their seal"):
        waiting = list(AuditEntry.objects.filter(pk__gte=recent).order_by().values_list("organisation_id", flat=True).distinct())
    for organisation_id in waiting:
        with scope.of(organisation_id):
            while seal() == _AT_ONCE:
                pass


@transaction.atomic
def seal() -> int:
    """Seal entries of the organisation in scope that have none, in the order of their ids; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{scope.organisation_id()}"])
    last = AuditSeal.objects.order_by("-number").first()
    number, digest = (last.number, last.digest) if last else (0, "")
    seals = []
    for entry in _unsealed(since=_when(last.entry_id) - _LATE if last else None)[:_AT_ONCE]:
        number, digest = number + 1, _digest(digest, entry)
        seals.append(AuditSeal(number=number, entry_id=entry.pk, digest=digest))
    if seals:
        AuditSeal.objects.bulk_create(seals)
        _note_head(scope.organisation_id(), number, digest)
    return len(seals)


def verify() -> tuple[int, list[Finding]]:
    """How many sealed lines the trail of the organisation in scope has, and which are not as they were sealed."""
    while seal() == _AT_ONCE:
        pass
    findings = list(_broken_links())
    findings += [Finding("inserted", 0, entry.pk) for entry in _unsealed(since=None)]
    last = AuditSeal.objects.aggregate(number=Max("number"))["number"] or 0
    return last, findings + list(_differing_head())


def check() -> AuditCheck:
    """Verify the trail of the organisation in scope and note what was found, so that its page can tell without following it again."""
    return note_check(*verify())


@transaction.atomic
def note_check(lines: int, findings: list[Finding]) -> AuditCheck:
    told = [f"{each.kind} {each.number} {each.entry_id or ''}".rstrip() for each in findings[:_TOLD]]
    return AuditCheck.objects.create(at=datetime.now(UTC), lines=lines, broken=len(findings), findings=told)


def last_check() -> AuditCheck | None:
    return AuditCheck.objects.order_by("-at").first()


@background.job(queue="bulk")
def check_now(*, by: Actor) -> None:
    """Somebody asked on the page."""
    check()


@background.poll(every_seconds=3600, queue="bulk")
def check_daily() -> None:
    """Every chain whose last check is a day old; the notes of the heads tell which there are."""
    for head in sorted((Path(settings.DATA) / "audit").glob("*-*-*-*-*")):
        if not head.suffix:
            _check_if_old(UUID(head.name))


def _check_if_old(organisation_id: UUID) -> None:
    with scope.of(organisation_id):
        last = last_check()
        if last is None or datetime.now(UTC) - last.at > _CHECKED_EVERY:
            check()


def _broken_links() -> Iterator[Finding]:
    expected, digest = 1, ""
    for at_once in _chunks():
        entries = AuditEntry.objects.in_bulk([each.entry_id for each in at_once])
        for link in at_once:
            for number in range(expected, link.number):
                yield Finding("seal missing", number)
            entry = entries.get(link.entry_id)
            if entry is None:
                yield Finding("removed", link.number, link.entry_id)
            elif link.number == expected and _digest(digest, entry) != link.digest:
                yield Finding("changed", link.number, link.entry_id)
            expected, digest = link.number + 1, link.digest


def _chunks() -> Iterator[list[AuditSeal]]:
    after = 0
    while found := list(AuditSeal.objects.filter(number__gt=after).order_by("number")[:_AT_ONCE]):
        yield found
        after = found[-1].number


def _differing_head() -> Iterator[Finding]:
    """The head outside the database names a number and a digest that the chain must still have."""
    try:
        number, digest = _head(scope.organisation_id()).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return
    if AuditSeal.objects.filter(number=int(number)).values_list("digest", flat=True).first() != digest:
        yield Finding("head differs", int(number))


def _unsealed(*, since: datetime | None) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry_id=OuterRef("pk")))).order_by("pk")
    return rows.filter(pk__gte=ids.uuid7_at(since)) if since else rows


def _digest(before: str, entry: AuditEntry) -> str:
    told = [
        before, str(entry.pk), str(entry.organisation_id), entry.at.astimezone(UTC).isoformat(), entry.actor_kind, str(entry.actor_id), entry.act,
        entry.object_kind, str(entry.object_id), [str(each) for each in entry.about], entry.values,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _when(entry_id: UUID) -> datetime:
    """The machine's time inside a UUIDv7."""
    return datetime.fromtimestamp((entry_id.int >> 80) / 1000, UTC)


def _head(organisation_id: UUID) -> Path:
    return Path(settings.DATA) / "audit" / str(organisation_id)


def _note_head(organisation_id: UUID, number: int, digest: str) -> None:
    """After the commit, whole or not at all: the database may be ahead of the note, never behind it."""

    def note() -> None:
        path = _head(organisation_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = path.with_suffix(".new")
        written.write_text(f"{number} {digest}\n", encoding="ascii")
        written.replace(path)

    transaction.on_commit(note)
