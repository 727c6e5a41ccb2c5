"""The customers of the dealer: found by what one has at hand, shown with cars, consents, messages and timeline."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from forecourt.faces.staff import corrected, looks, origins
from forecourt.faces.staff.cases.views import STATES
from forecourt.faces.staff.corrected import CUSTOMER_PARTS
from forecourt.faces.staff.customers import person
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.faces.staff.signin.confirming import confirmed
from forecourt.kernel.errors import Refusal
from forecourt.records.people import consent, customers, erasures, merges, takeout
from forecourt.records.people.models import Erasure
from forecourt.records.timeline import reading
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import access, clock

PAGE_SIZE = 50
TIMELINE_LENGTH = 60
TRAIL_DAYS = 365
ORDERS = {"name": "sort_key", "-name": "-sort_key", "number": "number", "-number": "-number", "city": "city", "-city": "-city"}
PURPOSES = {
    "service_reminder": _("Service reminders"),
    "offers": _("Offers"),
    "survey": _("Questions after a visit"),
}
REASONS = {
    "asked": _("The person asked for it"),
    "withdrew": _("The person withdrew their consent"),
    "no_longer_needed": _("The data are no longer needed"),
    "wrongly_kept": _("The data should not have been kept"),
}
LOOKED = {
    "read.customer": _("Looked at this page"),
    "people.archive_requested": _("Asked for the archive"),
    "people.archive_fetched": _("Fetched the archive"),
    "people.merged": _("Merged two records"),
    "people.merge_undone": _("Undid a merge"),
}


@require_GET
@door("people.see_customer")
def customer_list(request: StaffRequest) -> HttpResponse:
    """Search by name, number, e-mail, telephone or plate."""
    text = request.GET.get("q", "").strip()
    order = ORDERS.get(request.GET.get("sort", ""), "sort_key")
    current = Holding.objects.filter(until_on=None).select_related("vehicle")
    rows = customers.matching(text).order_by(order, "pk").prefetch_related(Prefetch("holdings", current, to_attr="current_holdings"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    by_plate = vehicles.search(actor=request.actor, text=text, at_most=5) if text else []
    looks.listed(request, "customers", [each.pk for each in page], asked=text, page=page.number)
    context = {"page": page, "text": text, "cars": by_plate, "may_enter": access.may(request.actor, "people.edit_customer")}
    return render(request, "staff/customers/list.html", context)


@require_GET
@door("people.see_customer")
def customer_page(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """One person with everything that this member of staff may see. That they looked is noted, but not when the page redraws itself."""
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    if customer.merged_into_id:
        return redirect("customers:customer", merges.current_id(customer.pk))
    looks.opened(request, "customer", customer.pk, [])
    state = consent.state(customer_id=customer.pk)
    verdicts = [(label, state[purpose, "email"]) for purpose, label in PURPOSES.items() if (purpose, "email") in state]
    shown = person.picture(request.actor, customer)
    context = {
        **shown,
        "customer": customer,
        "due_words": person.names_of_work(shown["holdings"], get_language() or "en"),
        "consents": [(label, verdict, consent.words(verdict.reason_code)) for label, verdict in verdicts],
        "may_give_code": access.may(request.actor, "accounts.give_code"),
        "timeline": reading.of("customer", customer.pk, actor=request.actor, limit=TIMELINE_LENGTH),
        "case_states": STATES,
        "looked_words": LOOKED,
        "may_trail": access.may(request.actor, "dealership.see_trail"),
        "trail_since": clock.today(request.site.zone) - timedelta(days=TRAIL_DAYS),
        "archive": takeout.of_customer(customer.pk) if access.may(request.actor, "people.take_out") else None,
        "erasure": erasures.of_customer(customer.pk),
        "origin": origins.told(request, customer),
        "may": {name: access.may(request.actor, f"people.{name}") for name in ("erase", "take_out", "merge", "see_consent")},
        "may_book": access.may(request.actor, "workshop.book"),
        "may_edit": access.may(request.actor, "people.edit_customer"),
        "corrections": corrected.shown(customer.corrections.all(), CUSTOMER_PARTS),
    }
    return render(request, "staff/customers/customer.html", context)


@door("people.erase")
@confirmed
def erase(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Why, what would go, what law keeps until when, what stands in the way; a POST has it done in the background."""
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    refusal, status = "", 200
    if request.method == "POST":
        reason, is_patient = request.POST.get("reason", ""), request.POST.get("is_patient") == "on"
        try:
            erasures.request(actor=request.actor, customer_id=customer.pk, reason=reason, is_patient=is_patient)
        except Refusal as refused:
            refusal, status = str(refused), 422
        else:
            messages.success(request, _("This person is being erased; it takes a moment."))
            return redirect("customers:list")
    looks.opened(request, "customer", customer.pk, [])
    context = {
        "customer": customer,
        "plan": erasures.plan(actor=request.actor, customer_id=customer.pk),
        "reasons": REASONS,
        "refusal": refusal,
        "chosen": request.POST.get("reason", ""),
        "waiting": erasures.of_customer(customer.pk),
    }
    return render(request, "staff/customers/erase.html", context, status=status)


@require_POST
@door("people.erase")
def keep(request: StaffRequest, erasure_id: UUID) -> HttpResponse:
    """A waiting erasure is called off."""
    waiting = access.fetch(Erasure, erasure_id, actor=request.actor, right="people.erase")
    customer_id = waiting.customer_id
    erasures.withdraw(actor=request.actor, erasure_id=erasure_id)
    messages.success(request, _("The erasure was called off."))
    return redirect("customers:customer", customer_id)


@require_POST
@door("people.take_out")
@confirmed
def take_out(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Have the archive made."""
    takeout.request(actor=request.actor, customer_id=customer_id)
    messages.success(request, _("The archive is being made; it will be here in a moment."))
    return redirect("customers:customer", customer_id)


@require_POST
@door("people.take_out")
@confirmed
def archive(request: StaffRequest, takeout_id: UUID) -> HttpResponse:
    """To the signed, short link of an archive; each fetch is in the audit trail."""
    return redirect(takeout.fetch(actor=request.actor, takeout_id=takeout_id))
