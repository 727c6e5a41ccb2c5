"""Invented people are erased, and nothing that we keep tells of them but what law keeps, which is listed.

Ten of them in the ordinary run; `FORECOURT_PROVE=1` erases five hundred.
"""

from pathlib import Path
from typing import Any

import pytest

from forecourt.engines.exchange.models import Delivery, Receipt
from forecourt.records.people import erased, erasures
from forecourt.records.people.models import Customer, Erasure
from forecourt.runtime.models import StoredFile
from tests.cast import Alpen
from tests.proof import parts
from tests.proof.invented import Invented, traces_in_files, traces_in_tables

PEOPLE = 500 if parts.IN_FULL else 10


@pytest.mark.timeout(3600 if parts.IN_FULL else 240)
def test_of_erased_people_nothing_is_left_but_what_law_keeps(
    alpen: Alpen, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DATA = tmp_path
    with alpen.scope():
        people = [Invented(alpen, number) for number in range(PEOPLE)]
        assert (Delivery.objects.count(), Receipt.objects.count()) == (PEOPLE, PEOPLE)
        before = traces_in_tables()
        assert len(before) == 32  # the search finds what is there
        assert len(list(traces_in_files(tmp_path))) == 8 * PEOPLE + 1
        for person in people:
            with django_capture_on_commit_callbacks(execute=True):
                wanted = erasures.request(actor=alpen.actor("Anna Amort"), customer_id=person.customer.pk, reason="asked")
                assert erasures.carry_out(erasure_id=wanted.pk) is True
        kept = {row["number"] for done in Erasure.objects.all() for row in done.kept}
        assert kept == {f"RX-{person.number}" for person in people}
        assert traces_in_tables() == {"offers_invoice": PEOPLE, "runtime_storedfile": PEOPLE}
        papers = {path.name for path in traces_in_files(tmp_path)}
        assert papers == set(StoredFile.objects.values_list("sha256", flat=True))
        assert len(papers) == PEOPLE
        assert Customer.objects.filter(pk__in=[person.customer.pk for person in people]).count() == 0
        assert len(list(erased.read())) == PEOPLE
        parts.tell(
            f"{PEOPLE} people erased: rows and files with a trace of them, besides the listed invoices", limit="0", measured="0",
        )  # fmt: skip
