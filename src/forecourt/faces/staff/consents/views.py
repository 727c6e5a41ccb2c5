"""The state of a customer's consents with every line behind it, and entering what was said at the counter, by telephone or on paper."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import looks
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.kernel.errors import Refusal
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people import consent, controllers, customers
from forecourt.records.people.consent import terms, wordings
from forecourt.records.people.consent.choices import Choice
from forecourt.records.people.consent.texts import act, beside, form, name, way
from forecourt.runtime import access

LINES = 200


@require_GET
@door("people.see_consent")
def page(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """State and ledger."""
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    looks.opened(request, "consents", customer.pk, [], of="customer")
    return _show(request, customer_id)


@require_POST
@door("people.enter_consent")
def enter(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """One line, in the name of the customer, with what proves it."""
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    given = request.POST
    choice = Choice(given.get("controller", terms.DEALER), given.get("purpose", ""), given.get("channel", ""))
    names = controllers.names()
    said, how = given.get("act", ""), given.get("form", "")
    try:
        if choice.controller not in names or said not in consent.ACTS or how not in consent.STAFF_FORMS:
            raise Refusal("unreadable", _("Something in the form cannot be read. Please look again."))
        note = given.get("note", "").strip()[:300]
        entry = consent.enter(
            actor=request.actor, customer_id=customer.pk, purpose=choice.purpose, channel=choice.channel, controller=choice.controller,
            act=said, form=how, wording=f"desk.{choice.purpose}.{choice.channel}", text=beside(choice, names[choice.controller]),  # type: ignore[arg-type]
            evidence={"note": note} if note else {}, language=get_language() or "en",
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, customer_id, problem=str(refusal), status=422)
    asked = entry.form == terms.DOUBLE_OPT_IN
    messages.success(request, _("Written down. The customer is asked by e-mail to confirm it.") if asked else _("Written down."))
    return redirect("consents:page", customer_id)


def _show(request: StaffRequest, customer_id: UUID, problem: str = "", status: int = 200) -> HttpResponse:
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    names = controllers.names()
    context = {
        "customer": customer,
        "channels": [(channel, way(channel)) for channel in (*consent.CHANNELS, terms.CAR)],
        "senders": [(name, _rows(customer.pk, key)) for key, name in names.items()],
        "controllers": list(names.items()),
        "purposes": [(purpose, name(purpose)) for purpose in consent.PURPOSES if purpose not in consent.NEED_NOTHING],
        "acts": [(code, act(code)) for code in consent.ACTS],
        "forms": [(code, form(code)) for code in consent.STAFF_FORMS],
        "lines": _lines(request, customer.pk, names),
        "may_enter": access.may(request.actor, "people.enter_consent"),
        "problem": problem,
        "given": request.POST,
    }
    return render(request, "staff/consents/page.html", context, status=status)


def _rows(customer_id: UUID, controller: str) -> list[tuple[str, list[consent.Verdict | None]]]:
    """A row for each purpose, a verdict for each channel it has."""
    state = consent.state(customer_id=customer_id, controller=controller)
    return [(name(purpose), [state.get((purpose, channel)) for channel in (*consent.CHANNELS, terms.CAR)]) for purpose in consent.PURPOSES]


def _lines(request: StaffRequest, customer_id: UUID, names: dict[str, str]) -> list[dict[str, Any]]:
    entries = list(consent.ledger(actor=request.actor, customer_id=customer_id)[:LINES])
    texts = wordings.of(entries)
    people = dict(StaffMember.objects.filter(pk__in={entry.staff_id for entry in entries}).values_list("pk", "name"))
    return [
        {
            "entry": entry,
            "what": f"{name(entry.purpose)}, {way(entry.channel)}",
            "act": act(entry.act),
            "form": form(entry.form) if entry.act in {"give", "confirm"} else "",
            "sender": names.get(entry.controller, entry.controller),
            "by": people.get(entry.staff_id, "") if entry.staff_id else "",
            "text": texts.get((entry.wording, entry.language, entry.wording_version), ""),
            "proof": [
                ("" if key == "note" else key, value)
                for key, value in sorted(entry.evidence.items())
                if key not in {"change", "undoes", "was_allowed"}
            ],
        }
        for entry in entries
    ]
