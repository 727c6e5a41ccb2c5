"""The vocabulary every dealer starts with."""

from decimal import Decimal

import pytest

from forecourt.kernel.errors import NotPermitted, Refusal
from forecourt.records.catalogue import standard, work
from forecourt.records.catalogue.models import WorkKind
from forecourt.runtime.models import Event
from tests.cast import Alpen, Rosso

LANGUAGES = {"en", "de", "it", "ro", "zh-hans"}


def test_each_kind_has_a_name_of_its_own_in_every_language(alpen: Alpen) -> None:
    with alpen.scope():
        kinds = list(WorkKind.objects.all())
    for language in LANGUAGES:
        names = [kind.names[language] for kind in kinds]
        assert all(names)
        assert len(set(names)) == len(names)
    assert all(set(kind.names) == LANGUAGES for kind in kinds)


def test_the_kinds_that_requirements_name_are_there(alpen: Alpen) -> None:
    with alpen.scope():
        codes = set(WorkKind.objects.values_list("code", flat=True))
    assert codes == {
        "accessories", "air_conditioning", "battery", "body", "brake_fluid", "brakes", "diagnosis", "inspection", "oil_service", "recall",
        "statutory_test", "tyre_change", "tyre_storage", "warranty",
    }  # fmt: skip


def test_default_intervals_are_those_of_w12(alpen: Alpen) -> None:
    with alpen.scope():
        oil, service = work.kinds(["oil_service", "inspection"])
    assert (oil.interval_months, oil.interval_km) == (12, 15_000)
    assert (service.interval_months, service.interval_km) == (24, 20_000)


def test_installing_again_adds_nothing_and_keeps_what_the_dealer_changed(alpen: Alpen) -> None:
    with alpen.scope():
        work.change(actor=alpen.system, code="oil_service", price_net=Decimal("99.00"))
        standard.install(actor=alpen.system)
        assert WorkKind.objects.get(code="oil_service").price_net == Decimal("99.00")
        assert WorkKind.objects.count() == len(standard.STANDARD)
        assert Event.objects.filter(name="catalogue.standard_work_installed").count() == 1


def test_each_dealer_has_its_own_rows(alpen: Alpen, rosso: Rosso) -> None:
    with alpen.scope():
        work.change(actor=alpen.system, code="brakes", is_active=False)
        with pytest.raises(Refusal) as refusal:
            work.kinds(["inspection", "brakes"])
    assert (refusal.value.code, refusal.value.facts["missing"]) == ("unknown_work", ["brakes"])
    with rosso.scope():
        assert [kind.code for kind in work.kinds(["brakes"])] == ["brakes"]


def test_an_adviser_does_not_change_prices(alpen: Alpen) -> None:
    with alpen.scope(), pytest.raises(NotPermitted):
        work.change(actor=alpen.alice, code="brakes", price_net=Decimal(1))
