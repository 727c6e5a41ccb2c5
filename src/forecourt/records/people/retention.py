"""What is past its time goes by itself, once a day: deleted or emptied in batches, as the context that owns the rows declares (`personal_data`).

Each batch is a transaction of its own that also notes in the `RetentionRun` how much went, so that a run that was cut short tells the truth
and the next one goes on where it stopped. `look` says what would go and changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from forecourt.records.people.events import RetentionCarriedOut
from forecourt.records.people.models import RetentionRun
from forecourt.runtime import audit, clock, personal_data, scope
from forecourt.runtime.actors import Actor
from forecourt.runtime.events import publish
from forecourt.runtime.files.forgetting import forget
from forecourt.runtime.personal_data import Rule, Subject, Term
from forecourt.runtime.scope import ScopedModel

BATCH: Final = 500
BATCHES_A_RUN: Final = 40
"""Of one kind; what is left goes the next day, so that no night is spent on deleting."""


@dataclass(frozen=True)
class Finding:
    """One kind of rows with a term: how many still hold something, since when the oldest, how many are past their time, when the next are."""

    label: str
    rows: int
    due: int
    oldest: datetime | None
    next_at: datetime | None

    def dump(self) -> dict[str, Any]:
        return {
            "label": self.label, "rows": self.rows, "due": self.due, "oldest": _text(self.oldest), "next_at": _text(self.next_at), "gone": 0,
        }  # fmt: skip


def look() -> list[Finding]:
    """What would go now in the organisation in scope, kind by kind."""
    return [_found(rule, term) for rule, term in _with_term()]


@transaction.atomic
def begin() -> RetentionRun:
    """A run of the organisation in scope, with what it finds."""
    return RetentionRun.objects.create(started_at=clock.now(), figures=[each.dump() for each in look()])


def carry_out(*, actor: Actor) -> RetentionRun:
    """Delete or empty what is past its time; call it outside a transaction. Doing it twice takes nothing twice."""
    run = begin()
    for place, (rule, term) in enumerate(_with_term()):
        for _batch in range(BATCHES_A_RUN):
            if not run.figures[place]["due"] or not _end_batch(run, place, rule, term):
                break
    _finish(actor, run)
    return run


def last() -> RetentionRun | None:
    """The latest run of the organisation in scope."""
    return RetentionRun.objects.order_by("-started_at").first()


def is_due() -> bool:
    """Whether the day's run has yet to be."""
    latest = last()
    return latest is None or latest.started_at <= clock.now() - timedelta(days=1)


@transaction.atomic
def _finish(actor: Actor, run: RetentionRun) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    gone = {each["label"]: each["gone"] for each in run.figures if each["gone"]}
    audit.record(by=actor, act="people.retention_carried_out", object_kind="retention_run", object_id=run.pk, gone=gone)
    if run.gone:
        publish(RetentionCarriedOut(run_id=run.pk, rows=run.gone), by=actor)


@transaction.atomic
def _end_batch(run: RetentionRun, place: int, rule: Rule, term: Term) -> int:
    """So many rows went; 0 when there are no more."""
    ids = list(_past(rule, term).order_by("pk").select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    rows = _all(rule).filter(pk__in=ids)
    files = {value for column in rule.files for value in rows.values_list(column, flat=True) if value}
    (term.end or rule.erase)(Subject(scope.organisation_id(), ()), rows)
    forget(files)
    figures = run.figures[place]
    figures["gone"], run.gone = figures["gone"] + len(ids), run.gone + len(ids)
    run.save(update_fields=["figures", "gone"])
    return len(ids)


def _found(rule: Rule, term: Term) -> Finding:
    past, rows = _limit(term), _holding(rule, term)
    told = rows.aggregate(rows=Count("pk"), oldest=Min(term.since), due=Count("pk", filter=Q(**{f"{term.since}__lt": past})))
    next_since = rows.filter(**{f"{term.since}__gte": past}).aggregate(at=Min(term.since))["at"]
    coming = next_since + timedelta(days=term.days) if next_since else None
    return Finding(personal_data.label_of(rule.model), told["rows"], told["due"], told["oldest"], coming)


def _past(rule: Rule, term: Term) -> QuerySet[Any]:
    return _holding(rule, term).filter(**{f"{term.since}__lt": _limit(term)})


def _holding(rule: Rule, term: Term) -> QuerySet[Any]:
    return _all(rule).filter(term.only)


def _all(rule: Rule) -> QuerySet[Any]:
    return rule.model._default_manager.all()  # noqa: SLF001 - Django's own name for what is public


def _limit(term: Term) -> datetime:
    return clock.now() - timedelta(days=term.days)


def _with_term() -> Iterator[tuple[Rule, Term]]:
    """What hangs on others goes before them; tables of no dealer have jobs of their own."""
    return ((rule, rule.term) for rule in reversed(personal_data.rules()) if rule.term and issubclass(rule.model, ScopedModel))


def _text(at: datetime | date | None) -> str | None:
    return at.isoformat() if at else None
