"""Whatever a program sends with whatever role's token, the API answers as its OpenAPI document says: never 5xx, no undocumented status, no other
shape or content type. Some 450 requests in `make test`, more than 10,000 in `make prove`; FORECOURT_PROVE_SEED makes others.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, checks
from schemathesis.schemas import APIOperation, BaseSchema

from forecourt.config.wsgi import application
from forecourt.records.accounts import tokens
from forecourt.runtime import access
from tests.cast import Alpen, Rosso
from tests.proof import api_house
from tests.proof.parts import IN_FULL, tell

LET_IN, REFUSED = (100, 15) if IN_FULL else (3, 1)  # of each operation, where the role may and where it may not
AT_LEAST = 10_000 if IN_FULL else 350
SEED = int(os.environ.get("FORECOURT_PROVE_SEED", "20261122"))
KEPT = [
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance,
    checks.response_schema_conformance,
]  # fmt: skip
ASKED: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def connection_stays(document: BaseSchema) -> Iterator[None]:
    """A request ends by closing its connection, which would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def document(django_db_setup: None, django_db_blocker: Any) -> BaseSchema:
    with django_db_blocker.unblock():
        return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def operations(document: BaseSchema) -> list[APIOperation[Any, Any, Any, Any]]:
    return [each.ok() for each in document.get_all_operations()]


@pytest.mark.timeout(1800 if IN_FULL else 120)
@pytest.mark.parametrize("role", access.ROLES)
def test_every_answer_is_one_that_the_document_names(
    role: str, document: BaseSchema, alpen: Alpen, rosso: Rosso, set_clock: Any, settings: Any
) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True  # so that a fault shows where it lies, not as a page
    set_clock(api_house.MORNING)
    values = api_house.known(alpen, rosso)
    with alpen.scope():
        _, secret = tokens.create(actor=alpen.system, name="proof", role=role)
    for operation in operations(document):
        may = operation.definition.raw["x-right"] in access.rights_of(role)
        ask(operation, values, secret, LET_IN if may else REFUSED, chance=SEED + crc32(f"{role} {operation.label}".encode()))


def ask(operation: APIOperation[Any, Any, Any, Any], values: api_house.Known, secret: str, times: int, chance: int) -> None:
    @seed(chance)
    @settings(
        max_examples=times, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
    )
    @given(case=api_house.cases(operation, values))
    def answered(case: Case) -> None:
        with transaction.atomic():
            response = case.call_and_validate(headers={"authorization": f"Bearer {secret}", "accept-language": "en"}, checks=KEPT)
            transaction.set_rollback(True)
        ASKED[str(response.status_code)] += 1

    answered()


def test_so_many_requests_have_been_made_with_every_role_and_many_were_let_in() -> None:
    told = ", ".join(f"{count}× {status}" for status, count in sorted(ASKED.items()))
    tell("API by its document, every role", limit=f"{AT_LEAST} requests, 0 faults", measured=f"{ASKED.total()} requests: {told}")
    assert ASKED.total() >= AT_LEAST
    assert not IN_FULL or {"200", "201", "202", "400", "403", "404", "409", "422"} <= set(ASKED)
