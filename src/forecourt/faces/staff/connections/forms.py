"""What an administrator enters for a program."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forecourt.faces.staff.connections import words
from forecourt.records.dealership.models import Site


class SubscriptionForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80, help_text=_("Which program it is."))
    address = forms.URLField(
        label=_("Web address"), max_length=500, assume_scheme="https",
        help_text=_("Where the program listens. It begins with https:// and lies in the public internet."),
    )  # fmt: skip
    events = forms.MultipleChoiceField(label=_("What it is told"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = words.events()  # type: ignore[attr-defined]


class InletForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80, help_text=_("Which program it is."))
    source = forms.CharField(
        label=_("Source"), max_length=40, help_text=_("As with uploaded files: columns of the same source are read the same way.")
    )
    site = forms.ChoiceField(label=_("Site"), required=False, help_text=_("For rows that name no site."))

    def __init__(self, *args: Any, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [("", _("As the file says")), *((str(site.pk), site.name) for site in sites)]  # type: ignore[attr-defined]

    def clean_site(self) -> UUID | None:
        chosen = self.cleaned_data["site"]
        return UUID(chosen) if chosen else None
