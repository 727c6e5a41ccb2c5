"""What is asked about a member of staff."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forecourt.faces.staff.words import ROLE_NAMES
from forecourt.faces.ui.context import LANGUAGE_NAMES
from forecourt.records.dealership.models import Site, StaffMember
from forecourt.runtime import access
from forecourt.runtime.actors import Actor

LANGUAGES = [(code, LANGUAGE_NAMES.get(code, str(name))) for code, name in settings.LANGUAGES]


class PlaceForm(forms.Form):
    """Role and sites. No site chosen means all, for whoever may give that."""

    role = forms.ChoiceField(label=_("Role"))
    sites = forms.TypedMultipleChoiceField(
        label=_("Sites"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: all sites.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.all() if actor.sites is None else Site.objects.filter(pk__in=actor.sites)
        cast("forms.ChoiceField", self.fields["sites"]).choices = [(site.pk, site.name) for site in sites]
        may_all = access.may(actor, "dealership.manage_rights")
        roles = [role for role in access.ROLES if role != "network" and (may_all or role != "administrator")]
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role, ROLE_NAMES[role]) for role in roles]

    def site_choices(self) -> list[tuple[UUID, str, bool]]:
        """Id, name, whether it is chosen."""
        chosen = {str(value) for value in (self["sites"].value() or [])}
        return [(pk, name, str(pk) in chosen) for pk, name in cast("Any", self.fields["sites"]).choices]


class InviteForm(PlaceForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    field_order = ("name", "email", "role", "language", "sites")


class DeputyForm(forms.Form):
    """Who stands in, from when until when, by days on the wall clock of the site."""

    stand_in = forms.TypedChoiceField(label=_("Stands in"), coerce=UUID)
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Until, inclusive"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, absent: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = StaffMember.objects.filter(is_active=True).exclude(pk=absent.pk)
        cast("forms.ChoiceField", self.fields["stand_in"]).choices = [(each.pk, each.name) for each in rows]

    def times(self) -> dict[str, datetime]:
        zone = timezone.get_current_timezone()
        begin, end = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        return {
            "starts_at": datetime(begin.year, begin.month, begin.day, tzinfo=zone),
            "ends_at": datetime(end.year, end.month, end.day, 23, 59, 59, tzinfo=zone),
        }
