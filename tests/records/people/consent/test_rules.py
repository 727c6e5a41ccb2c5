"""What may be sent follows from the lines, in whatever order they are told: the examples of docs/reference/consent.md and more."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.records.people import consent

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=30)
SOURCES = ("staff", "link", "import:autoline", "import:werbas", "dealer_rule")
TOLD = st.lists(st.tuples(st.sampled_from(consent.ACTS), st.sampled_from(SOURCES), st.integers(0, 4)), max_size=6)
ASKED: dict[str, Any] = {"country": "DE", "form": "double_opt_in"}


def line(act: str, hour: int, source: str = "link", number: int = 0, **told: Any) -> consent.Line:
    usual: dict[str, Any] = {"purpose": "offers", "channel": "email", "form": "counter"}
    return consent.Line(id=UUID(int=number), act=act, source=source, entered_at=START + timedelta(hours=hour), **(usual | told))


def answer(*lines: consent.Line, **asked: Any) -> tuple[bool, str]:
    usual: dict[str, Any] = {"purpose": "offers", "channel": "email", "country": "IT", "now": NOW}
    verdict = consent.verdict(consent.Question(**(usual | asked)), lines)
    return verdict.allowed, verdict.reason_code


def sold(**told: Any) -> consent.Line:
    return line("give", 1, "staff", basis="soft_opt_in", sale_reference="R-1", sold_at=START, **told)


@pytest.mark.parametrize(
    ("lines", "asked", "expected"),
    [
        ([line("object", 1, purpose="recall")], {"purpose": "recall"}, (True, "needs_no_consent")),
        ([], {"purpose": "contract", "suppression": "address"}, (False, "suppressed")),
        ([], {"purpose": "contract", "suppression": "complaint"}, (True, "needs_no_consent")),
        ([line("give", 1)], {"suppression": "complaint"}, (False, "suppressed")),
        ([line("give", 1)], {}, (True, "consented")),
        ([line("give", 1)], {"country": "DE"}, (False, "needs_double_opt_in")),
        ([line("give", 1)], {"country": "DE", "double_opt_in": "never"}, (True, "consented")),
        ([line("give", 1)], {"country": ""}, (False, "needs_double_opt_in")),
        ([line("give", 1)], {"double_opt_in": "always"}, (False, "needs_double_opt_in")),
        ([line("give", 1, form="paper")], {"country": "AT"}, (False, "needs_double_opt_in")),
        ([line("give", 1, form="paper", has_evidence=True)], {"country": "AT"}, (True, "consented")),
        ([line("give", 1, form="link")], {"country": "AT"}, (True, "consented")),
        ([line("give", 1, channel="sms")], {"country": "DE", "channel": "sms"}, (True, "consented")),
        ([line("give", 1, form="double_opt_in")], {}, (False, "unconfirmed")),
        ([line("give", 1, form="double_opt_in", number=7), line("confirm", 2, confirms_id=UUID(int=7))], {"country": "DE"}, (True, "consented")),
        ([line("give", 1, form="double_opt_in", number=7), line("confirm", 169, confirms_id=UUID(int=7))], {}, (True, "consented")),
        ([line("give", 1, form="double_opt_in", number=7), line("confirm", 170, confirms_id=UUID(int=7))], {}, (False, "unconfirmed")),
        (
            [line("give", 1, form="double_opt_in", number=7), line("object", 2), line("confirm", 3, confirms_id=UUID(int=7))],
            {"country": "DE"},
            (False, "objected"),
        ),
        ([line("give", 1), line("object", 1)], {}, (False, "objected")),
        ([line("withdraw", 1), line("give", 2, "import:autoline")], {}, (False, "withdrawn")),
        ([line("withdraw", 1, "import:autoline"), line("give", 2, "import:autoline")], {}, (True, "consented")),
        ([line("object", 1), line("give", 2, "staff")], {}, (True, "consented")),
        ([line("give", 1, "dealer_rule")], {}, (False, "no_consent")),
        ([line("give", 1, "dealer_rule", purpose="survey")], {"purpose": "survey"}, (True, "ordered_as_a_service")),
        ([line("give", 1, brand="fiat")], {}, (False, "no_consent")),
        ([line("give", 1, brand="fiat")], {"brand": "fiat"}, (True, "consented")),
        ([line("give", 1), line("object", 2, brand="jeep")], {"brand": "fiat"}, (True, "consented")),
        ([line("give", 1), line("object", 2, brand="jeep")], {}, (False, "objected")),
        ([sold()], {}, (True, "soft_opt_in")),
        ([sold(channel="sms")], {"channel": "sms"}, (False, "soft_opt_in_not_possible")),
        ([sold(channel="sms")], {"channel": "sms", "country": "DE"}, (True, "soft_opt_in")),
        ([sold(channel="phone")], {"channel": "phone", "country": "DE"}, (False, "soft_opt_in_not_possible")),
        ([sold()], {"country": "CN"}, (False, "soft_opt_in_not_possible")),
        ([line("object", 0), sold()], {}, (False, "objected")),
        ([line("give", 1, controller="importer:x")], {}, (False, "given_to_another")),
        ([line("give", 1, controller="importer:x")], {"controller": "importer:x"}, (True, "consented")),
        ([line("give", 800)], {}, (False, "no_consent")),
    ],
)  # fmt: skip
def test_an_answer_follows_from_the_lines(lines: list[consent.Line], asked: dict[str, Any], expected: tuple[bool, str]) -> None:
    assert answer(*lines, **asked) == expected


def lines_of(told: list[tuple[str, str, int]], purpose: str) -> list[consent.Line]:
    return [line(act, hour, source, purpose=purpose) for act, source, hour in told]


@given(told=TOLD, purpose=st.sampled_from(sorted(consent.ADVERTISING)))
def test_the_order_in_which_lines_are_told_does_not_matter(told: list[tuple[str, str, int]], purpose: str) -> None:
    lines = lines_of(told, purpose)
    assert len({answer(*each, purpose=purpose) for each in list(permutations(lines))[:60]}) == 1


@given(told=TOLD, purpose=st.sampled_from(sorted(consent.ADVERTISING)), act=st.sampled_from(("withdraw", "object")))
def test_whatever_was_said_before_a_no_now_stops_everything_until_the_person_agrees_again(
    told: list[tuple[str, str, int]], purpose: str, act: str
) -> None:
    stopped = [*lines_of(told, purpose), line(act, 24, purpose=purpose)]
    assert not answer(*stopped, purpose=purpose)[0]
    for source in ("import:autoline", "dealer_rule"):
        assert not answer(*stopped, line("give", 48, source, purpose=purpose), purpose=purpose)[0]
    assert answer(*stopped, line("give", 48, purpose=purpose), purpose=purpose)[0]
