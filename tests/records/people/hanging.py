"""Things of every kind that hang on a customer or a car, many of each, for merges and erasures."""

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from forecourt.engines.audience.models import DueWork, VehicleFacts
from forecourt.engines.cases.models import Case
from forecourt.engines.messaging.models import Message, Pause
from forecourt.engines.offers.models import Invoice, Request
from forecourt.journeys.care.models import Survey
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.ids import uuid7
from forecourt.records.accounts.models import Account, CarClaim, CustomerLink, DealerCode, DriverInvitation
from forecourt.records.history.models import Visit
from forecourt.records.people.models import ConsentEntry, Customer, CustomerCorrection, CustomerReference, Takeout
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleReference
from forecourt.runtime import clock, files
from tests.cast import Dealer

_numbers = itertools.count(1)


def hang(dealer: Dealer, customer: Customer, each: int) -> None:
    """So many rows of every table that names a customer; call inside the dealer's scope."""
    site = next(iter(dealer.sites.values()))
    now = clock.now()
    numbers = [next(_numbers) for _ in range(each)]
    ids = {"organisation_id": dealer.organisation.pk}
    of = {**ids, "customer_id": customer.pk}
    cars = Vehicle.objects.bulk_create(
        Vehicle(vin=f"WVW{number:014}", plate=f"ZZ {number}", plate_key=f"ZZ{number}", **ids) for number in numbers
    )
    _bulk(Holding, numbers, lambda i, n: {"vehicle": cars[i], **of})
    _bulk(CustomerReference, numbers, lambda i, n: {"source": "dms", "number": f"{n}", **of})
    _bulk(CustomerCorrection, numbers, lambda i, n: {"part": f"part {n}", "made_at": now, "made_by_kind": "staff", **of})
    _bulk(
        Visit, numbers, lambda i, n: {"site": site, "vehicle": cars[i], "number": f"V{n}", "source": "dms", "opened_on": now.date(), **of}
    )
    _bulk(VehicleFacts, numbers, lambda i, n: {"vehicle": cars[i], "computed_on": now.date(), **of})
    _bulk(DueWork, numbers, lambda i, n: {"vehicle": cars[i], "work_kind": "inspection", "due_on": now.date(), "because": "time", "computed_on": now.date(), **of})  # fmt: skip
    _bulk(Case, numbers, lambda i, n: {"number": n, "kind": "low_score", "site_id": site.pk, "cause_kind": "survey", "cause_id": uuid4(), "opened_at": now, "contact_due_at": now, "solve_due_at": now, **of})  # fmt: skip
    _bulk(Message, numbers, lambda i, n: {"cause_kind": "test", "cause_id": uuid4(), "step": "one", "address": customer.email, "purpose": "contract", "language": "de", "template": "test", "message_id": f"{uuid4()}", "due_at": now, "queued_at": now, "state": "sent", "is_announced": True, **of})  # fmt: skip
    _bulk(Pause, numbers, lambda i, n: {"reason": "case_open", "from_at": now, **of})
    _bulk(Request, numbers, lambda i, n: {"subject_kind": "job_card", "subject_id": uuid4(), "site_id": site.pk, "number": 1, "kind": "extra", "currency": "EUR", **of})  # fmt: skip
    _bulk(Invoice, numbers, lambda i, n: _invoice(dealer, site.pk, n) | of)
    flow, _ = Flow.objects.get_or_create(kind="service_due", defaults={"name": "Service due", "work_kinds": ["inspection"]})
    _bulk(Invitation, numbers, lambda i, n: {"flow": flow, "vehicle": cars[i], "site_id": site.pk, "work_kinds": ["inspection"], "due_on": now.date(), "planned_at": now, **of})  # fmt: skip
    booked = _bulk(Appointment, numbers, lambda i, n: {"number": n, "site": site, "vehicle": cars[i], "work_kinds": ["inspection"], "minutes": 60, "starts_at": now, "ends_at": now + timedelta(hours=1), "state": "arrived", "source": "staff", "booked_at": now, **of})  # fmt: skip
    cards = _bulk(
        JobCard, numbers, lambda i, n: {"number": n, "site": site, "appointment": booked[i], "vehicle": cars[i], "stage": "collected", **of}
    )
    _bulk(Survey, numbers, lambda i, n: {"vehicle_id": cars[i].pk, "site_id": site.pk, "job_card_id": cards[i].pk, "due_at": now, **of})
    _bulk(ConsentEntry, numbers, lambda i, n: {"purpose": "offers", "channel": "email", "act": "give", "wording": "test", "source": "staff", "entered_at": now, **of})  # fmt: skip
    _bulk(Takeout, numbers, lambda i, n: {"requested_at": now, "requested_by_kind": "staff", **of})
    paper = files.keep(actor=dealer.system, name="paper.pdf", data=b"%PDF-1.4", media_type="application/pdf")
    _bulk(DealerCode, numbers, lambda i, n: {"digest": f"{n:064}", "given_at": now, "ends_at": now, **of})
    _bulk(CarClaim, numbers, lambda i, n: {"account_id": uuid4(), "vin": f"{n:017}", "name": "Dana", "paper": paper, "state": "approved", "asked_at": now, **of})  # fmt: skip
    accounts = Account.objects.bulk_create(Account(email=f"hanging-{number}@example.org") for number in numbers)
    _bulk(CustomerLink, numbers, lambda i, n: {"account": accounts[i], "way": "staff_check", "began_at": now, **of})


def hang_on_car(dealer: Dealer, car: Vehicle, each: int) -> None:
    """So many rows of every table that names a car and follows it; call inside the dealer's scope."""
    site, now = next(iter(dealer.sites.values())), clock.now()
    numbers = [next(_numbers) for _ in range(each)]
    ids = {"organisation_id": dealer.organisation.pk}
    of = {**ids, "vehicle": car, "customer_id": next(iter(dealer.customers.values())).pk}
    _bulk(Holding, numbers, lambda i, n: {"role": "driver", **of})
    _bulk(VehicleReference, numbers, lambda i, n: {"source": "dms", "number": f"{n}", "vehicle": car, **ids})
    _bulk(Vehicle, numbers, lambda i, n: {"vin": f"WVW{n:014}", "merged_into": car, **ids})
    _bulk(Visit, numbers, lambda i, n: {"site": site, "number": f"V{n}", "source": "dms", "opened_on": now.date(), **of})
    _bulk(Case, numbers, lambda i, n: {"number": n, "kind": "low_score", "site_id": site.pk, "cause_kind": "survey", "cause_id": uuid4(), "opened_at": now, "contact_due_at": now, "solve_due_at": now, "vehicle_id": car.pk, "customer_id": of["customer_id"], **ids})  # fmt: skip
    flow, _ = Flow.objects.get_or_create(kind="service_due", defaults={"name": "Service due", "work_kinds": ["inspection"]})
    _bulk(Invitation, numbers, lambda i, n: {"flow": flow, "site_id": site.pk, "work_kinds": ["inspection"], "due_on": now.date() + timedelta(days=n), "planned_at": now, **of})  # fmt: skip
    booked = _bulk(Appointment, numbers, lambda i, n: {"number": n, "site": site, "work_kinds": ["inspection"], "minutes": 60, "starts_at": now, "ends_at": now + timedelta(hours=1), "state": "arrived", "source": "staff", "booked_at": now, **of})  # fmt: skip
    cards = _bulk(JobCard, numbers, lambda i, n: {"number": n, "site": site, "appointment": booked[i], "stage": "collected", **of})
    _bulk(Survey, numbers, lambda i, n: {"vehicle_id": car.pk, "site_id": site.pk, "job_card_id": cards[i].pk, "due_at": now, "customer_id": of["customer_id"], **ids})  # fmt: skip
    accounts = Account.objects.bulk_create(Account(email=f"driving-{number}@example.org") for number in numbers)
    links = _bulk(CustomerLink, numbers, lambda i, n: {"account": accounts[i], "way": "invitation", "began_at": now, "vehicle_id": car.pk, "customer_id": of["customer_id"], **ids})  # fmt: skip
    _bulk(DriverInvitation, numbers, lambda i, n: {"owner_link": links[i], "vehicle_id": car.pk, "address": "driver@example.org", "may_book": True, "may_approve": True, "digest": f"{n:064}", "invited_at": now, "ends_at": now})  # fmt: skip


def _invoice(dealer: Dealer, site_id: UUID, number: int) -> dict[str, Any]:
    return {
        "legal_entity_id": uuid7(), "site_id": site_id, "subject_kind": "job_card", "subject_id": uuid4(), "number": f"R-{number}",
        "issued_on": clock.now().date(), "issued_at": clock.now(), "currency": "EUR", "language": "de", "parties": {}, "net": Decimal(0),
        "tax": Decimal(0), "gross": Decimal(0), "tax_groups": [],
    }  # fmt: skip


def _bulk(model: Any, numbers: list[int], values: Any) -> list[Any]:
    return list(model.objects.bulk_create(model(**values(place, number)) for place, number in enumerate(numbers)))
