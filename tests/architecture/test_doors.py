"""Every route × role × tenant, generated from the URL resolver. A route without a door, and without a line below, fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from forecourt.faces.customer import own
from forecourt.records.accounts import customer_links, devices, drivers, registration
from forecourt.records.accounts.models import Passkey
from forecourt.records.dealership import staff
from forecourt.records.dealership.models import StaffMember
from forecourt.records.people.models import Customer
from forecourt.records.vehicles import vehicles
from forecourt.runtime import access
from tests.architecture import witness, world
from tests.cast import Alpen, Dealer, Rosso

# Routes that anybody may ask, and why.
OPEN = {
    "front": "sends people on to where they belong",
    "account_login": "signing in",
    "account_logout": "asks before it signs out",
    "mfa_authenticate": "the second factor, after the password",
    "mfa_login_webauthn": "signing in by passkey",
    "house_find": "to the sign-in of one's dealership",
    "house_sign_in": "the sign-in of a dealership",
    "house_callback": "back from the sign-in of a dealership; only with the state that this browser left with",
    "staff_forgotten": "asks for a link to a new password; says the same to everybody",
    "staff_forgotten_sent": "says the same to everybody",
    "staff_password_changed": "leads on to signing in",
    "staff_choose_password": "a signed link in a mail, good for an hour and once",
    "staff_join": "a signed link in an invitation, good once",
    "staff_join_passkey": "a signed link in an invitation, good once",
    "account_signup": "says that sign-up is by invitation",
    "ui:theme": "light or dark: a cookie, and one's own account",
    "ui:language": "a cookie, and one's own account",
    "ui:gallery": "the design system, local only",
    "ui:move_specimen": "tries the gallery's board out, local only; nothing is kept",
    "support:begin": "a link that the operator's command printed, good once",
    "support:over": "where a visit of support leads that has ended",
    "healthz": "tells an operator whether the parts work",
    "files:serve": "a signed, short link",
    "mailbox:mails": "the local mail server's mails, local only",
    "mailbox:texts": "the local gateway's text messages, local only",
    "mailbox:mail": "the local mail server's mails, local only",
    "mailbox:html": "the local mail server's mails, local only",
    "mailbox:raw": "the local mail server's mails, local only",
    "texts:told": "a gateway tells what became of a text, signed with its token",
    "unsubscribe:unsubscribe": "a signed link in a mail",
    "inlets:receive": "a message signed with a secret of its own door",
    "me_sign_in": "signing in as a customer: asks for a code",
    "me_passkey": "signing in as a customer with a passkey",
    "me_code": "takes the code, in the browser that asked for it",
    "me_link": "takes the link, in the browser that asked for it",
    "me_sign_out": "ends the device that asks",
    "demo:page": "the demo's cast, local only",
    "demo:sign_in": "the demo's cast, local only",
}
OWN_TABLE = "api"  # test_api_table.py walks its OpenAPI document


@dataclass(frozen=True)
class Route:
    name: str
    space: str
    pattern: URLPattern
    view: Any

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(self.pattern.pattern.converters)

    @property
    def full_name(self) -> str:
        return f"{self.space}:{self.name}" if self.space else self.name


def routes(resolver: Any = None, space: str = "") -> Iterator[Route]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each, each.namespace or space)
        else:
            yield Route(each.name or "", space, each, each.callback)


def staff_routes() -> list[Route]:
    return [route for route in routes() if hasattr(route.view, "right")]


def test_every_route_has_a_door_or_a_reason() -> None:
    without = [
        f"{route.full_name} ({route.pattern.pattern})"
        for route in routes()
        if not any(hasattr(route.view, kind) for kind in ("right", "purpose", "account")) and route.full_name not in OPEN
        and route.space != OWN_TABLE
    ]  # fmt: skip
    assert not without, f"Give these a door(right), a door(purpose), an account's door or a line in OPEN with the reason: {without}"


def test_every_reason_belongs_to_a_route_that_has_no_door() -> None:
    known = {route.full_name: route for route in routes()}
    assert [name for name in OPEN if name not in known or hasattr(known[name].view, "right")] == []


def test_every_right_that_a_door_names_is_declared() -> None:
    assert {route.view.right for route in staff_routes()} <= set(access.rights())


@pytest.fixture
def houses(alpen: Alpen, rosso: Rosso) -> dict[str, world.Ids]:
    with alpen.scope():
        own = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
        sister = world.at(alpen.meran, alpen.customers["dieter"], alpen.cars["octavia"], 9002)
    with rosso.scope():
        foreign = world.at(rosso.torino, rosso.eve, rosso.punto, 9001)
    return {"own": own, "sister": sister, "foreign": foreign}


def signed_in(alpen: Alpen, role: str, *, powerful: bool = False) -> Client:
    """Somebody of this role who works at Bozen only; `powerful`: who was given every powerful right too."""
    with alpen.scope():
        member: StaffMember = staff.join(
            actor=alpen.system, email=f"{role}@doors.example", name=role.title(), role=role, home_site_id=alpen.bozen.pk,
            site_ids=(alpen.bozen.pk,),
        )  # fmt: skip
        if powerful:
            member.granted_rights = [name for name, right in access.rights().items() if right.powerful]
            member.save()
    client = Client(raise_request_exception=False)
    client.force_login(member.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def answer(client: Client, route: Route, ids: world.Ids, method: str) -> int:
    """The status, with whatever the request wrote taken back."""
    url = reverse(route.full_name, kwargs={name: ids[name] for name in route.parameters})
    return witness.seen(lambda: int(getattr(client, method)(url).status_code))


def test_a_refusal_that_left_something_written_is_told(alpen: Alpen) -> None:
    def ask() -> int:
        with alpen.scope():
            Customer.objects.filter(pk=alpen.dana.pk).update(city="Elsewhere")
        return 403

    with pytest.raises(AssertionError, match="people_customer"):
        witness.seen(ask)


def test_staff_routes_send_strangers_to_sign_in(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    wrong = [
        (route.full_name, method, status)
        for route in staff_routes()
        for method in ("get", "post")
        if (status := answer(Client(), route, houses["own"], method)) not in {302, 405}
    ]
    assert not wrong


@pytest.mark.parametrize("role", access.ROLES)
def test_a_role_gets_exactly_what_its_rights_allow(role: str, alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    client = signed_in(alpen, role)
    rights = access.rights_of(role)
    wrong = []
    for route in staff_routes():
        for method in ("get", "post"):
            status = answer(client, route, houses["own"], method)
            if status == 405:
                continue
            good = status < 500 and status not in {403, 404} if route.view.right in rights else status == 403
            if not good:
                wrong.append((route.full_name, method, status, "may" if route.view.right in rights else "may not"))
    assert not wrong


def test_what_is_foreign_or_absent_answers_404_even_to_an_administrator(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    client = signed_in(alpen, "administrator", powerful=True)
    absent = dict.fromkeys(houses["own"], world.NOBODY) | {"measure": "due", "step": "note"}
    wrong = [
        (route.full_name, kind, method, status)
        for route in staff_routes()
        if any(name.endswith("_id") for name in route.parameters)
        for kind, ids in (("foreign", houses["foreign"]), ("absent", absent))
        for method in ("get", "post")
        if (status := answer(client, route, ids, method)) not in {404, 405}
    ]
    assert not wrong


def test_what_belongs_to_a_sister_site_answers_404_to_who_does_not_work_there(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    client = signed_in(alpen, "administrator", powerful=True)
    wrong = [
        (route.full_name, method, status)
        for route in staff_routes()
        if any(name not in world.SHARED_BY_SITES and name.endswith("_id") for name in route.parameters)
        for method in ("get", "post")
        if (status := answer(client, route, houses["sister"], method)) not in {404, 405}
    ]
    assert not wrong


# -- the role "account": a customer who is signed in --


def account_routes() -> list[Route]:
    return [route for route in routes() if hasattr(route.view, "account")]


def with_account(dealer: Dealer, customer: Customer) -> tuple[Client, world.Ids]:
    """A browser signed in as this customer's account, and the ids of what is theirs."""
    account = registration.register(email=f"{customer.pk}@accounts.example", name="")
    with dealer.scope():
        link = customer_links.begin(account=account, customer_id=customer.pk, way="dealer_code")
        car = vehicles.cars_of(customer.pk).first()
        assert car is not None
        invitation = drivers.invite(owner=link, vehicle_id=car.pk, address="driver@accounts.example", may_book=True, may_approve=False)
        friend = registration.register(email="driver@accounts.example", name="")
        drives = customer_links.begin_driver(account=friend, owner=link, vehicle_id=car.pk, may_book=False, may_approve=False)
    device, secret = devices.begin(account=account, name="Test", way="code")
    client = Client(raise_request_exception=False)
    client.cookies[settings.DEVICE_COOKIE_NAME] = secret
    return client, {
        "link_id": link.pk, "vehicle_id": car.pk, "driver_link_id": drives.pk, "driver_invitation_id": invitation.pk, "device_id": device.pk,
        "passkey_id": Passkey.objects.create(account=account, credential_id=str(link.pk), credential=b"", name="", made_at=device.began_at).pk,
        "secret": "0" * 64,
    }  # fmt: skip


def test_account_routes_send_strangers_and_staff_to_sign_in(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    _, ids = with_account(alpen, alpen.dana)
    staff_client = signed_in(alpen, "administrator")
    wrong = [
        (route.full_name, method, status)
        for route in account_routes()
        for who in (Client(), staff_client)
        for method in ("get", "post")
        if (status := answer(who, route, ids, method)) not in {302, 405}
    ]
    assert not wrong


def test_an_account_opens_what_is_its_own(alpen: Alpen) -> None:
    client, ids = with_account(alpen, alpen.dana)
    wrong = [
        (route.full_name, method, status)
        for route in account_routes()
        if "secret" not in route.parameters
        for method in ("get", "post")
        if (status := answer(client, route, ids, method)) not in {200, 302, 405, 409, 422}
    ]
    assert not wrong


def test_an_account_never_reaches_what_belongs_to_another_one(alpen: Alpen, rosso: Rosso) -> None:
    client, own = with_account(alpen, alpen.dana)
    _, others = with_account(alpen, alpen.customers["dieter"])
    _, foreign = with_account(rosso, rosso.eve)
    absent = dict.fromkeys(own, world.NOBODY) | {"secret": "0" * 64}
    crooked = [others, foreign, absent, *(own | {name: ids[name]} for ids in (others, foreign, absent) for name in own if name != "secret")]
    wrong = [
        (route.full_name, method, status)
        for route in account_routes()
        for ids in crooked
        if any(ids[name] != own[name] for name in route.parameters)
        for method in ("get", "post")
        if (status := answer(client, route, ids, method)) not in {404, 405}
    ]
    assert not wrong


def test_an_account_sees_nothing_of_staffs_pages(alpen: Alpen, houses: dict[str, world.Ids]) -> None:
    client, _ = with_account(alpen, alpen.dana)
    wrong = [
        route.full_name
        for route in staff_routes()
        for method in ("get", "post")
        if answer(client, route, houses["own"], method) not in {302, 405}
    ]
    assert not wrong


def test_an_address_of_ones_own_opens_for_its_account_alone(alpen: Alpen, rosso: Rosso, houses: dict[str, world.Ids]) -> None:
    client, mine = with_account(alpen, alpen.dana)
    other, theirs = with_account(alpen, alpen.customers["dieter"])
    foreigner, foreign = with_account(rosso, rosso.eve)
    wrong = []
    for route in routes():
        if not hasattr(route.view, "purpose") or route.view.purpose == "account":
            continue
        name = world.SUBJECT_OF[route.view.purpose]
        own_token = own.token(mine["link_id"], houses["own"][name])
        for who, token, right in (
            (client, own_token, {200, 302, 405, 409, 422}), (other, own_token, {404, 405}), (foreigner, own_token, {404, 405}),
            (Client(), own_token, {302, 405}), (client, own.token(mine["link_id"], houses["sister"][name]), {404, 405}),
            (client, own.token(mine["link_id"], houses["foreign"][name]), {404, 405}),
            (other, own.token(theirs["link_id"], houses["own"][name]), {404, 405}),
            (foreigner, own.token(foreign["link_id"], houses["own"][name]), {404, 405}),
        ):  # fmt: skip
            for method in ("get", "post"):
                with transaction.atomic():
                    status = getattr(who, method)(reverse(route.full_name, kwargs={"token": token})).status_code
                    transaction.set_rollback(True)
                if status not in right and not (route.full_name == "customer_invoice" and status == 404):
                    wrong.append((route.full_name, method, status, right))
    assert not wrong


@pytest.mark.django_db
def test_a_link_opens_nothing_with_a_forged_token() -> None:
    pages = [route for route in routes() if hasattr(route.view, "purpose")]
    assert pages
    for route in pages:
        ids = dict.fromkeys(route.parameters, world.NOBODY) | {"token": "forged.token"}
        for method in ("get", "post"):
            assert getattr(Client(), method)(reverse(route.full_name, kwargs=ids)).status_code in {404, 405}, route.full_name
