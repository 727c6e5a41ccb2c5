"""When and from what a dealer's learner is taught, and what its answers change. Runs in the worker, never in a page.

Only the dealer's own texts are read, and they are read through the scope. Taught anew when rules changed, when a tenth more texts are
decided, or when people decided `MANY_DECISIONS` more; in between, new texts are answered with what is known.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction

from forecourt.engines.audience import classification, facts, turns
from forecourt.engines.audience import rules as rule_book
from forecourt.engines.audience.learning import answers, bounds, counting
from forecourt.engines.audience.models import Build, Classification, DecidedText, Learner
from forecourt.kernel.identifiers import text_key
from forecourt.runtime import clock, scope
from forecourt.runtime.actors import Actor

MANY_DECISIONS: Final = 15
MOST_DECIDED: Final = 100_000
MOST_CARS: Final = 20_000
"""More than these, and the whole history is worked out anew within minutes, once for all that is decided meanwhile."""
_BATCH: Final = 2_000


@dataclass(frozen=True)
class Outcome:
    """What a lesson changed: whether it was taught anew, and how many texts have other kinds now."""

    is_taught: bool
    altered: int


def learn(*, actor: Actor, is_counted: bool = True, is_answered: bool = False) -> Outcome:
    """Count the texts, teach if enough changed, and answer what is open; the cars of texts whose kinds changed are worked out anew.

    `is_counted`: lines came or went; `is_answered`: open texts are answered also where nothing new was learned.
    """
    if is_counted:
        counting.count()
    is_taught = answers.learner().is_on and _teach()
    known = answers.learner()
    # Killed between the lesson and its answers, the next turn gives them.
    is_behind = known.is_on and bool(known.version) and known.basis.get("answered") != known.version
    if not (is_taught or is_answered or is_behind):
        return Outcome(is_taught, 0)
    with transaction.atomic():
        turns.take()
        altered = _answer_open()
        Learner.objects.update(basis={**known.basis, "answered": known.version})
        work_out(altered, actor=actor)
    return Outcome(is_taught, len(altered))


def apply_decisions(text_keys: list[str], *, actor: Actor) -> None:
    """What people decided, or took back, becomes the kind of these texts and of their cars."""
    with transaction.atomic():
        turns.take()
        classification.refresh_texts(text_keys)
    work_out(text_keys, actor=actor)


def work_out(text_keys: list[str], *, actor: Actor) -> None:
    """Facts of the cars with these texts."""
    if not text_keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT visit.vehicle_id FROM history_jobline line JOIN history_visit visit ON visit.id = line.visit_id
                WHERE line.organisation_id = %s AND line.text_key = ANY(%s) LIMIT %s""",
            [scope.organisation_id(), text_keys, MOST_CARS + 1],
        )
        cars = [car for (car,) in cursor.fetchall()]
    if len(cars) > MOST_CARS:
        # Once for all that is decided meanwhile, by the next look for facts of yesterday.
        Build.objects.update(built_for=clock.now().date() - timedelta(days=1))
    else:
        facts.refresh(vehicle_ids=cars, actor=actor)


def _teach() -> bool:
    """Teach if enough changed since; says whether it was done."""
    known, basis = answers.learner(), _basis()
    if not _is_stale(known, basis):
        return False
    from forecourt.engines.audience.learning import lessons, shelf

    with transaction.atomic():
        examples = list(_examples(lessons.Example))
    learned = lessons.teach(examples)
    version = _version(basis["rules_version"], examples) if learned else ""
    if learned:
        shelf.put(answers.folder(), scope.organisation_id(), version, learned)
    with transaction.atomic():
        row = Learner.objects.select_for_update().first() or Learner()
        row.version, row.taught_at, row.basis = version, clock.now(), basis
        row.threshold, row.right = (learned.report.threshold, learned.report.right) if learned else (None, 0.0)
        row.save()
    return True


def _basis() -> dict[str, Any]:
    """What there is to teach from."""
    decided = Classification.objects.filter(told_by="rules", lines__gt=0).count()
    by_people = DecidedText.objects.filter(taken_back_at=None).count()
    return {"method": bounds.METHOD, "rules_version": rule_book.version(), "texts": decided, "by_people": by_people}


def _is_stale(known: Learner, basis: dict[str, Any]) -> bool:
    if basis["texts"] + basis["by_people"] < bounds.LEAST_TEXTS:
        return bool(known.version)
    from forecourt.engines.audience.learning import shelf

    if known.version and shelf.take(answers.folder(), scope.organisation_id(), known.version) is None:
        return True
    was = {"method": 0, "texts": 0, "by_people": 0, "rules_version": ""} | known.basis
    return (
        (was["method"], was["rules_version"]) != (basis["method"], basis["rules_version"])
        or abs(basis["texts"] - was["texts"]) * 10 >= max(was["texts"], 1)
        or abs(basis["by_people"] - was["by_people"]) >= MANY_DECISIONS
    )


def _examples(example: Any) -> Iterator[Any]:
    """The texts that rules or people decided, the most frequent first, people's before all."""
    language_of = {(rule.work_kind, word): rule.language for rule in rule_book.active() for word in rule.words}
    for told_by in ("person", "rules"):
        for key, code, text, kinds, decided_by, lines in told_texts(told_by, most=MOST_DECIDED):
            words = [(each["work_kind"], each["value"]) for each in decided_by if each["by"] == "word"]
            if text and text_key(code, text) == key:  # else the text of its lines was erased
                languages = {language_of.get(word, "") for word in words}
                yield example(
                    code="" if any(each["by"] == "code" for each in decided_by) else code,
                    text=text,
                    kinds=tuple(kinds),
                    because=tuple(f"{kind} {word}" for kind, word in words),
                    is_by_person=told_by == "person",
                    lines=lines,
                    language=languages.pop() if len(languages) == 1 else "",
                )


def told_texts(told_by: str, *, most: int) -> list[tuple[str, str, str, list[str], Any, int]]:
    """Key, code, text, kinds, what decided and number of lines of the most frequent texts told so."""
    rows = Classification.objects.filter(told_by=told_by, lines__gt=0).order_by("-lines", "text_key")[:most]
    values = list(rows.values_list("text_key", "work_kinds", "decided_by", "lines"))
    written = counting.written([key for key, *_rest in values])
    return [(key, *written[key], kinds, by, lines) for key, kinds, by, lines in values if key in written]


def _version(rules_version: str, examples: list[Any]) -> str:
    """32 hexadecimal digits of the method, the rules and the decided texts."""
    told = sorted(f"{each.code}\x1f{each.text}\x1f{each.kinds}" for each in examples)
    return hashlib.blake2b(f"{bounds.METHOD} {rules_version} {told}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _answer_open() -> list[str]:
    """Say of every open text what was learned; returns the keys of those whose kinds changed."""
    knowing = answers.learned()
    rows = list(Classification.objects.filter(told_by__in=answers.OPEN))
    altered: list[str] = []
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        written = counting.written([row.text_key for row in some])
        changed = []
        for row in some:
            before, kinds = _told(row), list(row.work_kinds)
            answers.by_learning(row, written.get(row.text_key, ("", "")), knowing)
            if kinds != row.work_kinds:
                altered.append(row.text_key)
            if before != _told(row):
                changed.append(row)
        Classification.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["organisation_id", "text_key"], update_fields=answers.FIELDS[1:]
        )
    return altered


def _told(row: Classification) -> tuple[Any, ...]:
    return tuple(getattr(row, field) for field in answers.FIELDS[1:])
