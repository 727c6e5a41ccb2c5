"""All my cars and nobody else's: how records join an account, what drivers may, what a changed address does not do."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from forecourt.engines.messaging.models import PersonalLetter
from forecourt.journeys.workshop.models import Appointment, JobCard
from forecourt.kernel.errors import NotFound
from forecourt.kernel.ids import uuid7
from forecourt.records.accounts import customer_links, dealer_codes, drivers, secrets
from forecourt.records.accounts.models import Account, AddressChange, CarClaim, CustomerLink, DealerCode, Device, DriverInvitation
from forecourt.records.people import customers
from forecourt.runtime import links
from forecourt.runtime.live import hub, tokens
from forecourt.runtime.models import AuditEntry
from forecourt.runtime.models.live import LiveFragment
from tests.architecture import world
from tests.architecture.test_doors import signed_in as staff_signed_in
from tests.cast import Alpen, Rosso
from tests.faces.customer import persons

DANA = "dana@example.org"


def join(dealer: Any, account: Account, customer: Any) -> CustomerLink:
    with dealer.scope():
        return customer_links.begin(account=account, customer_id=customer.pk, way="dealer_code")


def join_page(dealer: Any, customer: Any) -> str:
    token = links.make(purpose="account", organisation_id=dealer.id, subject_id=customer.pk, holder_id=customer.pk)
    return reverse("customer_join", kwargs={"token": token})


def car_page(link: CustomerLink, vehicle: Any) -> str:
    return reverse("me_car", kwargs={"link_id": link.pk, "vehicle_id": vehicle.pk})


@pytest.mark.django_db
def test_without_a_car_the_page_says_how_to_add_one() -> None:
    client, _ = persons.signed_in("new@example.org")
    assert b"No car is here yet" in client.get("/me/").content


def test_the_cars_of_two_dealers_stand_on_one_page(alpen: Alpen, rosso: Rosso) -> None:
    client, account = persons.signed_in(DANA)
    for dealer, customer in ((alpen, alpen.dana), (rosso, rosso.eve)):
        join(dealer, account, customer)
    page = client.get("/me/").content.decode()
    for plate in ("BZ 346 AN", "GA 123 BC", "EF 456 GH"):
        assert plate in page
    assert "Rosso Motori" in page
    assert "BZ 220 EM" not in page


def test_a_code_from_the_dealer_joins_its_customer_once(alpen: Alpen) -> None:
    with alpen.scope():
        code = dealer_codes.give(actor=alpen.alice, customer_id=alpen.dana.pk)
    client, account = persons.signed_in("whoever@example.org")
    assert client.post(reverse("me_add_code"), {"code": "AAAAA-AAAAA"}).status_code == 422
    assert client.post(reverse("me_add_code"), {"code": code.lower().replace("-", " ")}).status_code == 302
    assert CustomerLink.objects.get().way == "dealer_code"
    second, _ = persons.signed_in("second@example.org")
    assert second.post(reverse("me_add_code"), {"code": code}).status_code == 422
    assert not customer_links.of(account).exclude(customer_id=alpen.dana.pk).exists()


def test_a_code_is_made_for_a_customer_of_this_dealer_only(alpen: Alpen, rosso: Rosso) -> None:
    for stranger in (rosso.eve.pk, uuid7()):
        with alpen.scope(), pytest.raises(NotFound):
            dealer_codes.give(actor=alpen.alice, customer_id=stranger)
    with alpen.scope():
        assert not DealerCode.objects.exists()
        assert not AuditEntry.objects.filter(act="dealer_code_given").exists()


def test_a_new_code_ends_the_older_one(alpen: Alpen) -> None:
    with alpen.scope():
        older, newer = (dealer_codes.give(actor=alpen.alice, customer_id=alpen.dana.pk) for _ in range(2))
    client, _ = persons.signed_in("whoever@example.org")
    assert client.post(reverse("me_add_code"), {"code": older}).status_code == 422
    assert client.post(reverse("me_add_code"), {"code": newer}).status_code == 302


def test_guessing_codes_of_dealers_is_stopped(alpen: Alpen) -> None:
    client, _ = persons.signed_in("whoever@example.org")
    statuses = [client.post(reverse("me_add_code"), {"code": f"AAAAA-AAAA{sign}"}).status_code for sign in "ABCDEFGHJKL"]
    assert statuses == [422] * 10 + [429]


def test_a_mail_of_the_dealer_joins_the_account_of_its_own_address_alone(alpen: Alpen) -> None:
    page = join_page(alpen, alpen.dana)
    assert persons.browser().post(page).status_code == 302  # to sign in
    forwarded, _ = persons.signed_in("friend@example.org")
    assert forwarded.post(page).status_code == 409
    assert not CustomerLink.objects.exists()
    owner, account = persons.signed_in(DANA)
    assert owner.get(page).status_code == 200
    assert not CustomerLink.objects.exists()
    assert owner.post(page).status_code == 302
    assert CustomerLink.objects.get().account == account


def test_signing_in_with_an_address_that_a_dealer_knows_joins_nothing_by_itself(alpen: Alpen) -> None:
    client, account = persons.signed_in(DANA)
    assert "BZ 346 AN" not in client.get("/me/").content.decode()
    assert not customer_links.of(account).exists()


def test_the_new_owner_of_an_address_does_not_see_the_former_ones_cars(alpen: Alpen) -> None:
    _, former = persons.signed_in(DANA)
    join(alpen, former, alpen.dana)
    Account.objects.filter(pk=former.pk).update(email="dana.now@example.org")  # moved away; the mailbox went to somebody else
    newcomer, _ = persons.signed_in(DANA)
    assert "BZ 346 AN" not in newcomer.get("/me/").content.decode()
    # Even with a mail that the dealer still sends there: somebody is joined already, so only the dealer can say who is right.
    assert newcomer.post(join_page(alpen, alpen.dana)).status_code == 409
    assert CustomerLink.objects.get().account == former


def test_an_address_changed_at_the_dealer_neither_joins_nor_parts(alpen: Alpen) -> None:
    owner, account = persons.signed_in(DANA)
    join(alpen, account, alpen.dana)
    other, _ = persons.signed_in("other@example.org")
    with alpen.scope():
        customers.change(actor=alpen.alice, customer_id=alpen.dana.pk, email="other@example.org")
    assert "BZ 346 AN" in owner.get("/me/").content.decode()
    assert "BZ 346 AN" not in other.get("/me/").content.decode()
    assert other.post(join_page(alpen, alpen.dana)).status_code == 409


def test_an_address_moves_only_when_both_have_been_proven_and_the_old_one_is_told(alpen: Alpen) -> None:
    client, account = persons.signed_in(DANA)
    elsewhere, _ = persons.signed_in(DANA)
    join(alpen, account, alpen.dana)
    assert client.post(reverse("me_address"), {"email": "new@example.org"}).status_code == 302
    change = AddressChange.objects.get()
    assert change.new_proof is not None
    codes = {"old_code": secrets.code_of(change.old_proof_id), "new_code": secrets.code_of(change.new_proof_id)}  # type: ignore[arg-type]
    crooked = {"old_code": codes["new_code"], "new_code": codes["new_code"]}
    assert client.post(reverse("me_address_confirm"), crooked).status_code == 422
    assert Account.objects.get(pk=account.pk).email == DANA
    assert elsewhere.post(reverse("me_address_confirm"), codes).status_code == 422  # not the browser that asked
    assert client.post(reverse("me_address_confirm"), codes).status_code == 302
    assert Account.objects.get(pk=account.pk).email == "new@example.org"
    assert list(PersonalLetter.objects.order_by("pk").values_list("address", "template"))[-1] == (DANA, "account_address_changed")
    assert "BZ 346 AN" in client.get("/me/").content.decode()
    assert not persons.is_in(elsewhere)


def test_an_address_that_has_an_account_looks_free_and_never_moves(alpen: Alpen) -> None:
    Account.objects.create_user("taken@example.org")
    client, account = persons.signed_in(DANA)
    free, taken = (client.post(reverse("me_address"), {"email": address}) for address in ("free@example.org", "taken@example.org"))
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"]) == (302, "/me/profile/")
    change = AddressChange.objects.get(ended_at=None)
    codes = {"old_code": secrets.code_of(change.old_proof_id), "new_code": "123456"}
    assert client.post(reverse("me_address_confirm"), codes).status_code == 422
    assert Account.objects.get(pk=account.pk).email == DANA
    assert PersonalLetter.objects.filter(address="taken@example.org").get().template == "account_address_taken"


def test_devices_are_listed_and_ended_one_by_one_and_all(alpen: Alpen) -> None:
    here, account = persons.signed_in(DANA)
    there, elsewhere = persons.signed_in(DANA)[0], persons.signed_in(DANA)[0]
    page = here.get(reverse("me_profile")).content.decode()
    assert page.count("Chrome, Android") == 3
    first = Device.objects.filter(account=account).order_by("pk")[1]
    assert here.post(reverse("me_device_end", kwargs={"device_id": first.pk})).status_code == 302
    assert [persons.is_in(each) for each in (here, there, elsewhere)] == [True, False, True]
    here.post(reverse("me_devices_end"))
    assert [persons.is_in(each) for each in (here, there, elsewhere)] == [True, False, False]


def test_an_owner_lets_a_driver_see_one_car_and_either_ends_it(alpen: Alpen) -> None:
    owner, account = persons.signed_in(DANA)
    link = join(alpen, account, alpen.dana)
    drivers_page = reverse("me_drivers", kwargs={"link_id": link.pk, "vehicle_id": alpen.golf.pk})
    assert owner.post(drivers_page, {"email": "paul@example.org"}).status_code == 302
    invitation = DriverInvitation.objects.get()
    page = reverse("me_invitation", kwargs={"secret": secrets.link_of(invitation.pk)})
    forwarded, _ = persons.signed_in("eve@example.org")
    assert forwarded.get(page).status_code == forwarded.post(page).status_code == 404
    paul, _ = persons.signed_in("paul@example.org")
    assert paul.get(page).status_code == 200
    assert paul.post(page).status_code == 302
    assert paul.post(page).status_code == 404  # once
    shown = paul.get("/me/").content.decode()
    assert "BZ 346 AN" in shown
    assert "GA 123 BC" not in shown
    drives = CustomerLink.objects.get(vehicle_id=alpen.golf.pk)
    assert paul.get(car_page(drives, alpen.golf)).status_code == 200
    assert paul.get(car_page(drives, alpen.panda)).status_code == 404
    assert paul.get(reverse("me_drivers", kwargs={"link_id": drives.pk, "vehicle_id": alpen.golf.pk})).status_code == 404
    assert paul.get(reverse("me_book", kwargs={"link_id": drives.pk, "vehicle_id": alpen.golf.pk})).status_code == 403
    assert (
        owner.post(
            reverse("me_driver_end", kwargs={"link_id": link.pk, "vehicle_id": alpen.golf.pk, "driver_link_id": drives.pk})
        ).status_code
        == 302
    )
    assert "BZ 346 AN" not in paul.get("/me/").content.decode()
    assert paul.get(car_page(drives, alpen.golf)).status_code == 404


@pytest.mark.parametrize(("may_book", "may_approve"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_driver_opens_only_the_pages_they_have_the_right_for(alpen: Alpen, may_book: bool, may_approve: bool) -> None:
    from forecourt.faces.customer import own

    _, account = persons.signed_in(DANA)
    link = join(alpen, account, alpen.dana)
    paul, friend = persons.signed_in("paul@example.org")
    with alpen.scope():
        ids = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
        appointment_of_other = Appointment.objects.get(pk=ids["appointment_id"])
        appointment_of_other.pk, appointment_of_other.number, appointment_of_other.vehicle = uuid7(), 9002, alpen.panda
        appointment_of_other.save(force_insert=True)
        other_car = JobCard.objects.create(
            number=9002, site=alpen.bozen, appointment=appointment_of_other, customer=alpen.dana, vehicle=alpen.panda, stage="accepted"
        )
        drives = customer_links.begin_driver(
            account=friend, owner=link, vehicle_id=alpen.golf.pk, may_book=may_book, may_approve=may_approve
        )  # fmt: skip
    visit, decide = (
        reverse(name, kwargs={"token": own.token(drives.pk, ids["job_card_id"])}) for name in ("customer_visit", "customer_decide")
    )
    appointment = reverse("customer_appointment", kwargs={"token": own.token(drives.pk, ids["appointment_id"])})
    assert paul.get(visit).status_code == (200 if may_approve else 404)
    assert paul.post(decide, {"verdict": "approved"}).status_code == (409 if may_approve else 404)
    assert paul.get(appointment).status_code == (302 if may_book else 404)
    assert paul.get(reverse("customer_survey", kwargs={"token": own.token(drives.pk, ids["survey_id"])})).status_code == 404
    assert paul.get(reverse("customer_visit", kwargs={"token": own.token(drives.pk, other_car.pk)})).status_code == 404


def test_when_the_owner_leaves_the_drivers_leave_too(alpen: Alpen) -> None:
    owner, account = persons.signed_in(DANA)
    link = join(alpen, account, alpen.dana)
    paul, friend = persons.signed_in("paul@example.org")
    with alpen.scope():
        customer_links.begin_driver(account=friend, owner=link, vehicle_id=alpen.golf.pk, may_book=True, may_approve=True)
    assert owner.post(reverse("me_leave", kwargs={"link_id": link.pk, "vehicle_id": alpen.golf.pk})).status_code == 302
    assert not CustomerLink.objects.filter(ended_at=None).exists()
    assert "BZ 346 AN" not in paul.get("/me/").content.decode()
    [told] = LiveFragment.objects.filter(topic=hub.CHANGED)  # pages of the car that are open somewhere
    assert set(told.variants) == {tokens.session_mark(str(device_id)) for device_id in Device.objects.values_list("pk", flat=True)}


def test_papers_are_checked_by_staff_before_a_car_is_seen(alpen: Alpen) -> None:
    client, account = persons.signed_in("whoever@example.org")
    photo = BytesIO()
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    sent = {
        "dealer": str(alpen.id),
        "vin": alpen.golf.vin.lower(),
        "name": "Dana Dorfer",
        "paper": SimpleUploadedFile("zb1.jpg", photo.getvalue()),
    }
    assert (
        client.post(
            reverse("me_add_papers"), sent | {"vin": "nonsense", "paper": SimpleUploadedFile("a.jpg", photo.getvalue())}
        ).status_code
        == 422
    )
    assert client.post(reverse("me_add_papers"), sent).status_code == 302
    assert not customer_links.of(account).exists()
    staff = staff_signed_in(alpen, "adviser", powerful=True)
    with alpen.scope():
        claim = CarClaim.objects.get()
    assert alpen.dana.number in staff.get(reverse("claims:claim", args=[claim.pk])).content.decode()
    decide = reverse("claims:decide", args=[claim.pk])
    assert staff.post(decide, {"verdict": "approved", "customer": "K-nobody"}).status_code == 409
    assert staff.post(decide, {"verdict": "approved", "customer": alpen.dana.number}).status_code == 302
    assert "BZ 346 AN" in client.get("/me/").content.decode()
    assert staff.post(decide, {"verdict": "rejected", "reason": "unreadable"}).status_code == 409
    assert PersonalLetter.objects.filter(address="whoever@example.org", template="account_car_claim_decided").count() == 1


def test_a_driver_of_two_links_and_an_owner_books_a_time(alpen: Alpen, set_clock: Any) -> None:
    from tests.cast import local

    set_clock(local("2026-03-02 06:59"))
    client, account = persons.signed_in(DANA)
    link = join(alpen, account, alpen.dana)
    page = reverse("me_book", kwargs={"link_id": link.pk, "vehicle_id": alpen.golf.pk})
    assert client.get(page).status_code == 200
    shown = client.get(page, {"work": "inspection"}).content.decode()
    assert 'name="slot"' in shown
    done = client.post(page, {"work": "inspection", "site": str(alpen.bozen.pk), "slot": local("2026-03-04 10:00").isoformat()})
    assert done.status_code == 302
    assert done["Location"].startswith("/a/me-")
    assert "10:00" in client.get(done["Location"]).content.decode()
    shown = client.get("/me/").content.decode()
    assert "10:00" in shown
    assert "09:00" not in shown  # the timeline reads on the wall clock of the site too


def test_an_invitation_taken_back_opens_nothing(alpen: Alpen) -> None:
    _, account = persons.signed_in(DANA)
    link = join(alpen, account, alpen.dana)
    paul, _ = persons.signed_in("paul@example.org")
    with alpen.scope():
        invited = drivers.invite(owner=link, vehicle_id=alpen.golf.pk, address="paul@example.org", may_book=False, may_approve=False)
        drivers.withdraw(owner=link, vehicle_id=alpen.golf.pk, invitation_id=invited.pk)
    assert paul.get(reverse("me_invitation", kwargs={"secret": secrets.link_of(invited.pk)})).status_code == 404
