"""Every page carries the headers that keep browsers from doing harm, and cookies that scripts and strangers cannot use."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture import world
from tests.architecture.test_doors import houses, routes, signed_in  # noqa: F401 - a fixture
from tests.cast import Alpen

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORBIDDEN_IN_SCRIPTS = ("'unsafe-inline'", "'unsafe-eval'", "http:", "https:", "*")


def answers(client: Client, ids: dict[str, Any]) -> list[tuple[str, HttpResponse]]:
    """What every route of the resolver answers to a GET, whatever it is."""
    found = []
    for route in routes():
        if route.space == "api" and not route.name:
            continue
        kwargs = {name: ids.get(name, world.NOBODY if name.endswith("_id") else "1") for name in route.parameters}
        with transaction.atomic():
            found.append((route.full_name, client.get(reverse(route.full_name, kwargs=kwargs))))
            transaction.set_rollback(True)
    return found


def problems(response: HttpResponse) -> list[str]:
    found = [f"{name}: {response.headers.get(name)}" for name, value in WANTED.items() if response.headers.get(name) != value]
    policy = dict(
        part.strip().split(" ", 1) for part in response.headers.get("Content-Security-Policy", "").split(";") if " " in part.strip()
    )
    scripts = policy.get("script-src", "").split()
    if policy and (not policy.get("default-src") or set(scripts) & set(FORBIDDEN_IN_SCRIPTS)):
        found.append(f"script-src {scripts}")
    if not policy:
        found.append("no Content-Security-Policy")
    if "text/html" in response.headers.get("Content-Type", "") and "frame-ancestors" not in policy:
        found.append("no frame-ancestors")
    if "camera=" not in response.headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    return found


def test_every_page_of_the_resolver_carries_the_security_headers(alpen: Alpen, houses: dict[str, world.Ids]) -> None:  # noqa: F811
    seen = 0
    wrong = {}
    for client in (Client(raise_request_exception=False), signed_in(alpen, "administrator", powerful=True)):
        for name, response in answers(client, houses["own"]):
            seen += 1
            if found := problems(response):
                wrong[name] = found
    assert wrong == {}
    assert seen >= 100


@pytest.mark.django_db
def test_each_page_has_a_nonce_of_its_own() -> None:
    first, second = (re.findall(r"nonce-([\w-]+)", Client().get("/signin/")["Content-Security-Policy"])[0] for _ in range(2))
    assert first != second
    assert len(first) >= 20


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(alpen: Alpen) -> None:
    account = alpen.staff["Alice Adler"].account
    account.set_password("lamp otter granite seven")
    account.save()
    client = Client()
    client.post("/signin/", {"login": account.email, "password": "lamp otter granite seven"})
    for name in (settings.SESSION_COOKIE_NAME, f"{settings.SESSION_COOKIE_NAME}_device"):
        cookie = client.cookies[name]
        assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax"), name
