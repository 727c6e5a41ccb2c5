"""What stands around a page: theme, language, navigation, and the pages for when something fails."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.test import Client, RequestFactory

from forecourt.faces.ui import context, navigation, surroundings
from forecourt.faces.ui.refusals import AnswerRefusals
from forecourt.kernel.errors import NotPermitted, Refusal

pytestmark = pytest.mark.urls("tests.faces.ui.addresses")

REASON = "Bay 2 is taken from 09:00 to 10:30."


def request(path: str = "/", **headers: str) -> HttpRequest:
    made = RequestFactory().get(path, headers=headers)
    made.user = AnonymousUser()
    return made


def answer(problem: Exception, **headers: str) -> HttpResponse:
    given = AnswerRefusals(lambda _: HttpResponse()).process_exception(request(**headers), problem)
    assert given is not None
    return given


def test_the_theme_is_kept_in_a_cookie_and_the_person_goes_back() -> None:
    response = Client().post("/ui/theme/", {"theme": "dark", "next": "/due/?page=2"})
    assert (response.status_code, response["Location"]) == (302, "/due/?page=2")
    assert response.cookies[context.THEME_COOKIE].value == "dark"


def test_nobody_is_sent_to_a_foreign_page() -> None:
    response = Client().post("/ui/theme/", {"theme": "dark", "next": "https://evil.example/"}, headers={"referer": "https://evil.example/"})
    assert response["Location"] == "/"


def test_an_unknown_theme_is_not_kept() -> None:
    assert Client().post("/ui/theme/", {"theme": '"><b>'}).cookies.get(context.THEME_COOKIE) is None


def test_a_theme_is_never_changed_by_following_a_link() -> None:
    assert Client().get("/ui/theme/?theme=dark").status_code == 405


def test_navigation_shows_only_what_the_person_may_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register("Gallery", "palette", "ui:gallery", "design.see", order=2)
    navigation.register("Language", "globe", "ui:language", order=1)
    assert [link.label for link in navigation.links(request("/ui/"), may=lambda right: False)] == ["Language"]
    assert [(link.label, link.is_current) for link in navigation.links(request("/ui/"), may=lambda right: right == "design.see")] == [
        ("Language", False),
        ("Gallery", True),
    ]


def test_the_first_face_that_knows_a_request_tells_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_tellers", [])
    surroundings.register(lambda one: None)
    surroundings.register(lambda one: surroundings.Surroundings(organisation="Autohaus Alpen"))
    assert surroundings.of(request()).organisation == "Autohaus Alpen"


def test_without_a_face_nobody_may_anything() -> None:
    assert surroundings.Surroundings().may("anything") is False


def test_a_refusal_on_a_page_is_a_page_with_the_reason() -> None:
    response = answer(Refusal("period_full", REASON))
    assert response.status_code == 409
    assert REASON in response.content.decode()


def test_a_refusal_of_a_fragment_leaves_the_page_as_it_is_and_says_why() -> None:
    response = answer(Refusal("period_full", REASON), hx_request="true")
    assert (response.status_code, response["HX-Reswap"]) == (409, "none")
    assert json.loads(response["HX-Trigger"])["toast"]["text"] == REASON
    assert "<html" not in response.content.decode()


def test_what_is_not_permitted_says_so() -> None:
    response = answer(NotPermitted("workshop.move_appointment"))
    assert response.status_code == 403
    assert "Nothing was changed." in response.content.decode()


def test_a_foreign_page_is_404_with_words() -> None:
    response = Client().get("/no/such/page/")
    assert response.status_code == 404
    assert "This page is not here" in response.content.decode()


def test_the_page_for_our_own_fault_needs_nothing_to_be_shown() -> None:
    html = get_template("500.html").render()
    assert "Something went wrong on our side" in html
    assert "/ui/theme/" not in html


def test_the_gallery_is_not_shown_in_a_dealers_installation(settings: object) -> None:
    from forecourt.faces.ui import views

    settings.DEBUG = settings.IS_LOCAL = False  # type: ignore[attr-defined]
    with pytest.raises(Http404):
        views.gallery(request("/ui/"))


@pytest.mark.parametrize("name", ["staff", "board", "customer", "capture", "bare"])
def test_gallery_pages_run_no_script_without_a_nonce(name: str) -> None:
    response = Client().get("/ui/", {"page": name})
    assert response.status_code == 200
    html = response.content.decode()
    assert "onclick=" not in html
    assert html.count("<script") == html.count("<script src=") + html.count('<script type="module" src=')


def test_the_brand_of_the_house_is_on_the_page() -> None:
    html = render(request(), "ui/bare.html").content.decode()
    assert "--brand:light-dark(#0f5ed9," in html
