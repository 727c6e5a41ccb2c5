"""What is found while working, as it is written down."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

URGENCIES = (("safety", _("Safety: must be done now")), ("soon", _("Soon: within weeks")), ("can_wait", _("Can wait")))


class FindingForm(forms.Form):
    title = forms.CharField(label=_("What is it?"), max_length=160)
    detail = forms.CharField(
        label=_("Explanation for the customer"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=URGENCIES, initial="soon")
    net = forms.DecimalField(
        label=_("Price without tax"), min_value=Decimal(0), max_digits=12, decimal_places=2, localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Working time in minutes"),
        min_value=0,
        max_value=6000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": "5"}),
    )

    def __init__(self, data: object = None, **kwargs: object) -> None:
        super().__init__(_with_point(data), **kwargs)  # type: ignore[arg-type]


def _with_point(data: object) -> object:
    """Prices are typed as `89,90` in most of Europe."""
    if data is None or not hasattr(data, "copy"):
        return data
    copied = data.copy()
    price = copied.get("net", "").replace(" ", "").replace("\u00a0", "")
    if "," in price:
        copied["net"] = price.replace(".", "").replace(",", ".")
    return copied
