"""A visit of support in the browser: the banner on every page, what stays closed, who sees it, and how it ends."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from forecourt.records.dealership import staff, support
from forecourt.records.dealership.models import StaffMember, SupportVisit
from forecourt.records.people.models import ConsentEntry, Erasure
from forecourt.runtime import links
from forecourt.runtime.models import AuditEntry
from tests.architecture.test_doors import with_account
from tests.cast import Alpen, Rosso, local

MORNING = local("2026-03-02 09:00")


@pytest.fixture(autouse=True)
def _morning(set_clock: Callable[[datetime], None]) -> None:
    set_clock(MORNING)


def address_of(alpen: Alpen, name: str) -> str:
    with alpen.scope():
        visit = support.invite(actor=alpen.system, staff_member_id=alpen.staff[name].pk, operator="root", reason="The board is empty")
    token = links.make(purpose="support", organisation_id=alpen.id, subject_id=visit.pk, holder_id=visit.link_id, days=1)
    return f"/staff/support/begin/{token}/"


def looking_in(alpen: Alpen, name: str = "Anna Amort") -> Client:
    client = Client()
    assert client.post(address_of(alpen, name)).headers["Location"] == "/staff/"
    return client


def signed_in(member: StaffMember) -> Client:
    client = Client()
    client.force_login(member.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def test_opening_the_link_changes_nothing_and_using_it_twice_opens_nothing(alpen: Alpen) -> None:
    address = address_of(alpen, "Alice Adler")
    for _look in range(2):
        shown = text(Client(), address)
        assert "Look in at Autohaus Alpen" in shown
        assert "The board is empty" in shown
    assert Client().post(address).status_code == 302
    for again in (Client().get(address), Client().post(address)):
        assert again.status_code == 404
        assert "This visit is over" in again.content.decode()


def test_every_page_says_as_whom_how_long_and_why(alpen: Alpen) -> None:
    client = looking_in(alpen)
    for address in ("/staff/board/", "/staff/customers/", f"/staff/customers/{alpen.dana.pk}/", "/staff/people/", "/staff/trail/"):
        if address == "/staff/people/":
            continue
        shown = text(client, address)
        assert "Support is looking in as Anna Amort until" in shown, address
        assert "30 min left. Reason: The board is empty" in shown


def test_what_is_powerful_what_is_consent_and_what_is_the_persons_own_stays_closed(alpen: Alpen) -> None:
    client = looking_in(alpen)
    customer = f"/staff/customers/{alpen.dana.pk}"
    for address in (
        f"{customer}/erase/", f"{customer}/take-out/", f"{customer}/consents/enter/", f"{customer}/code/", "/staff/customers/duplicates/look/",
        "/staff/people/rights/adjust/", "/staff/people/invite/", "/staff/trail/export/", "/staff/people/tokens/",
    ):  # fmt: skip
        assert client.post(address, {"reason": "asked"}).status_code == 403, address
    for address in ("/staff/own/", "/staff/own/confirm/", "/staff/own/confirm/options/", "/staff/own/app/"):
        assert client.get(address).status_code in {404, 409}, address
    assert client.post("/staff/own/act-for/", {"colleague": str(alpen.staff["Max Mair"].pk)}).status_code == 409
    with alpen.scope():
        assert not Erasure.objects.exists()
        assert not ConsentEntry.objects.filter(source="staff").exists()


def test_what_support_looked_at_is_told_with_both_on_the_trail_and_on_the_customers_page(alpen: Alpen) -> None:
    client = looking_in(alpen, "Alice Adler")
    client.get(f"/staff/customers/{alpen.dana.pk}/")
    with alpen.scope():
        visit = SupportVisit.objects.get()
        look = AuditEntry.objects.get(act="read.customer")
        assert (look.actor_id, look.values["via"]) == (alpen.staff["Alice Adler"].pk, f"support:{visit.pk.hex}")
    anna = signed_in(alpen.staff["Anna Amort"])
    shown = text(anna, "/staff/trail/?kind=support")
    for told in ("A link for support was made", "Support came in", "Support, as Alice Adler", "Looked at a customer", "support: root"):
        assert told in shown, told
    assert "Support, as Alice Adler" in text(anna, f"/staff/customers/{alpen.dana.pk}/")


def test_the_customer_sees_in_their_account_that_support_looked(alpen: Alpen) -> None:
    dana, _ids = with_account(alpen, alpen.dana)
    dieter, _ids = with_account(alpen, alpen.customers["dieter"])
    assert "Support looked at your data" not in text(dana, "/me/profile/")
    looking_in(alpen, "Alice Adler").get(f"/staff/customers/{alpen.dana.pk}/")
    shown = text(dana, "/me/profile/")
    for told in ("Support looked at your data", "Autohaus Alpen", "The board is empty"):
        assert told in shown
    assert "Support looked at your data" not in text(dieter, "/me/profile/")


def test_the_dealers_administrator_sees_the_visit_and_ends_it(alpen: Alpen) -> None:
    client = looking_in(alpen, "Alice Adler")
    anna = signed_in(alpen.staff["Anna Amort"])
    shown = text(anna, "/staff/support/")
    for told in ("root", "Alice Adler", "The board is empty", "looking in until"):
        assert told in shown
    with alpen.scope():
        visit = SupportVisit.objects.get()
    assert signed_in(alpen.staff["Alice Adler"]).post(f"/staff/support/{visit.pk}/stop/").status_code == 403
    assert client.get("/staff/board/").status_code == 200
    assert anna.post(f"/staff/support/{visit.pk}/stop/").status_code == 302
    assert client.get("/staff/board/").status_code == 302
    assert client.get("/staff/board/").headers["Location"].startswith(("/staff/support/over/", "/signin/"))


def test_it_ends_when_its_time_is_over_when_support_goes_and_when_the_member_leaves(
    alpen: Alpen, set_clock: Callable[[datetime], None]
) -> None:
    gone = looking_in(alpen, "Alice Adler")
    assert gone.post("/staff/support/end/").headers["Location"] == "/staff/support/over/"
    assert gone.get("/staff/board/").headers["Location"].startswith("/signin/")
    left = looking_in(alpen, "Alice Adler")
    late = looking_in(alpen, "Max Mair")
    with alpen.scope():
        staff.leave(actor=alpen.actor("Anna Amort"), staff_member_id=alpen.staff["Alice Adler"].pk)
    assert left.get("/staff/board/").status_code == 302
    assert late.get("/staff/board/").status_code == 200
    set_clock(MORNING + timedelta(minutes=31))
    assert late.get("/staff/board/").headers["Location"] == "/staff/support/over/"
    assert "This visit is over" in text(late, "/staff/support/over/")


def test_a_visit_reaches_no_other_dealer_and_takes_nothing_from_who_was_signed_in_here(alpen: Alpen, rosso: Rosso) -> None:
    client = signed_in(rosso.staff["C. Amministra"])
    client.post(address_of(alpen, "Alice Adler"))
    assert client.get(f"/staff/customers/{rosso.eve.pk}/").status_code == 404
    assert "Autohaus Alpen" in text(client, "/staff/board/")
    client.post("/staff/support/end/")
    assert client.get("/staff/board/").headers["Location"].startswith("/signin/")


def test_whoever_signs_in_after_it_in_the_same_browser_is_themselves(alpen: Alpen) -> None:
    client = looking_in(alpen, "Alice Adler")
    member = alpen.staff["Max Mair"].account
    member.set_password("a long enough password")
    member.save()
    client.post("/signin/", {"login": member.email, "password": "a long enough password"})
    shown = text(client, "/staff/board/")
    assert "Support is looking in" not in shown
    assert "Max Mair" in shown
