"""When a consent to advertising by e-mail has to be confirmed: the rule, what it means where customers live, and how it came about."""

from typing import Any
from uuid import UUID

from babel import Locale
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.privacy import tabs
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people.consent import house
from forecourt.runtime import audit

SHOWN = 20


@require_GET
@door("people.set_consent_rules")
def page(request: StaffRequest) -> HttpResponse:
    """The choice, country by country what it means, and who decided what when."""
    return _show(request)


@require_POST
@door("people.set_consent_rules")
def decide(request: StaffRequest) -> HttpResponse:
    """The rule from now on; the notice leads back to the one before."""
    try:
        before = house.decide(actor=request.actor, double_opt_in=request.POST.get("double_opt_in", ""))
    except Refusal as refusal:
        return _show(request, problem=str(refusal), status=422)
    if before != house.chosen():
        messages.success(request, _("Saved. It holds at once, for consents given before too."))
    return redirect("privacy:opt_in")


def _show(request: StaffRequest, problem: str = "", status: int = 200) -> HttpResponse:
    chosen, words = house.chosen(), _words()
    changes = _changes(words)
    context = {
        "choices": [(code, *told, code == chosen) for code, told in words.items()], "problem": problem, "changes": changes, "countries": _countries(chosen),
        "before": changes[0]["before_code"] if changes else "", **tabs.of(request),
    }  # fmt: skip
    return render(request, "staff/privacy/opt_in.html", context, status=status)


def _words() -> dict[str, tuple[str, str]]:
    return {
        "by_country": (
            _("As the country asks"),
            _("Confirmed in Germany and Austria. Whose country is not known counts as living where you are."),
        ),
        "always": (_("Always"), _("Confirmed wherever the customer lives.")),
        "never": (_("Never"), _("What a customer says at the counter or on the telephone counts at once. Ask your counsel first.")),
    }


def _countries(rule: str) -> list[dict[str, Any]]:
    names = Locale.parse(to_locale(get_language() or "en")).territories
    return [
        {"name": names.get(each.code, each.code) if each.code else _("not known"), "customers": each.customers, "asks": each.asks}
        for each in house.countries(rule=rule)
    ]


def _changes(words: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    entries = list(audit.entries(act="people.consent_rule_set")[:SHOWN])
    staff: dict[UUID | None, str] = dict(StaffMember.objects.filter(pk__in={each.actor_id for each in entries}).values_list("pk", "name"))
    return [
        {
            "at": each.at, "by": staff.get(each.actor_id), "before_code": each.values["before"],
            "before": words[each.values["before"]][0], "after": words[each.values["after"]][0],
        }
        for each in entries
    ]  # fmt: skip
