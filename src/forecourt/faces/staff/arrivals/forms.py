"""What the acceptance of a car asks for. Pictures are stored before the rest is checked, so that nothing taken is taken twice."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forecourt.records.vehicles.mileage import HIGHEST_KM

FUEL_STEPS = [(str(percent), f"{percent} %") for percent in range(0, 101, 5)]


class AcceptanceForm(forms.Form):
    """Mileage, fuel or charge, valuables, damage, who signs."""

    mileage = forms.IntegerField(
        label=_("Mileage in km"), min_value=0, max_value=HIGHEST_KM, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    is_mileage_confirmed = forms.BooleanField(label=_("I have looked again: the display is right"), required=False)
    fuel_percent = forms.TypedChoiceField(label=_("Fuel or charge"), choices=FUEL_STEPS, coerce=int, initial="50")
    valuables = forms.CharField(
        label=_("Valuables left in the car"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    damage = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput())
    damage_text = forms.CharField(required=False, max_length=200)
    signed_name = forms.CharField(label=_("Name of who signs"), max_length=120)

    def clean_damage(self) -> list[dict[str, Any]]:
        """Marks as the action wants them: places as shares of the outline, the named part as note."""
        try:
            marks = json.loads(self.cleaned_data["damage"] or "[]")
            return [_mark(each) for each in marks]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise forms.ValidationError(_("A damage mark could not be read. Please set it again.")) from error

    def marks(self) -> list[dict[str, Any]]:
        """All damage: what was marked, and what was told in words where there is no script."""
        told = self.cleaned_data.get("damage_text", "").strip()
        in_words = [{"x": 0.5, "y": 0.5, "kind": "other", "note": told}] if told else []
        return [*self.cleaned_data["damage"], *in_words]


def _mark(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "x": float(given["x"]) / 100,
        "y": float(given["y"]) / 100,
        "kind": str(given["kind"]),
        "note": str(given.get("place", ""))[:200],
    }
