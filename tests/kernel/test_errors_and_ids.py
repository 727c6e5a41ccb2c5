import os
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from forecourt.kernel.errors import Refusal, TryLater
from forecourt.kernel.ids import uuid7, uuid7_at


def test_a_refusal_carries_a_code_for_machines_a_sentence_for_people_and_facts_for_the_page() -> None:
    refusal = Refusal("period_full", "This time is taken.", free=["09:00"])

    assert (refusal.code, str(refusal), refusal.facts) == ("period_full", "This time is taken.", {"free": ["09:00"]})


def test_a_passing_fault_may_say_when_to_try_again() -> None:
    assert TryLater(after=timedelta(minutes=5)).after == timedelta(minutes=5)
    assert TryLater("greylisted").after is None


def test_ids_of_one_process_sort_in_the_order_made() -> None:
    ids = [uuid7() for _ in range(20_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == 20_000


def test_an_id_is_of_version_7_and_of_the_rfc_variant() -> None:
    made = uuid7()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_threads_never_get_the_same_id() -> None:
    made: list[list[UUID]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda own=own: own.extend(uuid7() for _ in range(5_000))) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({each for own in made for each in own}) == 20_000
    assert all(own == sorted(own) for own in made)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_worker_makes_other_ids_than_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    uuid7()
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, uuid7().bytes)
        os._exit(0)
    own = uuid7()
    os.wait()
    foreign = UUID(bytes=os.read(reading, 16))
    os.close(reading)
    os.close(writing)

    # Two that count on from one value differ in their low bits only.
    assert own.int >> 40 != foreign.int >> 40


def test_an_id_for_a_past_instant_carries_its_milliseconds() -> None:
    at = datetime(2021, 3, 4, 5, 6, 7, 891_000, tzinfo=UTC)

    made = uuid7_at(at)

    assert made.int >> 80 == 1_614_834_367_891
    assert made.version == 7


@pytest.mark.parametrize("at", [datetime(2021, 1, 1), datetime(1969, 12, 31, tzinfo=UTC)])
def test_an_id_needs_an_instant_after_1970(at: datetime) -> None:
    with pytest.raises(ValueError, match=r"instant|1970"):
        uuid7_at(at)
