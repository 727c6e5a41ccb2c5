"""What waits for a person: texts that nothing decided, or only the learner; the most frequent first.

Reads only. What was decided a moment ago is off the list at once, also before the worker has worked it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from forecourt.engines.audience.learning import answers, counting
from forecourt.engines.audience.models import Classification, DecidedText
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import access, scope
from forecourt.runtime.actors import Actor

HIGH: Final = 0.9
MEDIUM: Final = 0.6
MOST_LISTED: Final = 1_000
MOST_SEARCHED: Final = 20_000
NO_KIND: Final = "-"
NO_SUGGESTION: Final = "?"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the list is narrowed to; the defaults show everything."""

    text: str = ""
    language: str = ""
    suggestion: str = ""  # a kind's code, NO_KIND or NO_SUGGESTION
    certainty: str = ""  # high | medium | low
    told_by: str = ""  # model | nothing


@dataclass(frozen=True)
class Waiting:
    """One text that waits; `suggested` is None where nothing is suggested, and empty for "no kind"."""

    key: str
    code: str
    text: str
    lines: int
    cars: int
    suggested: tuple[str, ...] | None
    certainty: float
    language: str
    is_counted: bool  # the learner's answer counts as long as nobody says otherwise


@dataclass(frozen=True)
class Decided:
    """Texts that one person decided at once."""

    decision: DecidedText
    by: str
    texts: int
    code: str
    text: str


@dataclass(frozen=True)
class Example:
    """One job line with a text: where to look it up."""

    number: str
    vehicle_id: UUID
    opened_on: Any


@dataclass(frozen=True)
class Progress:
    """How many lines are decided, and by what."""

    lines: int
    by_rules: int
    by_model: int
    by_people: int
    texts_open: int

    @property
    def decided(self) -> int:
        return self.by_rules + self.by_model + self.by_people

    @property
    def share(self) -> float:
        return self.decided / self.lines if self.lines else 0.0


def keys(*, actor: Actor, filters: Filters) -> list[str]:
    """The texts that wait, the most frequent first, bounded by `MOST_LISTED`."""
    access.require(actor, "audience.see_rules")
    rows = _open(filters)
    if not filters.text:
        return list(rows.values_list("text_key", flat=True)[:MOST_LISTED])
    found = list(rows.values_list("text_key", flat=True)[:MOST_SEARCHED])
    wanted = filters.text.casefold()
    written = counting.written(found)
    return [key for key in found if key in written and wanted in " ".join(written[key]).casefold()][:MOST_LISTED]


def lines(*, actor: Actor, text_keys: Sequence[str]) -> list[Waiting]:
    """These texts with all that a screen shows of them, in this order."""
    access.require(actor, "audience.see_rules")
    known = {row.text_key: row for row in Classification.objects.filter(text_key__in=text_keys)}
    written = counting.written(text_keys)
    return [_waiting(known[key], *written[key]) for key in text_keys if key in known and key in written]


def waiting_for(*, actor: Actor, text_key: str) -> Waiting | None:
    """One text, if it still waits."""
    rows = _open(Filters()).filter(text_key=text_key)
    return next(iter(lines(actor=actor, text_keys=list(rows.values_list("text_key", flat=True)))), None)


def sure(*, actor: Actor, filters: Filters, most: int) -> dict[str, tuple[str, ...]]:
    """The texts with a suggestion of high certainty, and what is suggested."""
    listed = keys(actor=actor, filters=filters if filters.certainty else replace(filters, certainty="high"))
    rows = Classification.objects.filter(text_key__in=listed, certainty__gte=HIGH, suggested__isnull=False).order_by("-lines", "text_key")
    return {key: tuple(kinds or ()) for key, kinds in rows.values_list("text_key", "suggested")[:most]}


def progress() -> Progress:
    """Over the whole history; what people decided counts at once."""
    decided = Exists(_standing())
    counted = (
        Classification.objects.annotate(is_by_person=decided).values("told_by", "is_by_person").annotate(of=Sum("lines"), texts=Count("pk"))
    )
    lines_by: dict[str, int] = {}
    texts_open = 0
    for row in counted.filter(lines__gt=0).order_by():
        who = "person" if row["is_by_person"] else row["told_by"]
        lines_by[who] = lines_by.get(who, 0) + row["of"]
        texts_open += row["texts"] if who in answers.OPEN else 0
    return Progress(
        lines=sum(lines_by.values()),
        by_rules=lines_by.get("rules", 0) + lines_by.get("denied", 0),
        by_model=lines_by.get("model", 0),
        by_people=lines_by.get("person", 0),
        texts_open=texts_open,
    )


def languages() -> list[str]:
    """Those of open texts."""
    return sorted(filter(None, _open(Filters()).order_by().values_list("language", flat=True).distinct()))


def decided(*, actor: Actor) -> QuerySet[DecidedText]:
    """What people decided and did not take back, newest first."""
    access.require(actor, "audience.see_rules")
    return DecidedText.objects.filter(taken_back_at=None).order_by("-decided_at", "-pk")


def told(decisions: Sequence[DecidedText]) -> list[Decided]:
    """With the words of the text and who it was."""
    written = counting.written([each.text_key for each in decisions])
    names = dict(StaffMember.objects.filter(pk__in={each.decided_by_id for each in decisions}).values_list("pk", "name"))
    batches = DecidedText.objects.filter(batch_id__in={each.batch_id for each in decisions}, taken_back_at=None)
    texts = dict(batches.values_list("batch_id").annotate(Count("pk")))
    return [
        Decided(
            each,
            names.get(each.decided_by_id, "") if each.decided_by_id else "",
            texts[each.batch_id],
            *written.get(each.text_key, ("", "")),
        )
        for each in decisions
    ]


def example(text_key: str) -> Example | None:
    """A line with this text, for looking at the order it stands in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT visit.number, visit.vehicle_id, visit.opened_on FROM history_jobline line JOIN history_visit visit ON visit.id = line.visit_id
                WHERE line.organisation_id = %s AND line.text_key = %s LIMIT 1""",
            [scope.organisation_id(), text_key],
        )
        row = cursor.fetchone()
    return Example(*row) if row else None


def telling_word(line: Waiting) -> str:
    """The word that speaks most for what is suggested; empty if nothing was learned."""
    knowing = answers.learned() if line.suggested else None
    return str(knowing.telling_word(line.text, line.suggested[0])) if knowing and line.suggested else ""


def _standing() -> QuerySet[DecidedText]:
    return DecidedText.objects.filter(organisation_id=OuterRef("organisation_id"), text_key=OuterRef("text_key"), taken_back_at=None)


def _open(filters: Filters) -> QuerySet[Classification]:
    rows = Classification.objects.filter(~Exists(_standing()), *_conditions(filters), told_by__in=answers.OPEN, lines__gt=0)
    return rows.order_by("-lines", "text_key")


def _conditions(filters: Filters) -> list[Q]:
    found: list[Q] = []
    if filters.language:
        found.append(Q(language=filters.language))
    if filters.told_by:
        found.append(Q(told_by="model" if filters.told_by == "model" else ""))
    match filters.suggestion:
        case "":
            pass
        case "?":
            found.append(Q(suggested__isnull=True))
        case "-":
            found.append(Q(suggested=[]))
        case kind:
            found.append(Q(suggested__contains=[kind]))
    bounds = {"high": Q(certainty__gte=HIGH), "medium": Q(certainty__gte=MEDIUM), "low": Q(certainty__lt=MEDIUM)}
    if filters.certainty in bounds:
        found.append(bounds[filters.certainty])
    return found


def _waiting(row: Classification, code: str, text: str) -> Waiting:
    suggested = None if row.suggested is None else tuple(row.suggested)
    return Waiting(row.text_key, code, text, row.lines, row.cars, suggested, row.certainty or 0.0, row.language, row.told_by == "model")
