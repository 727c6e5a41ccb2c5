"""What is asked about a customer who is entered by hand."""

from typing import Final

from babel import Locale
from django import forms
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from forecourt.faces.staff.words import RETURNS
from forecourt.faces.ui.context import LANGUAGE_NAMES
from forecourt.records.people import standing

_NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ"})


def countries() -> list[tuple[str, str]]:
    """Every country by its name in the language of the page."""
    names = Locale.parse(to_locale(get_language() or "en")).territories
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return sorted(known, key=lambda each: each[1])


class CustomerForm(forms.Form):
    """`returns_by` is asked only once it turns out that the person was erased."""

    kind = forms.ChoiceField(label=_("Private or business"), choices=[("private", _("Private person")), ("business", _("Business"))])
    company = forms.CharField(label=_("Company"), max_length=160, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    mobile = forms.CharField(label=_("Mobile"), max_length=24, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=24, required=False)
    street = forms.CharField(label=_("Street"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=countries)
    language = forms.ChoiceField(label=_("Language"), choices=[*LANGUAGE_NAMES.items()])
    tier = forms.ChoiceField(label=_("Tier"), choices=[("", "–"), *standing.TIERS], required=False)
    looks_for = forms.ChoiceField(label=_("Looks for"), choices=[("", "–"), *standing.LOOKS_FOR], required=False)
    returns_by = forms.ChoiceField(label=_("Why they are a customer again"), choices=[("", _("Choose")), *RETURNS.items()], required=False)
