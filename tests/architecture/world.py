"""One of everything for a dealer's site, so that every route with an id can be tried with an own, a sister site's and a foreign one."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from forecourt.engines.audience.models import DecidedText, DueWork, RuleVersion, Segment, VehicleFacts
from forecourt.engines.cases.models import Case
from forecourt.engines.exchange import signing
from forecourt.engines.exchange.models import Attempt, Delivery, Inlet, Receipt, Subscription
from forecourt.engines.intake import sources, uploads
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.models import ERASED, RejectedRow, Source, SourceFile
from forecourt.engines.messaging.models import Message
from forecourt.engines.offers.models import Item, Request
from forecourt.journeys.care.models import Survey
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop.models import Appointment, JobCard, WorkLine
from forecourt.kernel.ids import uuid7
from forecourt.records.accounts import tokens
from forecourt.records.accounts.models import CarClaim
from forecourt.records.dealership import deputies, invitations, staff, support
from forecourt.records.dealership.models import Site
from forecourt.records.history.models import Visit, VisitCorrection
from forecourt.records.people.models import ConsentEntry, Controller, Customer, CustomerCorrection, Erasure, Likeness, Merge, Share, Takeout
from forecourt.records.vehicles.models import Vehicle, VehicleCorrection, VehicleLikeness, VehicleMerge
from forecourt.runtime import clock, files, seals
from forecourt.runtime.actors import system

Ids = dict[str, Any]
# What the links and pages of each purpose are about.
SUBJECT_OF = {
    "booking": "invitation_id", "appointment": "appointment_id", "visit": "job_card_id", "survey": "survey_id", "account": "customer_id",
    "preferences": "customer_id", "consent_confirm": "consent_id",
}  # fmt: skip


def at(site: Site, customer: Customer, vehicle: Vehicle, number: int) -> Ids:
    """Ids by the name that routes give them. Call inside the dealer's scope."""
    now = clock.now()
    appointment = Appointment.objects.create(
        number=number, site=site, customer=customer, vehicle=vehicle, work_kinds=["inspection"], minutes=60, starts_at=now,
        ends_at=now + timedelta(hours=1), state="arrived", source="staff", booked_at=now,
    )  # fmt: skip
    job_card = JobCard.objects.create(
        number=number, site=site, appointment=appointment, customer=customer, vehicle=vehicle, stage="accepted"
    )
    line = WorkLine.objects.create(job_card=job_card, position=1, title="Inspection", net=Decimal(100), tax_rate=Decimal(22), minutes=60)
    request = Request.objects.create(
        subject_kind="job_card", subject_id=job_card.pk, site_id=site.pk, customer_id=customer.pk, number=1, kind="extra", currency="EUR"
    )
    item = Item.objects.create(
        request=request, position=1, title="Brake pads", urgency="soon", net=Decimal(100), tax_rate=Decimal(22), gross=Decimal(122)
    )
    due = DueWork.objects.create(
        vehicle=vehicle, customer_id=customer.pk, site_id=site.pk, work_kind="inspection", due_on=now.date(), because="time",
        computed_on=now.date(),
    )  # fmt: skip
    flow, _ = Flow.objects.get_or_create(kind="service_due", defaults={"name": "Service due", "work_kinds": ["inspection"]})
    invitation = Invitation.objects.create(
        flow=flow, customer=customer, vehicle=vehicle, site_id=site.pk, work_kinds=["inspection"], due_on=now.date(), planned_at=now
    )
    asked = ConsentEntry.objects.create(
        customer=customer,
        purpose="offers",
        channel="email",
        act="give",
        form="double_opt_in",
        source="staff",
        wording="desk",
        entered_at=now,
    )
    VehicleFacts.objects.update_or_create(
        vehicle=vehicle,
        defaults={"customer_id": customer.pk, "site_id": site.pk, "computed_on": now.date(), "customer_kind": "private", "country": "IT"},
    )
    segment = Segment.objects.create(
        name=f"Segment {number}", rule={"field": "country", "op": "eq", "value": "IT"}, made_at=now, changed_at=now
    )
    RuleVersion.objects.get_or_create(number=1, defaults={"rules_version": "", "made_at": now})
    decided = DecidedText.objects.create(text_key=f"{number:032}", work_kinds=["brakes"], batch_id=uuid7(), decided_at=now)
    survey = Survey.objects.create(customer=customer, vehicle_id=vehicle.pk, site_id=site.pk, job_card_id=job_card.pk, due_at=now)
    case = Case.objects.create(
        number=number, kind="low_score", site_id=site.pk, customer_id=customer.pk, cause_kind="survey", cause_id=survey.pk, opened_at=now,
        contact_due_at=now, solve_due_at=now,
    )  # fmt: skip
    import_ = uploads.receive(
        actor=system(site.organisation_id, via="test"), name="orders.csv", stream=BytesIO(b"Order;Plate\n1;BZ 346 AN\n"), source="test",
        site_id=site.pk,
    )  # fmt: skip
    read_so = sources.save_mapping(
        actor=system(site.organisation_id, via="test"), source="other", mapping=Mapping({"order.number": "Order"})
    )
    right_again = {"made_at": now, "made_by_kind": "staff"}
    of_customer = CustomerCorrection.objects.create(customer=customer, part="mobile", **right_again)
    of_car = VehicleCorrection.objects.create(vehicle=vehicle, part="model", **right_again)
    visit = Visit.objects.create(
        site=site, vehicle=vehicle, customer=customer, number=f"V-{number}", source="dms", opened_on=now.date(), mileage=8_500
    )
    of_visit = VisitCorrection.objects.create(visit=visit, part="mileage", said={"mileage": "850"}, **right_again)
    row = RejectedRow.objects.create(
        of_import=import_,
        line=2,
        column="",
        reason_code=ERASED,
        reason="Not taken",
        erased={"erasures": [], "at": now.isoformat(), "digests": []},
    )
    message = Message.objects.create(
        cause_kind="test", cause_id=survey.pk, step="first", customer_id=customer.pk, address="held@example.org", purpose="contract",
        language="de", template="test", site_id=site.pk, message_id=f"<{survey.pk}@example.org>", state="parked",
        reason_code="relay_unknown", due_at=now, queued_at=now,
    )  # fmt: skip
    paper = files.keep(actor=system(site.organisation_id, via="test"), name="paper.pdf", data=b"%PDF-1.4", media_type="application/pdf")
    claim = CarClaim.objects.create(account_id=customer.pk, vin=f"WVWZZZ1KZAW{number:06}", name="Dana", paper=paper, asked_at=now)
    of_house = people_of(customer, number)
    twins = sorted(
        (Vehicle.objects.create(vin=f"ZFA31200000{number:05}{place}", make="Twin") for place in (1, 2)), key=lambda twin: twin.pk
    )
    cars_alike = VehicleLikeness.objects.create(one=twins[0], other=twins[1], weight=15, found_at=now)
    cars_merged = VehicleMerge.objects.create(survivor=vehicle, absorbed=twins[0], merged_at=now, merged_by_kind="system")
    return {
        **of_house,
        "vehicle_likeness_id": cars_alike.pk, "vehicle_merge_id": cars_merged.pk,
        "claim_id": claim.pk, "appointment_id": appointment.pk, "job_card_id": job_card.pk, "line_id": line.pk, "item_id": item.pk, "due_work_id": due.pk,
        "flow_id": flow.pk, "invitation_id": invitation.pk, "survey_id": survey.pk, "consent_id": asked.pk, "case_id": case.pk, "import_id": import_.pk,
        "customer_correction_id": of_customer.pk, "vehicle_correction_id": of_car.pk, "visit_id": visit.pk, "visit_correction_id": of_visit.pk, "row_id": row.pk, "mapping_id": read_so.pk, "version_id": read_so.versions.get().pk, "segment_id": segment.pk,
        "batch_id": decided.batch_id, "work_kind": "inspection", "rule_version": 1,
        "message_id": message.pk, "customer_id": customer.pk, "vehicle_id": vehicle.pk, "site_id": site.pk, "measure": "due", "request_id": request.pk, "step": "note",
    } | _staff(site) | _connections(import_.pk)  # fmt: skip


def _staff(site: Site) -> Ids:
    """Somebody who works here, somebody invited, a deputy and a token."""
    now = clock.now()
    product = system(site.organisation_id, via="test")
    colleague = staff.join(actor=product, email=f"colleague@{site.slug}.example", name="Colleague", role="technician", site_ids=(site.pk,))
    invited = invitations.invite(
        actor=product, email=f"invited@{site.slug}.example", name="Invited", role="technician", site_ids=(site.pk,)
    )
    stand_in = staff.join(actor=product, email=f"deputy@{site.slug}.example", name="Deputy", role="technician", site_ids=(site.pk,))
    deputy = deputies.name(
        actor=product, staff_member_id=colleague.pk, stand_in_id=stand_in.pk, starts_at=now, ends_at=now + timedelta(days=1)
    )
    visit = support.invite(actor=product, staff_member_id=colleague.pk, operator="root", reason="A fault")
    token, _secret = tokens.create(actor=product, name="Program", role="read-only")
    return {
        "staff_member_id": colleague.pk,
        "staff_invitation_id": invited.pk,
        "deputy_id": deputy.pk,
        "token_id": token.pk,
        "support_visit_id": visit.pk,
    }


def _connections(import_id: UUID) -> Ids:
    """A program that is told, a message that was given up, and a door with a file that came in."""
    now, secret = clock.now(), seals.seal(signing.new_secret())
    told = Subscription.objects.create(
        name="Till", address="https://till.example/hooks", events=["job.stage"], sealed_secret=secret, secret_set_at=now, made_at=now,
        failures=2, failing_since=now,
    )  # fmt: skip
    delivery = Delivery.objects.create(subscription=told, event_name="job.stage", body="{}", state="parked", made_at=now, due_at=now)
    for status, outcome in ((500, "refused"), (None, "too_slow")):
        Attempt.objects.create(delivery=delivery, at=now, status=status, outcome=outcome, milliseconds=12)
    inlet = Inlet.objects.create(name="DMS", source="test", sealed_secret=secret, secret_set_at=now, made_at=now)
    Receipt.objects.create(inlet=inlet, digest="0" * 64, at=now, import_id=import_id)
    place = {
        "host": "files.example",
        "port": 22,
        "username": "dms",
        "auth": "password",
        "folder": "out",
        "pattern": "*.csv",
        "is_moved": True,
    }
    source = Source.objects.create(
        name="DMS, nightly", kind="sftp", source="test", place=place, sealed_secret=secret, secret_set_at=now, every_minutes=60, due_at=now,
        made_at=now, looked_at=now, problem="signed_out", failing_since=now, failures=1,
    )  # fmt: skip
    SourceFile.objects.create(
        of_source=source,
        name="orders.csv",
        digest="0" * 64,
        size_bytes=48_211,
        taken_at=now,
        import_id=import_id,
        state="waiting",
        because="no_mapping",
    )
    return {"subscription_id": told.pk, "delivery_id": delivery.pk, "inlet_id": inlet.pk, "source_id": source.pk}


def people_of(customer: Customer, number: int) -> Ids:
    """What hangs on a person beside their cars: a doubtful pair, a merge, an erasure that waits, an archive."""
    now = clock.now()
    twins = [Customer.objects.create(number=f"W-{number}-{place}", last_name="Twin") for place in (1, 2)]
    one, other = sorted(twins, key=lambda twin: twin.pk)
    likeness = Likeness.objects.create(one=one, other=other, weight=15, found_at=now)
    merge = Merge.objects.create(survivor=customer, absorbed=other, merged_at=now, merged_by_kind="system")
    erasure = Erasure.objects.create(customer_id=one.pk, reason="asked", requested_at=now, requested_by_kind="system")
    controller, _made = Controller.objects.get_or_create(key="group", defaults={"kind": "group", "name": "Group"})
    share = Share.objects.create(
        from_controller="dealer", to_controller="group", purpose="offers", fields=["email"], basis="Contract", starts_on=now.date(),
        ends_on=now.date(), recorded_at=now,
    )  # fmt: skip
    takeout = Takeout.objects.create(customer=customer, requested_at=now, requested_by_kind="system")
    return {
        "likeness_id": likeness.pk,
        "merge_id": merge.pk,
        "erasure_id": erasure.pk,
        "takeout_id": takeout.pk,
        "share_id": share.pk,
        "controller_id": controller.pk,
    }


# Kinds of thing that belong to a whole organisation, not to one of its sites: a sister site sees them too.
SHARED_BY_SITES = {
    "likeness_id",
    "merge_id",
    "vehicle_likeness_id",
    "vehicle_merge_id",
    "erasure_id",
    "takeout_id",
    "share_id",
    "controller_id",
    "flow_id",
    "segment_id",
    "batch_id",
    "customer_id",
    "vehicle_id",
    "measure",
    "invitation_id",
    "claim_id",
    "token_id",
    "subscription_id",
    "delivery_id",
    "inlet_id",
    "source_id",
    "customer_correction_id",
    "vehicle_correction_id",
    "mapping_id",
    "version_id",
}
NOBODY = UUID("00000000-0000-7000-8000-000000000000")
