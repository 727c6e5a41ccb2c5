"""The pages about people: list, member, rights table, sign-in rules, tokens."""

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.faces.staff.people.words import RIGHTS
from forecourt.records.accounts.models import ApiToken
from forecourt.records.dealership import rights, staff
from forecourt.records.dealership.models import IdentityProvider, Organisation, StaffMember
from forecourt.runtime import access
from tests.cast import Alpen

LIST_QUERIES = 18  # three of them count what waits, for the navigation


@pytest.fixture
def anna(alpen: Alpen) -> Client:
    client = Client()
    client.force_login(alpen.staff["Anna Amort"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_people_are_found_by_name_address_role_and_state(alpen: Alpen, anna: Client) -> None:
    with alpen.scope():
        staff.leave(actor=alpen.actor("Anna Amort"), staff_member_id=alpen.staff["Bob Brenner"].pk)

    def found(**query: str) -> list[str]:
        return [row["member"].name for row in anna.get(reverse("people:list"), query).context["rows"]]

    assert found(q="alice") == ["Alice Adler"]
    assert found(q=alpen.staff["Max Mair"].account.email) == ["Max Mair"]
    assert found(show="left") == ["Bob Brenner"]
    assert found(role="manager") == ["Max Mair"]
    assert "Bob Brenner" not in found()


def test_the_list_needs_as_many_queries_for_many_as_for_few(alpen: Alpen, anna: Client, django_assert_max_num_queries: object) -> None:
    anna.get(reverse("people:list"))
    with django_assert_max_num_queries(LIST_QUERIES):  # type: ignore[operator]
        assert len(anna.get(reverse("people:list")).context["rows"]) == 8


def test_an_invitation_is_asked_for_sent_again_and_withdrawn(alpen: Alpen, anna: Client) -> None:
    asked = {"name": "Nora Neu", "email": "nora@new.example", "role": "adviser", "language": "de", "sites": [str(alpen.bozen.pk)]}
    assert anna.post(reverse("people:invite"), asked | {"email": "nobody"}).status_code == 422
    assert anna.post(reverse("people:invite"), asked).status_code == 302
    [row] = anna.get(reverse("people:list")).context["invited"]
    assert (row["invitation"].email, row["sites"]) == ("nora@new.example", "Bozen")
    assert anna.post(reverse("people:invite"), asked).status_code == 422
    link = row["invitation"].link_id
    anna.post(reverse("people:send_again", args=[row["invitation"].pk]))
    [again] = anna.get(reverse("people:list")).context["invited"]
    assert again["invitation"].link_id != link
    anna.post(reverse("people:withdraw", args=[row["invitation"].pk]))
    assert anna.get(reverse("people:list")).context["invited"] == []


def test_role_and_sites_change_and_hold_from_the_next_page_on(alpen: Alpen, anna: Client) -> None:
    bob = alpen.staff["Bob Brenner"]
    his = Client()
    his.force_login(bob.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert his.get(reverse("planning:new")).status_code == 403
    changed = anna.post(reverse("people:member", args=[bob.pk]), {"role": "adviser", "sites": [str(alpen.meran.pk)]})
    assert changed.status_code == 302
    assert his.get(reverse("planning:new")).status_code == 200
    assert his.get(reverse("planning:day")).context["request"].site.pk == alpen.meran.pk


def test_a_cell_of_the_table_takes_a_right_from_a_role(alpen: Alpen, anna: Client) -> None:
    hers = Client()
    hers.force_login(alpen.staff["Alice Adler"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert hers.get(reverse("due:list")).status_code == 200
    cell = {"role": "adviser", "right": "audience.see_due", "allowed": "no"}
    answer = anna.post(reverse("people:adjust"), cell, headers={"HX-Request": "true"})
    assert 'value="yes"' in answer.content.decode()
    assert hers.get(reverse("due:list")).status_code == 403
    page = anna.get(reverse("people:rights"))
    cells = [each for group in page.context["groups"] for row in group["rights"] for each in row["cells"] if each["is_adjusted"]]
    assert [(each["role"], each["right"]) for each in cells] == [("adviser", "audience.see_due")]


def test_every_right_has_its_words() -> None:
    assert [name for name in access.rights() if name not in RIGHTS and not name.startswith("tests.")] == []


def test_tokens_are_made_by_whom_the_right_was_given_shown_once_and_ended(alpen: Alpen, anna: Client) -> None:
    url = reverse("people:tokens")
    assert anna.get(url).status_code == 403
    member = reverse("people:grant", args=[alpen.staff["Anna Amort"].pk])
    anna.post(member, {"right": "accounts.manage_tokens", "allowed": "yes"})
    secret = anna.post(url, {"name": "Scales", "role": "read-only"}).context["secret"]
    assert secret.startswith("fc_")
    assert secret not in anna.get(url).content.decode()
    with alpen.scope():
        token = ApiToken.objects.get()
        assert token.made_by == alpen.staff["Anna Amort"].pk
    anna.post(reverse("people:end_token", args=[token.pk]))
    assert Client().get("/api/v1/vehicles", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_token_may_what_its_role_may_here(alpen: Alpen) -> None:
    from forecourt.records.accounts import tokens

    with alpen.scope():
        _token, secret = tokens.create(actor=alpen.system, name="Scales", role="read-only")
    header = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/vehicles", headers=header).status_code == 200
    with alpen.scope():
        rights.adjust(actor=alpen.actor("Anna Amort"), role="read-only", right="vehicles.see_vehicle", allowed=False)
    assert Client().get("/api/v1/vehicles", headers=header).status_code == 403


def test_the_secret_of_a_provider_is_written_never_read(alpen: Alpen, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecourt.adapters import openid
    from forecourt.records.dealership import identity

    monkeypatch.setattr(openid, "discover", lambda issuer: None)
    sent = {"name": "House", "issuer": "https://id.alpen.example", "client_id": "forecourt", "is_on": "on"}
    assert anna.post(reverse("people:provider"), sent).status_code == 422  # the first time the secret is needed
    assert anna.post(reverse("people:provider"), sent | {"secret": "tell-nobody"}).status_code == 302
    with alpen.scope():
        kept = IdentityProvider.objects.get()
        assert "tell-nobody" not in kept.sealed_secret
        assert identity.secret_of(kept) == "tell-nobody"
    assert "tell-nobody" not in anna.get(reverse("people:sign_in")).content.decode()
    anna.post(reverse("people:provider"), sent | {"name": "House 2"})
    anna.post(reverse("people:provider"), sent | {"secret": "turned"})
    with alpen.scope():
        assert identity.secret_of(IdentityProvider.objects.get()) == "turned"


def test_the_second_factor_is_required_and_no_longer(alpen: Alpen, anna: Client) -> None:
    session = anna.session
    session["signed_in_strongly"] = True
    session.save()
    for wanted in ("yes", "no"):
        anna.post(reverse("people:second_factor"), {"wanted": wanted})
        assert Organisation.objects.get(pk=alpen.id).needs_second_factor is (wanted == "yes")


def test_a_manager_of_one_site_manages_its_people_only(alpen: Alpen) -> None:
    with alpen.scope():
        manager = staff.join(
            actor=alpen.system, email="site.manager@alpen.example", name="Site Manager", role="manager", site_ids=(alpen.meran.pk,)
        )
    client = Client()
    client.force_login(manager.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert [row["member"].name for row in client.get(reverse("people:list")).context["rows"]] == ["Site Manager", "T. Moser"]
    assert client.get(reverse("people:member", args=[alpen.staff["Alice Adler"].pk])).status_code == 404
    assert client.post(reverse("people:leave", args=[alpen.staff["Alice Adler"].pk])).status_code == 404
    with alpen.scope():
        assert StaffMember.objects.get(pk=alpen.staff["Alice Adler"].pk).is_active
