"""The customers of the dealer: found by what one has at hand, shown with cars, consents, messages and timeline."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from forecourt.engines.messaging.models import Message
from forecourt.faces.staff.door import StaffRequest, door
from forecourt.records.people import consent, customers
from forecourt.records.timeline import reading
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import access, audit

PAGE_SIZE = 50
TIMELINE_LENGTH = 60
ORDERS = {"name": "sort_key", "-name": "-sort_key", "number": "number", "-number": "-number", "city": "city", "-city": "-city"}
PURPOSES = {
    "service_reminder": _("Service reminders"),
    "offers": _("Offers"),
    "survey": _("Questions after a visit"),
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
    audit.read(by=request.actor, what="customers", about=[each.pk for each in page], asked=text, page=page.number)
    return render(request, "staff/customers/list.html", {"page": page, "text": text, "cars": by_plate})


@require_GET
@door("people.see_customer")
def customer_page(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """One customer with everything that staff may see."""
    customer = customers.find(actor=request.actor, customer_id=customer_id)
    audit.record(by=request.actor, act="read.customer", object_kind="customer", object_id=customer.pk)
    state = consent.state(customer_id=customer.pk)
    verdicts = [(label, state[purpose, "email"]) for purpose, label in PURPOSES.items() if (purpose, "email") in state]
    context = {
        "customer": customer,
        "cars": vehicles.cars_of(customer.pk),
        "consents": [(label, verdict, consent.words(verdict.reason_code)) for label, verdict in verdicts],
        "messages_sent": Message.objects.filter(customer_id=customer.pk).order_by("-queued_at")[:10],
        "may_give_code": access.may(request.actor, "accounts.give_code"),
        "timeline": reading.of("customer", customer.pk, actor=request.actor, limit=TIMELINE_LENGTH),
    }
    return render(request, "staff/customers/customer.html", context)
