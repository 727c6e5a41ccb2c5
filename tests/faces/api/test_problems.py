"""Whatever goes wrong is told to a program in JSON, in one shape, with a status that the document names."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Alpen
from tests.faces.api.programs import early_on_monday, program  # noqa: F401 - the fixture is used

BOOK = "/api/v1/appointments"


@pytest.mark.parametrize("typed", ["on a web form", "@", "dana@", "a@b@", "d" * 300 + "@example.org"])
def test_looking_for_what_is_no_address_is_not_understood(typed: str, alpen: Alpen) -> None:
    refused = program(alpen, "adviser").get("/api/v1/customers", {"email": typed})
    assert refused.status_code == 422
    told = refused.json()
    assert (told["code"], told["text"]) == ("not_as_described", "What was sent is not as the API describes it.")
    assert [each["where"] for each in told["detail"]] == [["query", "email"]]


def test_an_address_left_empty_narrows_nothing(alpen: Alpen) -> None:
    assert program(alpen, "adviser").get("/api/v1/customers?email=").json()["count"] == 2


def test_without_a_living_token_the_way_to_send_one_is_told(alpen: Alpen) -> None:
    refused = Client().get(BOOK)
    assert (refused.status_code, refused.json()["code"], refused.headers["WWW-Authenticate"]) == (401, "no_token", "Bearer")


def test_what_is_no_json_is_told_to_be_unreadable(alpen: Alpen) -> None:
    refused = program(alpen, "adviser").post(BOOK, data="{no", content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "not_readable")


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/customers/no-number", f"{BOOK}/../x/"])
def test_an_address_that_does_not_exist_is_told_in_json_to_programs_and_strangers(address: str, alpen: Alpen) -> None:
    for client in (program(alpen, "adviser"), Client()):
        missed = client.get(address)
        assert (missed.status_code, missed.headers["Content-Type"], missed.json()["code"]) == (404, "application/json", "not_found")


def test_a_request_for_a_host_that_nobody_can_have_is_told_in_json(alpen: Alpen) -> None:
    refused = program(alpen, "adviser").get("/api/v1/customers", headers={"Host": "!2Y"})
    assert (refused.status_code, refused.headers["Content-Type"], refused.json()["code"]) == (400, "application/json", "not_readable")


def test_a_method_that_is_not_offered_is_told_with_those_that_are(alpen: Alpen) -> None:
    refused = program(alpen, "adviser").delete(BOOK)
    assert (refused.status_code, refused.json()["code"]) == (405, "wrong_method")
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_a_fault_of_ours_is_told_in_json_without_what_it_was(alpen: Alpen, monkeypatch: Any) -> None:
    def break_down(*given: object, **named: object) -> None:
        raise RuntimeError("on purpose")

    client = program(alpen, "adviser")
    client.raise_request_exception = False
    monkeypatch.setattr("forecourt.faces.api.customers.access.fetch", break_down)
    broken = client.get(f"/api/v1/customers/{alpen.dana.pk}")
    assert (broken.status_code, broken.json()["code"], b"on purpose" in broken.content) == (500, "our_fault", False)


def test_pages_for_people_stay_pages(alpen: Alpen) -> None:
    assert Client().get("/nothing/").headers["Content-Type"].startswith("text/html")


def test_every_operation_says_how_it_may_refuse(alpen: Alpen) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for told in methods.values():
            assert {"400", "401", "403", "422"} <= told["responses"].keys(), path
            assert "{" not in path or "404" in told["responses"], path
    assert "409" in document["paths"]["/api/v1/slots"]["get"]["responses"]
