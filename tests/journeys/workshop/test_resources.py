"""Who can do which work where."""

import pytest

from forecourt.journeys.workshop import resources
from forecourt.kernel.errors import Refusal
from forecourt.records.catalogue import work
from tests.cast import Alpen


def test_a_bay_needs_the_equipment_and_a_technician_the_skill(alpen: Alpen) -> None:
    with alpen.scope():
        crew = resources.crew(site_id=alpen.bozen.pk, need=resources.need(work.kinds(["statutory_test"])))
        assert [bay.name for bay in crew.bays] == ["Test lane"]
        assert [technician.name for technician in crew.technicians] == ["M. Huber"]


def test_those_with_the_least_to_spare_come_first(alpen: Alpen) -> None:
    with alpen.scope():
        crew = resources.crew(site_id=alpen.bozen.pk, need=resources.need(work.kinds(["oil_service"])))
        assert [bay.name for bay in crew.bays] == ["Bay 1", "Bay 2", "Test lane"]
        assert [technician.name for technician in crew.technicians] == ["A. Popescu", "L. Rossi", "M. Huber"]


def test_work_that_no_bay_can_do_in_one_go_is_refused(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(Refusal) as refusal:
        resources.crew(site_id=alpen.bozen.pk, need=resources.need(work.kinds(["body", "statutory_test"])))
    assert (refusal.value.code, refusal.value.facts["lacks"]) == ("not_possible_here", "equipment")
