"""Whom a flow writes to, and how many at a time."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FlowForm(forms.Form):
    work_kinds = forms.MultipleChoiceField(label=_("Work"), widget=forms.CheckboxSelectMultiple)
    segment_id = forms.ChoiceField(
        label=_("Only cars of this segment"),
        required=False,
        help_text=_("Of the cars that are due, those of the segment are written to. Segments that only you see are not offered."),
    )
    days_ahead = forms.IntegerField(
        label=_("Days ahead"), min_value=0, max_value=365, help_text=_("Writes to cars due within so many days.")
    )
    overdue_days = forms.IntegerField(
        label=_("Days overdue"), min_value=0, max_value=1500, help_text=_("And not longer overdue than this.")
    )
    most_per_run = forms.IntegerField(
        label=_("At most a day"), min_value=1, max_value=100_000, help_text=_("Never more than the workshop has free time for.")
    )
