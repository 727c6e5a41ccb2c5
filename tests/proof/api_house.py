"""What the API is asked: requests made from its OpenAPI document, right and wrong ones, many of them about things that are really there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from forecourt.journeys.workshop import appointments
from tests.architecture import world
from tests.cast import Alpen, Rosso, local

MORNING = local("2026-03-02 06:59")
TABLE = b"Order;Plate\n1;BZ 346 AN\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
Known = dict[str, list[Any]]


def known(alpen: Alpen, rosso: Rosso) -> Known:
    """Values by the name of the field that takes them: one's own things, another dealer's, nobody's, and words that mean something here."""
    with alpen.scope():
        own = world.at(alpen.bozen, alpen.dana, alpen.golf, 9001)
        sister = world.at(alpen.meran, alpen.customers["dieter"], alpen.cars["octavia"], 9002)
        booked = appointments.book(
            actor=alpen.alice, customer_id=alpen.dana.pk, vehicle_id=alpen.golf.pk, site_id=alpen.bozen.pk, work_kinds=["oil_service"],
            starts_at=local("2026-03-02 14:00"), source="staff",
        )  # fmt: skip
    with rosso.scope():
        foreign = world.at(rosso.torino, rosso.eve, rosso.punto, 9001)
    ids = ("appointment_id", "customer_id", "import_id", "job_card_id", "site_id", "vehicle_id")
    found: Known = {name: [*[str(own[name])] * 3, str(sister[name]), str(foreign[name]), str(world.NOBODY)] for name in ids}
    found["appointment_id"] += [str(booked.pk)] * 4
    times = [(MORNING + timedelta(minutes=30 * number)).isoformat() for number in range(1, 60)]
    return found | {
        "bay_id": [str(bay.pk) for dealer in (alpen, rosso) for bay in dealer.bays.values()],
        "technician_id": [str(member.pk) for dealer in (alpen, rosso) for member in dealer.staff.values()],
        "work_kinds": [["inspection"], ["oil_service"], ["brakes", "tyre_change"], ["cleaning_the_moon"]],
        "starts_at": times, "earliest": times, "starts_from": times, "starts_before": times,
        "version": [1, 1, 1, 2, 2**31, -(2**63), 2**80],
        "stage": ["accepted", "arrived"], "number": ["K-0001"], "email": ["DANA@example.org"],
        "plate": ["bz-346an"], "vin": ["WVWZZZ1KZAW000011"],
        "file": [TABLE, PICTURE, b""], "source": ["table", "dms", "\x00", "a" * 500],
        "note": ["", "\x00", "\ud7ff \u202e", "n" * 2000], "reason": ["customer_asked", "", "\x00"],
    }  # fmt: skip


def cases(operation: APIOperation[Any, Any, Any, Any], values: Known) -> st.SearchStrategy[Case]:
    """Requests that the document allows and that it forbids, with a known value in the place of some that were made up."""

    @st.composite
    def mixed(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
        case: Case = draw(st.one_of(*made_up(operation)))
        for given in (case.path_parameters, case.query, case.body):
            if isinstance(given, dict):
                for name in sorted(given.keys() & values.keys()):
                    if draw(st.integers(0, 7)):
                        given[name] = draw(st.sampled_from(values[name]))
        return case

    return mixed()


def made_up(operation: APIOperation[Any, Any, Any, Any]) -> Iterator[st.SearchStrategy[Case]]:
    yield operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if [*operation.iter_parameters()] or operation.body:
        yield operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
