"""What the planning board and its pages are asked with."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from forecourt.journeys.workshop import appointments
from forecourt.records.dealership.models import Bay, Site, StaffMember
from forecourt.runtime import clock

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
WALL_CLOCK = "%Y-%m-%dT%H:%M"
DEPARTMENTS = {
    "mechanical": _("Mechanical"),
    "tyres": _("Tyres"),
    "body": _("Body and paint"),
    "diagnosis": _("Diagnosis"),
    "detailing": _("Detailing"),
}
REASONS = {
    "customer_asked": _("The customer asked for it"),
    "other_time": _("Another time will be found"),
    "not_my_car": _("Not their car any more"),
    "dealer": _("We cannot keep it"),
    "other": _("Another reason"),
}


class BoardForm(forms.Form):
    """Read from the address; what cannot be read counts as not set."""

    day = forms.DateField(required=False)
    view = forms.ChoiceField(choices=(("day", ""), ("week", "")), required=False)
    department = forms.CharField(required=False, max_length=24)
    q = forms.CharField(required=False, max_length=80)

    def day_at(self, site: Site) -> date:
        self.is_valid()
        asked: date | None = self.cleaned_data.get("day")
        # Far away from today there is nothing to plan, and further still there is no calendar.
        today = clock.today(site.zone)
        return asked if asked and abs(asked - today) < timedelta(days=3660) else today

    def text(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")


class MoveForm(forms.Form):
    """Where an appointment shall go: by a drop (`resource`, `starts_at`, `version`) or by hand."""

    starts_at = forms.DateTimeField(
        label=_("Day and time"), input_formats=[WALL_CLOCK, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format=WALL_CLOCK, attrs={"type": "datetime-local", "step": "900"}),
    )  # fmt: skip
    resource = forms.UUIDField(label=_("Bay"), required=False, widget=forms.Select())
    technician = forms.UUIDField(label=_("Technician"), required=False, widget=forms.Select())
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=15, max_value=24 * 60)
    version = forms.IntegerField(widget=forms.HiddenInput())

    def clean_starts_at(self) -> datetime:
        asked: datetime = self.cleaned_data["starts_at"]
        if not _FIRST_YEAR <= asked.year < _LAST_YEAR:
            raise forms.ValidationError(_("Please choose a day of this century."))
        return asked

    def offer(self, site: Site) -> None:
        """Fill the selects with the site's bays and technicians."""
        bays = Bay.objects.filter(site=site, is_active=True).values_list("pk", "name")
        technicians = StaffMember.objects.filter(home_site=site, role="technician", is_active=True).values_list("pk", "name")
        for name, rows in (("resource", bays), ("technician", technicians)):
            widget: Any = self.fields[name].widget
            widget.choices = [("", _("Whichever fits")), *rows]


class CancelForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=[(code, REASONS[code]) for code in appointments.REASONS])


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Add to the note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class NewForm(forms.Form):
    """A new appointment: car, work, time."""

    vehicle = forms.UUIDField(required=False)
    customer = forms.UUIDField(required=False)
    kinds = forms.MultipleChoiceField(label=_("Work"), required=False)
    from_day = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    slot = forms.CharField(required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    q = forms.CharField(required=False, max_length=80)

    def identifier(self, name: str) -> UUID | None:
        found: UUID | None = self.cleaned_data.get(name)
        return found
