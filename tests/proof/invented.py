"""Invented people who left traces everywhere, and a search for those traces through everything that Forecourt keeps.

Each trace holds `xqz` or a telephone number of one range, so that one pattern finds them all.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from forecourt.adapters.mailserver.store import Store
from forecourt.adapters.smsgateway.store import Store as Texts
from forecourt.engines.audience.models import DueWork, Membership, Segment, VehicleFacts
from forecourt.engines.cases.models import Case, Note
from forecourt.engines.exchange import inlets
from forecourt.engines.exchange.models import Inlet, Subscription
from forecourt.engines.intake.models import Import, PreviewExample, RejectedRow
from forecourt.engines.messaging import suppression
from forecourt.engines.messaging.models import Click, Message, Pause, PersonalLetter
from forecourt.engines.offers.models import Decision, Invoice, InvoiceLine, Item, Request
from forecourt.journeys.care.models import Survey
from forecourt.journeys.marketing.models import Flow, Invitation
from forecourt.journeys.workshop.events import AppointmentBooked
from forecourt.journeys.workshop.models import Appointment, JobCard, Media, StageChange, WorkLine
from forecourt.kernel import identifiers
from forecourt.kernel.ids import uuid7
from forecourt.records.accounts.models import Account, CarClaim, CustomerLink, DealerCode, Device, DriverInvitation, Phone, Proof
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people import consent, merges
from forecourt.records.people.models import Customer, CustomerReference
from forecourt.records.vehicles.models import Holding, Vehicle, VehicleReference
from forecourt.runtime import clock, files
from forecourt.runtime.events import publish
from forecourt.runtime.files.raw import keep_raw
from forecourt.runtime.models import LiveFragment, StoredFile
from tests.cast import Dealer

TRACE = re.compile(rb"xqz|x\0q\0z\0|39333777\d{5}", re.IGNORECASE)


class Invented:
    """One person with a car, a history, papers and traces outside the database."""

    def __init__(self, dealer: Dealer, number: int) -> None:
        self.dealer, self.number = dealer, number
        self.tag = f"Xqz{number:05}"
        self.mail = f"{self.tag.lower()}@mail.example"
        self.phone = f"+39333777{number:05}"
        self.own_phone = f"+39333777{50_000 + number:05}"  # of the account, which the dealer does not know
        self.site = next(iter(dealer.sites.values()))
        self.actor = dealer.system
        self.customer = self._customer()
        self.car = Vehicle.objects.create(
            vin=f"XQZ{number:014}", plate=f"XQZ {number:05}", plate_key=f"XQZ{number:05}", make="Fiat", model="Tipo", country="IT"
        )
        VehicleReference.objects.create(source="dms", number=f"F-{self.tag}", vehicle=self.car)
        Holding.objects.create(vehicle=self.car, customer=self.customer)
        self._life()

    def _customer(self) -> Customer:
        first, last = "Anna", f"Berger{self.tag}"
        return Customer.objects.create(
            number=f"K-{self.tag}", first_name=first, last_name=last, sort_key=identifiers.sort_key(f"{last} {first}"),
            match_name=identifiers.normal_name(f"{first} {last}"), email=self.mail, mobile=self.phone, language="de",
            street=f"Gasse {self.tag}", postcode="39100", city=f"{self.tag}dorf", country="IT",
        )  # fmt: skip

    def _life(self) -> None:
        CustomerReference.objects.create(source="dms", number=self.tag, customer=self.customer)
        consent.enter(
            actor=self.actor, customer_id=self.customer.pk, purpose="offers", channel="email", act="give", wording="t",
            evidence={"from": self.mail},
        )  # fmt: skip
        self._past()
        self._visit()
        self._messages()
        self._import()
        self._programs()
        self._account()
        self._outside()
        twin = Customer.objects.create(
            number=f"T-{self.tag}", first_name="A", last_name=f"Berger{self.tag}", match_name=f"a berger{self.tag.lower()}"
        )
        merges.merge(actor=self.actor, survivor_id=self.customer.pk, absorbed_id=twin.pk)

    def _past(self) -> None:
        now = clock.now()
        visit = Visit.objects.create(
            site=self.site, vehicle=self.car, customer=self.customer, number=f"V-{self.number}", source="dms", opened_on=now.date()
        )
        JobLine.objects.create(visit=visit, position=1, text=f"Frau {self.tag} wartet", text_key=f"{self.number:032}")
        VehicleFacts.objects.create(vehicle=self.car, customer_id=self.customer.pk, computed_on=now.date())
        DueWork.objects.create(
            vehicle=self.car, customer_id=self.customer.pk, work_kind="inspection", due_on=now.date(), because="time", computed_on=now.date(),
            basis={"for": self.tag},
        )  # fmt: skip
        group = Segment.objects.create(name="All", rule={"field": "make", "op": "not_empty"}, made_at=now, changed_at=now)
        Membership.objects.create(segment=group, vehicle=self.car, came_on=now.date())
        flow, _ = Flow.objects.get_or_create(kind="service_due", defaults={"name": "Service due", "work_kinds": ["inspection"]})
        Invitation.objects.create(
            flow=flow, customer=self.customer, vehicle=self.car, site_id=self.site.pk, work_kinds=["inspection"], due_on=now.date(),
            planned_at=now, reason={"plate": self.car.plate},
        )  # fmt: skip

    def _visit(self) -> None:
        now, of = clock.now(), {"customer": self.customer, "vehicle": self.car, "site": self.site}
        appointment = Appointment.objects.create(
            number=90_000 + self.number, work_kinds=["inspection"], minutes=60, starts_at=now - timedelta(days=2),
            ends_at=now - timedelta(days=2, hours=-1), state="arrived", source="link", booked_at=now, note=f"Klappert, {self.tag}", **of,
        )  # fmt: skip
        card = JobCard.objects.create(
            number=90_000 + self.number, appointment=appointment, stage="collected", valuables=f"Brille {self.tag}",
            damage=[{"note": self.tag}], signed_name=f"Anna {self.tag}", **of,
        )  # fmt: skip
        StageChange.objects.create(job_card=card, stage="collected", at=now, by_kind="customer", by_id=self.customer.pk)
        photo = self._file("image/jpeg")
        Media.objects.create(job_card=card, stored_file=photo, purpose="signature", added_at=now, added_by_kind="customer")
        invoiced = self._items(card)
        WorkLine.objects.create(
            job_card=card, position=1, title=f"Bremse {self.tag}", net=Decimal(100), tax_rate=Decimal(22), item_id=invoiced.pk, state="done"
        )
        self._invoice(card, invoiced)
        survey = Survey.objects.create(
            customer=self.customer, vehicle_id=self.car.pk, site_id=self.site.pk, job_card_id=card.pk, due_at=now, state="answered",
            score=3, comment=f"Schlecht, {self.tag}",
        )  # fmt: skip
        case = Case.objects.create(
            number=90_000 + self.number, kind="low_score", site_id=self.site.pk, customer_id=self.customer.pk, vehicle_id=self.car.pk,
            cause_kind="survey", cause_id=survey.pk, opened_at=now, contact_due_at=now, solve_due_at=now,
        )  # fmt: skip
        Note.objects.create(case=case, text=f"{self.tag} angerufen", written_at=now)

    def _items(self, card: JobCard) -> Item:
        request = Request.objects.create(
            subject_kind="job_card", subject_id=card.pk, site_id=self.site.pk, customer_id=self.customer.pk, number=1, kind="extra",
            currency="EUR", state="answered",
        )  # fmt: skip
        photo = self._file("image/png")
        items = [
            Item.objects.create(
                request=request, position=place, title="Bremse", detail=f"Gesehen mit {self.tag}", urgency="soon", net=Decimal(100),
                tax_rate=Decimal(22), gross=Decimal(122), photos=[photo.pk], shown_digest=f"{place}" * 64,
            )
            for place in (1, 2)
        ]  # fmt: skip
        for item, verdict in zip(items, ("approved", "rejected"), strict=True):
            Decision.objects.create(
                item=item, verdict=verdict, shown_digest=item.shown_digest, shown={"title": f"Bremse {self.tag}"}, decided_at=clock.now(),
                decided_by_kind="customer", decided_by_id=self.customer.pk, how="link", address="192.0.2.1",
            )  # fmt: skip
            Item.objects.filter(pk=item.pk).update(state=verdict)
        return items[0]

    def _invoice(self, card: JobCard, item: Item) -> None:
        invoice = Invoice.objects.create(
            legal_entity_id=self.site.legal_entity_id, site_id=self.site.pk, subject_kind="job_card", subject_id=card.pk,
            customer_id=self.customer.pk, number=f"RX-{self.number}", issued_on=clock.now().date(), issued_at=clock.now(), currency="EUR",
            language="de", parties={"buyer": f"Anna {self.tag}"}, about={"plate": self.car.plate}, net=Decimal(100), tax=Decimal(22),
            gross=Decimal(122), tax_groups=[], pdf=self._file("application/pdf"),
        )  # fmt: skip
        InvoiceLine.objects.create(
            invoice=invoice,
            item=item,
            position=1,
            text="Bremse",
            quantity=1,
            unit_price=Decimal(100),
            net=Decimal(100),
            tax_rate=Decimal(22),
        )

    def _messages(self) -> None:
        now = clock.now()
        sent = Message.objects.create(
            cause_kind="test", cause_id=uuid4(), step="one", customer_id=self.customer.pk, address=self.mail, purpose="contract",
            language="de", template="test", message_id=f"{uuid4()}@forecourt", due_at=now, queued_at=now, state="sent", is_announced=True,
            subject=f"Guten Tag {self.tag}", html=f"<p>{self.tag}</p>", text=self.tag, facts={"name": self.tag},
            relay_answer=f"250 {self.mail} ok",
        )  # fmt: skip
        Message.objects.create(
            cause_kind="test", cause_id=uuid4(), step="two", customer_id=self.customer.pk, address=self.mail, purpose="contract",
            language="de", template="test", message_id=f"{uuid4()}@forecourt", due_at=now, queued_at=now, facts={"name": self.tag},
        )  # fmt: skip
        Click.objects.create(
            message=sent, cause_kind="test", cause_id=sent.cause_id, at=now, method="GET", is_machine=False, verdict="person",
            user_agent=f"Phone of {self.tag}", headers={"Referer": f"https://{self.tag}.example"},
        )  # fmt: skip
        Pause.objects.create(customer_id=self.customer.pk, reason="case_open", from_at=now)
        suppression.suppress(address=self.mail, reason="complaint")

    def _import(self) -> None:
        raw = keep_raw(actor=self.actor, name="kunden.csv", stream=BytesIO(f"Name;Mail\nAnna;{self.mail}\n".encode()), at_most_bytes=10_000)
        found = Import.objects.create(
            number=90_000 + self.number, source="dms", file_name="kunden.csv", stored_file=raw, state="applied", received_at=clock.now()
        )
        RejectedRow.objects.create(
            of_import=found, line=2, column="Mail", value=self.mail, reason_code="x", reason="no", cells=["Anna", self.mail]
        )
        PreviewExample.objects.create(
            of_import=found,
            outcome="updated",
            subject="customer",
            thing_id=self.customer.pk,
            title=self.mail,
            values=[["email", "", self.mail]],
        )

    def _programs(self) -> None:
        """A program of the dealer's was told of their visit, and another one brought them under an id that names them."""
        now = clock.now()
        about = {"sealed_secret": "x", "secret_set_at": now, "made_at": now}
        Subscription.objects.get_or_create(
            name="Till", defaults={"address": "https://till.example/", "events": ["appointment.booked"], **about}
        )
        publish(
            AppointmentBooked(
                appointment_id=uuid7(), customer_id=self.customer.pk, vehicle_id=self.car.pk, site_id=self.site.pk, starts_at=now,
                ends_at=now, source="staff",
            ),
            by=self.actor,
        )  # fmt: skip
        inlet, _ = Inlet.objects.get_or_create(name="DMS", defaults={"source": "dms", **about})
        inlets.receipt(inlet, f"customer-{self.tag}")

    def _account(self) -> None:
        """Their own login, joined to this dealer alone, with a car they claimed and a driver they invited."""
        now = clock.now()
        account = Account.objects.create(email=self.mail, name=f"Anna {self.tag}")
        Device.objects.create(
            account=account, digest=f"{self.number:064}", name=f"Phone of {self.tag}", way="code", began_at=now, last_seen_at=now
        )
        Phone.objects.create(account=account, number=self.own_phone, proven_at=now, used_at=now)
        PersonalLetter.objects.create(
            id=uuid7(), channel="sms", address=self.own_phone, template="account_text_sign_in", language="de", queued_at=now, due_at=now,
            useless_at=now,
        )  # fmt: skip
        link = CustomerLink.objects.create(
            account=account, organisation_id=self.dealer.organisation.pk, customer_id=self.customer.pk, way="address", began_at=now
        )
        DriverInvitation.objects.create(
            owner_link=link, vehicle_id=self.car.pk, address=f"driver-{self.mail}", may_book=True, may_approve=False, invited_at=now, ends_at=now,
            digest=f"{self.number:064}",
        )  # fmt: skip
        CarClaim.objects.create(
            account_id=account.pk, vin=self.car.vin, name=f"Anna {self.tag}", paper=self._file("application/pdf"), asked_at=now
        )
        DealerCode.objects.create(customer_id=self.customer.pk, digest=f"{self.number:064}", given_at=now, ends_at=now)
        Proof.objects.create(
            kind="sign_in",
            address=self.mail,
            browser_digest="b",
            code_digest="c",
            link_digest=f"{self.number:064}",
            asked_at=now,
            ends_at=now,
        )

    def _outside(self) -> None:
        logs = settings.DATA / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / "worker.log").open("a", encoding="utf-8") as log:
            log.write(f"error at {self.mail}, {self.phone}\nnothing else\n")
        LiveFragment.objects.create(
            organisation_id=self.dealer.organisation.pk, topic="board:x", variants={"de": f"<p>Anna Berger{self.tag}</p>"}
        )
        store = Store(settings.DATA / "mail")
        store.keep(
            store.next_sequence(),
            sender="a@b.example",
            recipients=[self.mail],
            content=f"Message-ID: <{uuid7()}>\r\n\r\n{self.tag}".encode(),
        )
        Texts(settings.DATA / "texts").keep(to=self.own_phone, sender="Alpen", body="123456")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) VALUES ('default', 'x', 'failed', %s)",
                [json.dumps({"customer_id": str(self.customer.pk), "address": self.mail})],
            )

    def _file(self, media_type: str) -> StoredFile:
        return files.keep(
            actor=self.actor, name=f"Bild {self.tag}", data=f"{media_type} {self.tag} {uuid4()}".encode(), media_type=media_type
        )


def traces_in_tables() -> dict[str, int]:
    """Rows of every table of the database, ours or not, that hold a trace in any column."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text ~* %s", [r"xqz|39333777\d{5}"])
            if rows := cursor.fetchone()[0]:
                found[table] = rows
    return found


def traces_in_files(folder: Path) -> Iterator[Path]:
    """Files with a trace in their name or content: shelf, logs, mails, whatever else lies there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (TRACE.search(path.name.encode()) or TRACE.search(path.read_bytes())):
            yield path
