"""What an attacker tries: somebody else's link, foreign ids in forms, forged cookies, redirects out of the house, GETs that act.

The table of routes is walked here too, so that a new page is tried without being named.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forecourt.journeys.workshop.models import Appointment
from forecourt.runtime import links
from tests.architecture import world
from tests.architecture.test_doors import Route, answer, houses, routes, signed_in, staff_routes  # noqa: F401 - the fixture is used
from tests.cast import Alpen, Dealer, Rosso, local

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OUTSIDE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "https:evil.example",
    "http:///evil.example", "/%0d%0aSet-Cookie:a=b", "\x00//evil.example", " //evil.example",
)  # fmt: skip
SUBJECT_OF = world.SUBJECT_OF
WRITES = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)|procrastinate_defer|pg_notify', re.IGNORECASE)
# A GET that writes more than who looked (test_reads.py), and why.
MAY_WRITE = {
    "customer_booking": "keeps the raw hit of a click with its verdict; it moves nothing",
}


def link(dealer: Dealer, customer: Any, ids: world.Ids, purpose: str) -> str:
    return links.make(purpose=purpose, organisation_id=dealer.id, subject_id=ids[SUBJECT_OF[purpose]], holder_id=customer.pk)


def customer_routes() -> list[Route]:
    return [route for route in routes() if hasattr(route.view, "purpose")]


def opened(route: Route, token: str, method: str) -> int:
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        status: int = getattr(client, method)(reverse(route.full_name, kwargs={"token": token})).status_code
        transaction.set_rollback(True)
    return status


def test_every_purpose_of_a_link_is_tried() -> None:
    assert {route.view.purpose for route in customer_routes()} == set(SUBJECT_OF)


def test_a_customers_own_link_opens_its_pages(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    not_yet = {"customer_invoice"}  # nothing has been invoiced
    wrong = [
        (route.full_name, method, status)
        for route in customer_routes()
        if route.full_name not in not_yet
        for method in ("get", "post")
        if (status := opened(route, link(alpen, alpen.dana, houses["own"], route.view.purpose), method)) not in {200, 302, 405, 409, 422}
    ]
    assert not wrong


def test_a_link_of_one_purpose_opens_no_other_page(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    def borrowed(purpose: str, subject_id: Any) -> str:
        return links.make(purpose=purpose, organisation_id=alpen.id, subject_id=subject_id, holder_id=alpen.dana.pk)

    wrong = [
        (route.full_name, purpose, method, status)
        for route in customer_routes()
        for purpose in SUBJECT_OF
        if purpose != route.view.purpose
        for method in ("get", "post")
        if (status := opened(route, borrowed(purpose, houses["own"][SUBJECT_OF[route.view.purpose]]), method)) not in {404, 405}
    ]
    assert not wrong


def test_a_link_shows_only_what_belongs_to_its_holder_and_dealer(
    alpen: Alpen, rosso: Rosso, houses: dict[str, world.Ids]  # noqa: F811
) -> None:  # fmt: skip
    wrong = []
    for route in customer_routes():
        purpose = route.view.purpose
        crooked = {
            "of another customer": link(alpen, alpen.customers["dieter"], houses["own"], purpose),
            "of another dealer": link(rosso, rosso.eve, houses["own"], purpose),
            "of another dealer's customer": link(alpen, rosso.eve, houses["own"], purpose),
        }
        for kind, token in crooked.items():
            statuses = {opened(route, token, method) for method in ("get", "post")}
            if statuses - {404, 405}:
                wrong.append((route.full_name, kind, statuses))
    assert not wrong


def test_a_customer_moves_only_to_where_a_form_may_point_and_nonsense_is_no_fault(
    alpen: Alpen, houses: dict[str, world.Ids]  # noqa: F811
) -> None:  # fmt: skip
    client = Client(raise_request_exception=False)
    appointment, survey, booking = (
        reverse(name, kwargs={"token": link(alpen, alpen.dana, houses["own"], purpose)})
        for name, purpose in (("customer_move", "appointment"), ("customer_survey", "survey"), ("customer_booking", "booking"))
    )
    late = "9999-12-31T23:59:00+00:00"
    tries = [
        (appointment, {"slot": "2099-03-02T08:00:00+00:00", "version": "abc"}),
        (appointment, {"slot": "2099-03-02T08:00:00+00:00", "version": "9" * 5000}),
        (appointment, {"slot": late, "version": "1"}),
        (booking, {"slot": late}),
        (booking, {"slot": "2099-03-02T08:00:00+00:00", "note": "a\x00b"}),
        (survey, {"score": "²"}),
        (survey, {"score": "9" * 5000}),
        (survey, {"score": "11"}),
        (survey, {"score": "9", "comment": "a\x00b"}),
    ]
    for url, values in tries:
        with transaction.atomic():
            assert 400 <= client.post(url, values).status_code < 500, (url, values)
            transaction.set_rollback(True)


# -- staff --


def test_every_staff_form_asks_for_its_csrf_token(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    client = signed_in(alpen, "administrator")
    client.handler.enforce_csrf_checks = True
    wrong = [
        (route.full_name, status) for route in staff_routes() if (status := answer(client, route, houses["own"], "post")) not in {403, 405}
    ]
    assert not wrong


def test_only_what_carries_its_right_in_the_address_goes_without_a_csrf_token() -> None:
    exempt = {route.full_name for route in routes() if getattr(route.view, "csrf_exempt", False) and route.space != "api"}
    assert exempt == {route.full_name for route in customer_routes()} | {"unsubscribe:unsubscribe", "inlets:receive", "texts:told"}


def written(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        client.get(url)
        transaction.set_rollback(True)
    found = [match[0] for each in queries.captured_queries if (match := WRITES.search(each["sql"]))]
    return [each for each in found if "django_session" not in each and "runtime_auditentry" not in each]


def test_looking_changes_nothing(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    client = signed_in(alpen, "administrator")
    client.get("/staff/")
    wrong = []
    for route in routes():
        if route.space == "api" or (route.parameters and not (hasattr(route.view, "right") or hasattr(route.view, "purpose"))):
            continue
        ids = houses["own"]
        if hasattr(route.view, "purpose"):
            ids = ids | {"token": link(alpen, alpen.dana, ids, route.view.purpose)}
        found = written(client, reverse(route.full_name, kwargs={name: ids[name] for name in route.parameters}))
        if found and route.full_name not in MAY_WRITE:
            wrong.append((route.full_name, found))
    assert not wrong


@pytest.mark.parametrize("target", OUTSIDE)
def test_nothing_sends_anybody_out_of_the_house(target: str, alpen: Alpen) -> None:
    client = signed_in(alpen, "adviser")
    member = alpen.staff["Alice Adler"].account
    member.set_password("a long enough password")
    member.save()
    sign_in = {"login": member.email, "password": "a long enough password", "next": target}
    for name, who, values in (
        ("ui:theme", client, {"theme": "dark", "next": target}),
        ("ui:language", client, {"language": "it", "next": target}),
        ("staff_site", client, {"site": str(alpen.bozen.pk), "next": target}),
        ("account_login", Client(), sign_in),
        ("account_logout", client, {"next": target}),
    ):
        response = who.post(reverse(name), values)
        assert response.status_code == 302, (name, response.status_code)
        parts = urlsplit(response["Location"])
        assert (parts.scheme, parts.netloc) == ("", ""), (name, response["Location"])
        assert not response["Location"].startswith(("//", "/\\", "\\")), (name, response["Location"])
        assert not [cookie for cookie in response.cookies if cookie == "a"]


def test_signing_in_changes_the_session_so_that_a_planted_one_is_worth_nothing(alpen: Alpen, settings: Any) -> None:
    member = alpen.staff["Alice Adler"].account
    member.set_password("a long enough password")
    member.save()
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key or ""
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    done = client.post(reverse("account_login"), {"login": member.email, "password": "a long enough password"})
    assert done.status_code == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert attacker.get("/staff/").status_code == 302
    assert attacker.get("/staff/")["Location"].startswith("/signin/")


def test_a_session_that_was_signed_out_opens_nothing(alpen: Alpen, settings: Any) -> None:
    client = signed_in(alpen, "adviser")
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert client.get("/staff/board/")["Location"].startswith("/signin/")


def test_a_pass_for_live_updates_covers_only_what_one_may_see(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    client = signed_in(alpen, "adviser")
    own, sister, foreign = (houses[name] for name in ("own", "sister", "foreign"))

    def ask(*topics: str) -> int:
        query = "&".join(f"topic={topic}" for topic in topics)
        status: int = client.post(f"{reverse('staff_live')}?{query}").status_code
        return status

    assert ask(f"board:{own['site_id']}", f"job_card:{own['job_card_id']}") == 200
    for ids in (sister, foreign):
        assert ask(f"board:{ids['site_id']}") == 404
        assert ask(f"board:{own['site_id']}", f"board:{ids['site_id']}:2026-03-02") == 404
        assert ask(f"job_card:{ids['job_card_id']}") == 404
    for crooked in ("board:", "board:x", "visit:" + str(own["job_card_id"]), "ended:abc", "", "%00"):
        assert ask(crooked) == 404, crooked


def booking(alpen: Alpen, **more: Any) -> dict[str, Any]:
    return {"vehicle": alpen.golf.pk, "kinds": "oil_service", "slot": local("2026-03-03 10:00").isoformat()} | more


def test_ids_of_another_dealer_in_a_form_are_as_if_never_sent(
    alpen: Alpen, rosso: Rosso, houses: dict[str, world.Ids], set_clock: Any  # noqa: F811
) -> None:  # fmt: skip
    set_clock(local("2026-03-02 06:59"))
    client = signed_in(alpen, "adviser")
    with alpen.scope():
        before = Appointment.objects.count()
    for crooked in ({"vehicle": rosso.punto.pk}, {"customer": rosso.eve.pk}):
        assert client.post(reverse("planning:new"), booking(alpen, **crooked)).status_code == 422, crooked
    client.cookies["forecourt_site"] = str(rosso.torino.pk)
    assert client.get(reverse("planning:day")).context["request"].site.pk == alpen.bozen.pk
    client.cookies["forecourt_site"] = str(alpen.meran.pk)  # she does not work there
    assert client.get(reverse("planning:day")).context["request"].site.pk == alpen.bozen.pk
    with alpen.scope():
        assert Appointment.objects.count() == before
    card = houses["own"]["job_card_id"]
    stranger = {"technician": rosso.staff["F. Ferri"].pk}
    assert client.post(reverse("job_cards:assign", args=[card]), stranger).status_code == 409
    move = {"starts_at": "2026-03-03T10:00", "version": 1, "resource": rosso.bays["Ponte 1"].pk}
    assert client.post(reverse("planning:move", args=[houses["own"]["appointment_id"]]), move).status_code == 409


def test_nonsense_in_a_staff_form_is_no_fault(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    client = signed_in(alpen, "administrator")
    own = houses["own"]
    tries = [
        (reverse("planning:move", args=[own["appointment_id"]]), {"starts_at": "9999-12-31T23:59", "version": "1"}),
        (reverse("planning:move", args=[own["appointment_id"]]), {"starts_at": "2026-03-03T10:00", "version": "9" * 30}),
        (reverse("planning:new"), booking(alpen, slot="9999-12-31T23:59:00+00:00")),
        (reverse("planning:add", args=[own["appointment_id"]]), {"note": "a\x00b"}),
        (reverse("job_cards:advance", args=[own["job_card_id"]]), {"to": "in_work", "version": "9" * 5000}),
        (reverse("cases:act", args=[own["case_id"], "note"]), {"note": "a\x00b"}),
        (reverse("cases:act", args=[own["case_id"], "assign"]), {"owner": "x"}),
    ]
    for url, values in tries:
        with transaction.atomic():
            assert 400 <= client.post(url, values).status_code < 500, (url, values)
            transaction.set_rollback(True)
    for query in ("?q=%00", "?page=%C2%B2", "?page=" + "9" * 5000, "?day=9999-12-31", "?stage=%00", "?sort=%00", "?kind=%00"):
        for name in ("planning:day", "job_cards:list", "due:list", "cases:list", "customers:list", "imports:list", "arrivals:day"):
            assert client.get(reverse(name) + query).status_code < 500, (name, query)
        rows = reverse("flows:rows", args=[own["flow_id"], "due"])
        assert client.get(rows + query).status_code < 500, query


# -- only on this machine --


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ui:gallery", "mailbox:mails", "mailbox:texts", "demo:page"])
def test_what_is_for_this_machine_is_not_there_for_who_comes_through_a_proxy(name: str, settings: Any) -> None:
    settings.IS_LOCAL = settings.RUNS_MAIL_SERVER = True
    assert Client().get(reverse(name), headers={"x-forwarded-for": "203.0.113.7"}).status_code == 404
    assert Client().get(reverse(name), REMOTE_ADDR="203.0.113.7").status_code == 404
    settings.IS_LOCAL = False
    assert Client().get(reverse(name)).status_code == 404


def test_the_demo_signs_nobody_in_where_a_dealer_is_real(alpen: Alpen, settings: Any) -> None:
    settings.IS_LOCAL = True
    client = Client(raise_request_exception=False)
    assert client.post(reverse("demo:sign_in"), {"staff": alpen.staff["Alice Adler"].pk}).status_code == 404
    with alpen.scope():
        type(alpen.organisation).objects.filter(pk=alpen.id).update(is_demo=True)
    assert client.post(reverse("demo:sign_in"), {"staff": "nobody"}).status_code == 404
    assert client.post(reverse("demo:sign_in"), {"staff": alpen.staff["Alice Adler"].pk}).status_code == 302


def test_a_name_with_a_line_break_slips_no_header_into_a_mail(alpen: Alpen) -> None:
    from forecourt.engines.messaging import envelopes

    for crooked in ("Dana\r\nBcc: eve@example.org", "Dana\nBcc: eve@example.org", "Dana\rBcc: x"):
        with pytest.raises(ValueError, match="line break"):
            envelopes._checked(crooked)
