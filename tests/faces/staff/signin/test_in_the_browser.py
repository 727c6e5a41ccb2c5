"""Passkeys, the second factor and the sign-in of a house, in Chromium: with its virtual authenticator and a real identity provider."""

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from forecourt.faces.ui import icons
from forecourt.records.accounts import signins
from forecourt.records.accounts.models import Account
from forecourt.records.dealership import identity, invitations, organisations
from forecourt.records.dealership.models import StaffMember
from forecourt.runtime import links
from tests.cast import Alpen
from tests.faces.staff.signin.browsing import served, tab
from tests.identity_provider import User, run_server_in_thread

PASSWORD = "lamp otter granite seven"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not icons.SHAPES.exists(), reason="the front end has not been built"),
]


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]


def fill_password(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}{reverse('account_login')}")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in with the password").click()


def with_password(alpen: Alpen, name: str) -> Account:
    account = alpen.staff[name].account
    account.set_password(PASSWORD)
    account.save()
    return account


def test_an_invited_person_comes_in_with_a_passkey_and_signs_in_with_it_again(alpen: Alpen, browser: Browser) -> None:
    with alpen.scope():
        organisations.ask_for_second_factor(actor=alpen.actor("Anna Amort"), wanted=True)
        asked = invitations.invite(
            actor=alpen.actor("Anna Amort"), email="nora@new.example", name="Nora Neu", role="adviser", site_ids=(alpen.bozen.pk,)
        )
    token = links.make(purpose="staff_invitation", organisation_id=alpen.id, subject_id=asked.pk, holder_id=asked.link_id, days=7)
    with served() as url, tab(browser) as page:
        page.goto(f"{url}{reverse('staff_join', args=[token])}")
        page.get_by_role("button", name="Come in with a passkey").click()
        page.wait_for_url("**/staff/board/**")  # strong enough for a house that asks for a second factor
        page.context.clear_cookies()
        page.goto(f"{url}{reverse('account_login')}")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/staff/board/**")
    account = Account.objects.get(email="nora@new.example")
    assert not account.has_usable_password()
    assert {each.how for each in signins.of(account)} == {"passkey"}


def test_a_passkey_is_made_on_ones_own_page_confirms_and_is_removed(alpen: Alpen, browser: Browser) -> None:
    account = with_password(alpen, "Alice Adler")
    with served() as url, tab(browser) as page:
        fill_password(page, url, account.email)
        page.wait_for_url("**/staff/board/**")
        page.goto(f"{url}{reverse('own:security')}")
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.locator("[data-codes] li")).to_have_count(10)
        page.goto(f"{url}{reverse('own:confirm')}?next={reverse('own:security')}")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="My devices")).to_be_visible()
        page.context.clear_cookies()
        fill_password(page, url, account.email)
        page.get_by_role("button", name="Use a passkey instead").click()
        page.wait_for_url("**/staff/board/**")


def test_an_app_is_set_up_by_its_qr_code_and_asked_for_at_the_next_sign_in(alpen: Alpen, browser: Browser) -> None:
    account = with_password(alpen, "Alice Adler")
    with alpen.scope():
        organisations.ask_for_second_factor(actor=alpen.actor("Anna Amort"), wanted=True)

    def code(secret: str, steps: int = 0) -> str:
        return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps)))

    with served() as url, tab(browser) as page:
        fill_password(page, url, account.email)
        page.wait_for_url(f"**{reverse('own:security')}")
        page.get_by_role("link", name="Set up the app").click()
        expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
        secret = page.locator("[data-secret]").inner_text()
        page.fill("#id_code", code(secret))
        page.get_by_role("button", name="Done").click()
        recovery = page.locator("[data-codes] code").first.inner_text()
        page.context.clear_cookies()
        fill_password(page, url, account.email)
        page.fill("#id_code", code(secret))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/staff/board/**")
        page.context.clear_cookies()
        fill_password(page, url, account.email)
        page.fill("#id_code", recovery)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/staff/board/**")


@pytest.fixture
def provider(alpen: Alpen, settings: Any) -> Any:
    """A real provider on this machine, whose host the operator has named; it knows Alice, somebody unproven and a stranger."""
    settings.INTERNAL_HOSTS = frozenset({"localhost"})
    alice, bob = (alpen.staff[name].account.email for name in ("Alice Adler", "Bob Brenner"))
    people = [
        User(sub="alice", claims={"email": alice, "email_verified": True}),
        User(sub="other-alice", claims={"email": alice, "email_verified": True}),
        User(sub="bob", claims={"email": bob, "email_verified": False}),
        User(sub="stranger", claims={"email": "stranger@alpen.example", "email_verified": True}),
    ]
    with run_server_in_thread(user_claims=people, require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        with alpen.scope():
            identity.arrange(actor=alpen.actor("Anna Amort"), name="House", issuer=issuer, client_id="forecourt", secret="house-secret")
        yield server


def by_the_house(page: Page, url: str, person: str) -> None:
    page.goto(f"{url}{reverse('house_sign_in', args=['autohaus-alpen'])}")
    page.get_by_role("button", name="House").click()
    page.get_by_role("button", name=person, exact=True).first.click()


@pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the provider's own library
def test_the_sign_in_of_the_house_brings_in_whom_it_should_and_nobody_else(alpen: Alpen, provider: Any, browser: Browser) -> None:
    with alpen.scope():
        organisations.ask_for_second_factor(actor=alpen.actor("Anna Amort"), wanted=True)
    with served() as url:
        with tab(browser) as page:
            by_the_house(page, url, "alice")
            page.wait_for_url("**/staff/board/**")
            page.goto(f"{url}{reverse('own:security')}")
            expect(page.get_by_text("You came in by the sign-in of your dealership.")).to_be_visible()
            assert page.request.get(f"{url}{reverse('own:app')}").status == 409
        for person in ("bob", "stranger", "other-alice"):  # not verified, not invited, the same address in other hands
            with tab(browser) as page:
                by_the_house(page, url, person)
                page.wait_for_url("**/signin/?house=failed")
                page.goto(f"{url}/staff/board/")
                assert "/signin/" in page.url
    with alpen.scope():
        assert StaffMember.objects.exclude(identity_subject="").values_list("name", "identity_subject").get() == ("Alice Adler", "alice")
    assert not Account.objects.filter(email="stranger@alpen.example").exists()
