"""Making words unreadable where we keep text outside the database: log files, and fragments and jobs on their way.

Logs hold ids, not names; this is for what slipped in with an error's text. A word is overwritten in place by as many signs, so that a part
that goes on writing is not disturbed.
"""

import re
from pathlib import Path

from django.conf import settings
from django.db import connection

from forecourt.runtime import personal_data
from forecourt.runtime.models import LiveFragment
from forecourt.runtime.personal_data import Subject


def scrub_logs(subject: Subject) -> int:
    """Overwrite the words in every log; returns how often that was needed."""
    folder: Path = settings.DATA / "logs"
    pattern = _pattern(subject)
    if not folder.exists() or pattern is None:
        return 0
    return sum(_scrub(path, pattern) for path in sorted(folder.rglob("*")) if path.is_file())


def _pattern(subject: Subject) -> re.Pattern[bytes] | None:
    needles = sorted({word.encode() for word in (*subject.words, *map(str, subject.customer_ids))}, key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, needles)), re.IGNORECASE) if needles else None


def _scrub(path: Path, pattern: re.Pattern[bytes]) -> int:
    found = 0
    with path.open("r+b") as file:
        while line := file.readline():
            if cleaned := _cleaned(line, pattern):
                end = file.tell()
                file.seek(end - len(line))
                file.write(cleaned)
                file.seek(end)
                found += 1
    return found


def _cleaned(line: bytes, pattern: re.Pattern[bytes]) -> bytes:
    cleaned = pattern.sub(lambda word: b"*" * len(word[0]), line)
    return cleaned if cleaned != line else b""


def forget_fragments(subject: Subject) -> int:
    """Pieces of pages that were on their way to browsers; they live ten minutes at most."""
    pattern = "|".join(map(re.escape, sorted(subject.words)))
    if not pattern:
        return 0
    gone = LiveFragment.objects.extra(where=["variants::text ~* %s"], params=[pattern])
    return int(LiveFragment.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).delete()[0])


def forget_jobs(subject: Subject) -> int:
    """Finished and dead jobs whose arguments name the person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND args::text ~ %s",
            ["|".join(map(re.escape, sorted(map(str, subject.customer_ids))))],
        )
        return int(cursor.rowcount)


def register() -> None:
    """Called once, when the runtime is ready."""
    personal_data.place("logs", scrub_logs)
    personal_data.place("fragments of pages", forget_fragments)
    personal_data.place("jobs that are over", forget_jobs)
