"""Two at once: numbers stay gap-free, and an item is decided once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections

from forecourt.engines.offers import decisions
from forecourt.engines.offers.models import Decision, Invoice, Item
from forecourt.kernel.errors import Refusal
from forecourt.kernel.ids import uuid7
from forecourt.records.dealership.models import LegalEntity
from forecourt.runtime import actors, scope
from tests.engines.offers.samples import approved, issue, line, open_request

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@pytest.fixture(autouse=True)
def dealer(transactional_db: None) -> Iterator[None]:
    with scope.of(uuid7()):
        LegalEntity.objects.create(name="Autohaus Alpen GmbH", address="Bozen", tax_number="IT0", invoice_prefix="AL", currency="EUR")
        yield


def together(act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads got: a result, or the reason why not."""
    organisation, start = scope.organisation_id(), Barrier(AT_ONCE)

    def one(number: int) -> Any:
        try:
            with scope.of(organisation):
                start.wait(timeout=10)
                return act(number)
        except (Refusal, IntegrityError) as no:
            return no.code if isinstance(no, Refusal) else "integrity"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_invoices_issued_at_once_are_numbered_without_a_gap() -> None:
    items = [approved(actors.system(scope.organisation_id()))[0] for _ in range(AT_ONCE)]
    together(lambda number: issue([line(items[number])]))
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [f"AL-{number:06}" for number in range(1, AT_ONCE + 1)]


def test_one_piece_of_work_is_invoiced_once_however_many_ask() -> None:
    [item] = approved(actors.system(scope.organisation_id()))
    subject = uuid7()
    answers = together(lambda _: issue([line(item)], subject_id=subject))
    assert sum(isinstance(answer, Invoice) for answer in answers) == 1
    assert Invoice.objects.get().number == "AL-000001"


def test_an_item_is_decided_once_however_many_tap() -> None:
    item = open_request().items.get()
    verdicts: list[Any] = ["approved", "rejected"] * 3

    def tap(number: int) -> Any:
        actor = actors.system(scope.organisation_id())
        return decisions.decide(actor=actor, item_id=item.pk, verdict=verdicts[number], shown_digest=item.shown_digest, how="link")

    answers = together(tap)
    [decision] = Decision.objects.all()
    assert Item.objects.get().state == decision.verdict
    assert sorted(str(answer) for answer in answers if isinstance(answer, str)) == ["already_decided"] * (AT_ONCE - 1)
