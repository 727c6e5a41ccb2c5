"""What the due list can be narrowed to."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from forecourt.engines.audience.due import ORDERS, DueFilters
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.runtime import clock

YES_NO = (("", _("All")), ("yes", _("Yes")), ("no", _("No")))
WHEN = (("", _("Any time")), ("overdue", _("Overdue")), ("30", _("Within 30 days")), ("90", _("Within 90 days")))


class DueFilterForm(forms.Form):
    """Read from the address, so that a filtered list can be kept and shared. What cannot be read counts as not set."""

    q = forms.CharField(required=False, max_length=80)
    kind = forms.CharField(required=False)
    when = forms.ChoiceField(label=_("When"), choices=WHEN, required=False)
    may_write = forms.ChoiceField(label=_("May be written to"), choices=YES_NO, required=False)
    make = forms.CharField(required=False, max_length=40)
    sort = forms.CharField(required=False)
    page = forms.IntegerField(required=False, min_value=1)

    def filters(self, site: Site) -> DueFilters:
        self.is_valid()
        asked: dict[str, Any] = self.cleaned_data
        when = asked.get("when") or ""
        today = clock.today(site.zone)
        return DueFilters(
            text=asked.get("q") or "",
            work_kinds=(asked["kind"],) if asked.get("kind") else (),
            due_until=today + timedelta(days=int(when)) if when.isdigit() else None,
            is_overdue=True if when == "overdue" else None,
            may_write={"yes": True, "no": False}.get(asked.get("may_write") or ""),
            make=asked.get("make") or "",
            site_ids=(site.pk,),
            order=asked["sort"] if asked.get("sort") in ORDERS else "due_on",
            today=today,
        )


def kinds() -> list[tuple[str, Any]]:
    """The kinds of work that fall due by themselves, named in the reader's language."""
    language = get_language() or "en"
    rows = WorkKind.objects.filter(is_active=True, is_invited=True)
    return [("", _("All work")), *((kind.code, kind.label(language)) for kind in rows)]
