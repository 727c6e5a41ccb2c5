"""What one says when a file comes in: which file, from which source, and what its columns mean."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forecourt.engines.intake.fields import FIELDS
from forecourt.engines.intake.mapping import Mapping

SUBJECTS = {
    "customer": _("Customer"),
    "vehicle": _("Car"),
    "order": _("Repair order"),
    "line": _("Job line"),
}


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


def mapping_of(answers: Any, header: list[str], earlier: Mapping) -> Mapping:
    """The mapping from a form that asks, per column of the file, what it means."""
    meanings = {answers.get(f"column-{index}", ""): column for index, column in enumerate(header)}
    chosen = {field: column for field, column in meanings.items() if field in FIELDS}
    return Mapping(
        columns=chosen, constants=earlier.constants, date_order=earlier.date_order, decimal=earlier.decimal, country=earlier.country
    )


def choices() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What a column can mean, by subject."""
    return [
        (label, [(field.name, field.label) for field in FIELDS.values() if field.subject == subject]) for subject, label in SUBJECTS.items()
    ]
