"""Forms of the pages about privacy."""

from typing import Any, cast

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
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=lambda: [(each, texts.name(each)) for each in terms.PURPOSES])
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    basis = forms.CharField(
        label=gettext_lazy("Basis"), max_length=200, help_text=gettext_lazy("The agreement or law that it rests on, with its date.")
    )
    shared = forms.MultipleChoiceField(
        label=gettext_lazy("What is shared"), choices=lambda: [(name, field_name(name)) for name in shares.FIELDS]
    )

    def __init__(self, *args: Any, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for end in ("from_controller", "to_controller"):
            cast("forms.ChoiceField", self.fields[end]).choices = list(names.items())


class ControllerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=[("group", gettext_lazy("Group of dealers")), ("importer", gettext_lazy("Importer"))]
    )
    key = forms.SlugField(
        label=gettext_lazy("Short name"), max_length=60, help_text=gettext_lazy("As files and programs call it; it does not change.")
    )
