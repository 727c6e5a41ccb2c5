"""A dealership with one of everything, served to a real browser: the demo's first dealer in a database of its own, on a Tuesday morning.

Lighter than a whole house (`tests/journeys/house.py`): pages come from a thread of the test, and nothing works in the background.
"""

import os
import smtplib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections, transaction
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread

from forecourt.adapters.mailserver import server
from forecourt.demo import load
from forecourt.demo.cast import ALPEN
from forecourt.engines.audience.models import DueWork
from forecourt.engines.messaging import outbox
from forecourt.journeys.care.models import Survey
from forecourt.journeys.marketing.models import Invitation
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.models import Organisation, Site, StaffMember
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding
from forecourt.runtime import links, scope
from tests import databases
from tests.architecture import world
from tests.architecture.test_doors import with_account
from tests.cast import Dealer, local

MORNING = local("2026-03-03 10:40")


@dataclass
class Furnished:
    """Where it is served, and the ids of one of everything by the name that routes give them."""

    url: str
    organisation_id: UUID
    ids: dict[str, Any]
    own: dict[str, Any]
    """The ids of what belongs to a customer's account."""
    device: str
    """The secret of the device on which that account is signed in."""

    def session(self, name: str) -> str:
        """A signed-in session of a member of the cast."""
        with scope.of(self.organisation_id):
            member = StaffMember.objects.select_related("account").get(name=name)
        client = Client()
        client.force_login(member.account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return str(client.cookies[settings.SESSION_COOKIE_NAME].value)

    def link(self, purpose: str, subject_id: UUID, holder_id: UUID | None = None) -> str:
        """The token of a customer's page."""
        return links.make(
            purpose=purpose, organisation_id=self.organisation_id, subject_id=subject_id, holder_id=holder_id or self.ids["holder_id"]
        )

    def cards(self) -> dict[str, JobCard]:
        """One job card of each stage that there is."""
        with scope.of(self.organisation_id):
            return {card.stage: card for card in JobCard.objects.order_by("-number").select_related("site")}


@dataclass
class _Dealer:
    """What opening an account asks of a dealer of the cast."""

    organisation: Organisation

    def scope(self) -> AbstractContextManager[None]:
        return scope.of(self.organisation.pk)


@contextmanager
def furnished(cluster: Any, folder: Path, *, urls: str) -> Iterator[Furnished]:
    seconds = int((MORNING - datetime.now(UTC)).total_seconds())
    lasting = override_settings(
        CLOCK=f"{seconds:+d}s", DATA=folder, IS_LOCAL=True, RUNS_MAIL_SERVER=True, ROOT_URLCONF=urls,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # nobody's password is worth a second each here
    )  # fmt: skip
    with _own_database(cluster), lasting:
        with patch.dict(os.environ, FORECOURT_DEMO_CUSTOMERS="40"), patch.object(load, "DEALERS", (ALPEN,)):
            load.run()
        organisation = Organisation.objects.get(slug=ALPEN.slug)
        with scope.of(organisation.pk), transaction.atomic():
            ids = _one_of_everything()
            client, own = with_account(_Dealer(organisation), Customer.objects.get(pk=ids["holder_id"]))  # type: ignore[arg-type]
        _deliver_a_mail(folder / "mail")
        with _served() as url:
            yield Furnished(url, organisation.pk, ids | {"number": 1}, own, client.cookies[settings.DEVICE_COOKIE_NAME].value)


@contextmanager
def with_the_cast(cluster: Any, folder: Path, *, make: Callable[[], Dealer]) -> Iterator[tuple[Furnished, Dealer]]:
    """A dealer of the tests' cast instead of a demo's: there in a second, with no more in it than its story needs."""
    seconds = int((MORNING - datetime.now(UTC)).total_seconds())
    with _own_database(cluster), override_settings(CLOCK=f"{seconds:+d}s", DATA=folder, IS_LOCAL=True):
        dealer = make()
        with _served() as url:
            yield Furnished(url, dealer.organisation.pk, {}, {}, ""), dealer


@contextmanager
def _own_database(cluster: Any) -> Iterator[None]:
    """Rows that stay until the last picture is looked at, without a trace in the database of the other tests."""
    connection = connections["default"]
    name, lock = databases.fresh_copy(cluster, databases.template(cluster), "screens")
    other = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = other
        lock.close()


def _one_of_everything() -> dict[str, Any]:
    site = Site.objects.get(slug="bozen")
    holding = Holding.objects.filter(vehicle__visits__site=site).select_related("customer", "vehicle").order_by("pk")[0]
    DueWork.objects.filter(vehicle=holding.vehicle).delete()  # it gets one of everything, and each only once
    ids = world.at(site, holding.customer, holding.vehicle, 9001)
    Survey.objects.filter(pk=ids["survey_id"]).update(state="sent")
    Invitation.objects.filter(pk=ids["invitation_id"]).update(state="sent")
    JobCard.objects.filter(pk=ids["job_card_id"]).update(stage="arrived")  # so that it can still be accepted
    to_come = Appointment.objects.filter(site=site, state="confirmed", starts_at__gt=MORNING).order_by("starts_at")[0]
    Appointment.objects.filter(pk=to_come.pk).update(customer=holding.customer, vehicle=holding.vehicle)
    return ids | {"appointment_id": to_come.pk, "holder_id": holding.customer_id, "reminder_id": _reminder(site, holding.customer)}


def _reminder(site: Site, customer: Customer) -> UUID:
    message = outbox.queue(
        cause_kind="invitation", cause_id=uuid7(), step="first", customer_id=customer.pk, address="dana@example.org",
        purpose="service_reminder", language="de", template="test", facts={}, site_id=site.pk,
    )  # fmt: skip
    assert message is not None
    return UUID(str(message.pk))


def _deliver_a_mail(folder: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bozen@example.org", "dana@example.org", "Ihr Räderwechsel"
    message.set_content("Guten Tag")
    message.add_alternative("<html lang=de><head><title>Räder</title></head><body><h1>Guten Tag</h1></body></html>", subtype="html")
    with server.running(folder) as port, smtplib.SMTP("127.0.0.1", port) as talk:
        talk.send_message(message)


@contextmanager
def _served() -> Iterator[str]:
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
