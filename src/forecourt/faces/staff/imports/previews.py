"""What a dry run would do, as the import's page shows it: counts by subject, and examples of each outcome."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazily

from forecourt.engines.intake.models import Import, PreviewExample, RejectedRow
from forecourt.faces.staff.imports import words
from forecourt.faces.staff.imports.forms import SUBJECTS
from forecourt.faces.ui import formats

_REMARKS = 4
SEVERAL = {"customer": _lazily("Customers"), "vehicle": _lazily("Cars"), "order": _lazily("Repair orders"), "line": _lazily("Job lines")}


@dataclass(frozen=True)
class Value:
    """One field of an example; `before` is blank for what is new."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Example:
    """One thing."""

    subject: str
    title: str
    line: int | None
    values: list[Value]
    thing_id: Any = None
    subject_code: str = ""


@dataclass(frozen=True)
class Section:
    """One outcome with a few examples of it."""

    outcome: str
    title: str
    note: str
    examples: list[Example]
    remarks: list[RejectedRow] = field(default_factory=list)


def of(found: Import) -> dict[str, Any]:
    """Counts by subject and the sections that have anything to show."""
    examples = list(PreviewExample.objects.filter(of_import=found))
    remarks = list(RejectedRow.objects.filter(of_import=found, is_remark=True).order_by("line", "id")[:_REMARKS])
    titles = {
        "created": (_("Would be new"), ""),
        "updated": (_("Would change"), _("from what stands here to what the file says")),
        "doubtful": (_("Doubtful"), _("comes in; look at it before")),
        "gone": (
            _("Would be marked as gone from the source"),
            " · ".join([*_gone(found), _("nothing of it is erased; it leaves target groups")]),
        ),
        "cleaned": (_("Tidied"), _("stored otherwise than it is written in the file")),
    }
    sections = [
        Section(
            outcome, title, note, [_example(each) for each in examples if each.outcome == outcome], remarks if outcome == "doubtful" else []
        )
        for outcome, (title, note) in titles.items()
    ]
    counts = [(label, found.preview[name]) for name, label in SEVERAL.items() if any(found.preview.get(name, {}).values())]
    doubtful = found.rows_remarked + found.preview.get("duplicates", 0) + found.preview.get("odd_mileages", 0)
    return {"counts": counts, "sections": [each for each in sections if each.examples or each.remarks], "doubtful": doubtful}


def much(found: Import) -> list[tuple[Any, int, int]]:
    """Of what the file would mark how many, of how many that its source has."""
    return [(label, told["gone"], told["had"]) for name, label in SEVERAL.items() if (told := found.gone.get(name, {})) and told["had"]]


def unread(found: Import) -> list[tuple[Any, int]]:
    """Of what the file is the whole list: how many rows cannot be told apart from what is missing in it."""
    return [(label, told["unread"]) for name, label in SEVERAL.items() if (told := found.gone.get(name)) and told.get("unread")]


def _gone(found: Import) -> list[str]:
    return [
        f"{label}: {formats.number(told['gone'])}" for name, label in SEVERAL.items() if (told := found.gone.get(name)) and told["gone"]
    ]


def _example(kept: PreviewExample) -> Example:
    values = [
        Value(str(words.field(name)), words.value(name, before) if kept.outcome != "cleaned" else str(before), words.value(name, after))
        for name, before, after in kept.values
    ]
    return Example(str(SUBJECTS[kept.subject]), kept.title, kept.line, values, kept.thing_id, kept.subject)
