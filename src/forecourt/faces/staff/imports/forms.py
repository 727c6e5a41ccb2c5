"""What one says when a file comes in: which file, from which source, how it is written, and what its columns mean."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from forecourt.engines.intake import guessing
from forecourt.engines.intake.fields import DATE_READINGS, FIELDS, MILEAGES, NUMBER_READINGS, WHOLE_NAME
from forecourt.engines.intake.mapping import LISTED, Mapping, listed_in, manner_from
from forecourt.engines.intake.ports import AS_DETECTED, Manner
from forecourt.engines.intake.styles import DateOrder, DecimalSign, DistanceUnit
from forecourt.engines.intake.uploads import Look
from forecourt.engines.intake.words import NameOrder
from forecourt.kernel.errors import Refusal
from forecourt.runtime.sentences import quoted

SUBJECTS = {
    "customer": _("Customer"),
    "vehicle": _("Car"),
    "order": _("Repair order"),
    "line": _("Job line"),
}
WHOLE_LISTS = {
    "customer": _("The file is the whole list of the customers"),
    "vehicle": _("The file is the whole list of the cars"),
    "order": _("The file is the whole list of the repair orders of its sites, from its first day to its last"),
}
_MANNER = ("encoding", "delimiter", "quote", "header_line")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV, XLSX, XLS, ODS, Parquet, JSON, or XML of STAR or ADF; any delimiter, encoding, date and number style."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=40,
        help_text=_("The system it comes from, such as autoline. Its columns are remembered by this name."),
    )
    site = forms.ChoiceField(label=_("Site"), required=False, help_text=_("Only if the file does not say which site an order belongs to."))

    def __init__(self, *args: Any, sites: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["site"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("As the file says")), *((str(site.pk), site.name) for site in sites)]


def manner_of(answers: Any) -> Manner:
    """How the file is to be read, from the form. Raises Refusal."""
    return manner_from({name: answers.get(name, "") for name in _MANNER})


def manner_shown(answers: Any) -> Manner:
    """How the file was read when the form was drawn: where one falls back to if what is asked now cannot be done."""
    try:
        kept = json.loads(answers.get("shown") or "{}")
        return manner_from(kept) if isinstance(kept, dict) else AS_DETECTED
    except (ValueError, Refusal):
        return AS_DETECTED


def written(manner: Manner) -> str:
    """For the form's memory."""
    return json.dumps(asdict(manner))


def mapping_of(answers: Any, seen: Look, manner: Manner) -> Mapping:
    """The mapping from a form that asks, per column of the file, what it means and how it is written.

    Where the file now falls into other columns, what was chosen for the old ones means nothing, and the likeliest is offered again.
    """
    if answers.get("width") != str(len(seen.header)) or manner.header_line != manner_shown(answers).header_line:
        return replace(
            guessing.guess(seen.header, seen.table.sample),
            constants=seen.mapping.constants,
            manner=manner,
            no_records=seen.mapping.no_records,
        )
    chosen: dict[str, str] = {}
    date_orders: dict[str, DateOrder] = {}
    decimals: dict[str, DecimalSign] = {}
    units: dict[str, DistanceUnit] = {}
    name_orders: dict[str, NameOrder] = {}
    for index, column in enumerate(seen.header):
        name = answers.get(f"column-{index}", "")
        if name not in FIELDS or name in chosen:
            continue
        chosen[name] = column
        style = answers.get(f"style-{index}", "")
        if FIELDS[name].reading in DATE_READINGS and style in ("dmy", "mdy"):
            date_orders[name] = cast("DateOrder", style)
        elif FIELDS[name].reading in NUMBER_READINGS and style in (",", "."):
            decimals[name] = cast("DecimalSign", style)
        elif name in MILEAGES and style in ("km", "mi"):
            units[name] = cast("DistanceUnit", style)
        elif name == WHOLE_NAME and style in ("first", "last"):
            name_orders[name] = cast("NameOrder", style)
    complete = listed_in(chosen, (subject for subject in LISTED if answers.get(f"complete-{subject}")))
    no_records = tuple(each for each in seen.mapping.no_records if each in answers.getlist("no-records"))
    return replace(
        seen.mapping, columns=chosen, date_orders=date_orders, decimals=decimals, units=units, name_orders=name_orders, manner=manner,
        complete=complete, no_records=no_records,
    )  # fmt: skip


def meant_twice(answers: Any, header: list[str]) -> str:
    """What is wrong where two columns are to mean the same; "" if none are."""
    columns: dict[str, list[str]] = {}
    for index, column in enumerate(header):
        if (name := answers.get(f"column-{index}", "")) in FIELDS:
            columns.setdefault(name, []).append(column)
    for name, several in columns.items():
        if len(several) > 1:
            return _now("Only one column can mean “%(field)s”: %(columns)s.") % {
                "field": FIELDS[name].label,
                "columns": quoted(several),
            }
    return ""


def choices() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What a column can mean, by subject."""
    return [
        (label, [(field.name, field.label) for field in FIELDS.values() if field.subject == subject]) for subject, label in SUBJECTS.items()
    ]
