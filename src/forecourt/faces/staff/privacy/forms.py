"""Forms of the pages about privacy."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecourt.records.people import shares
from forecourt.records.people.consent import terms, texts


def field_name(name: str) -> str:
    """What of a customer is shared, in words."""
    return {
        "number": _("Customer number"), "kind": _("Private or business"), "salutation": _("Salutation"), "first_name": _("First name"),
        "last_name": _("Last name"), "company": _("Company"), "language": _("Language"), "email": _("E-mail"), "phone": _("Telephone"),
        "mobile": _("Mobile"), "street": _("Street"), "postcode": _("Postcode"), "city": _("City"), "country": _("Country"),
    }.get(name, name)  # fmt: skip


class ShareForm(forms.Form):
    from_controller = forms.ChoiceField(label=gettext_lazy("From"))
    to_controller = forms.ChoiceField(label=gettext_lazy("To"))
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"))
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    basis = forms.CharField(
        label=gettext_lazy("Basis"), max_length=200, help_text=gettext_lazy("The agreement or law that it rests on, with its date.")
    )
    shared = forms.MultipleChoiceField(label=gettext_lazy("What is shared"))

    def __init__(self, *args: Any, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_controller"].choices = self.fields["to_controller"].choices = list(names.items())  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [(purpose, texts.name(purpose)) for purpose in terms.PURPOSES]  # type: ignore[attr-defined]
        self.fields["shared"].choices = [(name, field_name(name)) for name in shares.FIELDS]  # type: ignore[attr-defined]


class ControllerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"))
    key = forms.SlugField(
        label=gettext_lazy("Short name"), max_length=60, help_text=gettext_lazy("As files and programs call it; it does not change.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("group", _("Group of dealers")), ("importer", _("Importer"))]  # type: ignore[attr-defined]
