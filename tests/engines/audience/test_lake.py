"""All facts of a dealer at once through the lake, against the statements that work out a few cars: equal rows, whatever the histories."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from forecourt.engines.audience import facts, profiles, rules
from forecourt.engines.audience.lake import daily, engine, place, texts, worth
from forecourt.engines.audience.models import Build, DueWork, VehicleFacts, WorkDone
from forecourt.kernel.identifiers import text_key
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import scope
from tests.cast import Alpen, autohaus_alpen
from tests.engines.audience.history import been

TODAY = date(2026, 3, 31)
TEXTS = (
    "Inspektion",
    "Ölwechsel",
    "Räderwechsel",
    "HU/AU",
    "Motoröl 5W-30",
    "Fahrzeugwäsche",
    "Inspektion mit Ölwechsel",
    "Bremsbeläge vorne",
    "Einlagerung Räder",
    "Räder auslagern",
    "?",
)
DAYS = (
    date(2024, 2, 29), date(2023, 1, 31), date(2024, 9, 30), date(2024, 10, 1), date(2024, 3, 31), date(2026, 3, 31), date(2025, 8, 31),
    date(1968, 5, 1), date(2026, 4, 2),
)  # fmt: skip


@pytest.fixture
def dealer(alpen: Alpen, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alpen]:
    """A dealer for whom a lake always pays."""
    settings.DATA = tmp_path
    monkeypatch.setattr(worth, "LINES", 0)
    with alpen.scope():
        rules.install()
        yield alpen


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All derived rows without their ids and days of computing."""
    made = {}
    for model in (VehicleFacts, WorkDone, DueWork):
        fields = [each.attname for each in model._meta.concrete_fields if each.attname not in {"id", "computed_on"}]
        made[model.__name__] = sorted((tuple(row[name] for name in fields) for row in model.objects.values(*fields)), key=repr)
    return made


def by_statements(today: date, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Any, ...]]]:
    """What PostgreSQL alone makes of the same records; the rows in the tables are put back as they were."""
    with transaction.atomic(), monkeypatch.context() as patched:
        patched.setattr(worth, "LINES", 10**9)
        for model in (VehicleFacts, WorkDone, DueWork):
            model.objects.all().delete()
        facts.refresh(today=today)
        found = rows()
        transaction.set_rollback(True)
    return found


class Histories:
    """Cars, visits and lines by chance, with what is rare made frequent."""

    def __init__(self, dealer: Alpen, seed: int, cars: int) -> None:
        self.chance, self.dealer, self.count = random.Random(seed), dealer, 0
        internal = Customer.objects.create(number="intern", kind="internal")
        people = [
            Customer.objects.create(number=f"p{n}", country=country, home_site_id=home)
            for n, (country, home) in enumerate([("DE", dealer.meran.pk), ("", None), ("CN", dealer.bozen.pk), ("IT", None)])
        ]
        self.cars = [self._car(n) for n in range(cars)]
        for car in self.cars:
            if keeper := self.chance.choice([*people, *people, internal, None]):
                Holding.objects.create(vehicle=car, customer=keeper, role="keeper", until_on=self.chance.choice([None, None, None, TODAY]))
            for _visit in range(self.chance.choice([0, 1, 2, 3, 6])):
                self.visit(car)

    def _car(self, number: int) -> Vehicle:
        pick = self.chance.choice
        return Vehicle.objects.create(
            plate=f"BZ {number}", country=pick(["", "DE", "GB", "FR"]), mileage=pick([None, 30_000]), mileage_on=pick([None, date(2025, 12, 1)]),
            first_registered_on=pick([None, date(2020, 2, 29), date(2024, 4, 1), date(1980, 1, 1), date(2026, 3, 1), self._day()]),
            statutory_test_due_on=pick([None, None, self._day(), date(2026, 9, 30)]),
            service_due_on=pick([None, self._day(), date(2026, 6, 1)]), service_due_km=pick([None, 30_000, 90_000, 140_000]),
            service_told_on=pick([None, self._day(), self._day(), TODAY]),
        )  # fmt: skip

    def _day(self) -> date:
        return self.chance.choice(DAYS) if self.chance.random() < 0.3 else date(2019, 1, 1) + timedelta(days=self.chance.randrange(2700))

    def visit(self, car: Vehicle) -> None:
        pick, day = self.chance.choice, self._day()
        for _again in range(pick([1, 1, 1, 2])):  # twice on one day, of which either may come first
            self.count += 1
            km = pick([None, (day - date(2018, 1, 1)).days * 40, (day - date(2018, 1, 1)).days * 41, 999_999, 12])
            visit = Visit.objects.create(
                site=pick([self.dealer.bozen, self.dealer.meran]), vehicle=car, number=f"R{self.count}", source="test", opened_on=day,
                mileage=km if km is None else max(km, 0), net_total=pick([Decimal(0), Decimal("120.55")]),
            )  # fmt: skip
            for position in self.chance.sample(range(1, 9), pick([0, 1, 3])):
                self.line(visit, position)

    def line(self, visit: Visit, position: int) -> None:
        text = self.chance.choice(TEXTS)
        JobLine.objects.create(
            visit=visit, position=position, kind=self.chance.choice(["labour", "part"]), text=text, text_key=text_key("", text),
            net_amount=self.chance.choice([Decimal(0), Decimal("60.00")]),
        )  # fmt: skip


def differences(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> str:
    """Rows of one side alone, some of them; empty if there are none."""
    sides = [
        (name, side, set(map(repr, mine[name])) - set(map(repr, theirs[name])))
        for name in one
        for side, mine, theirs in (("<", one, other), (">", other, one))
    ]
    return "\n".join(f"{side} {name} {row}" for name, side, rows_of in sides for row in sorted(rows_of)[:3])


def test_the_lake_gives_the_rows_of_the_statements_and_still_does_after_changes(dealer: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    history = Histories(dealer, 1, cars=70)
    facts.refresh(today=TODAY)
    assert differences(by_statements(TODAY, monkeypatch), rows()) == ""
    assert DueWork.objects.count() > 40
    layers = manifest().layers

    history.visit(history.cars[3])
    Visit.objects.filter(vehicle=history.cars[4]).update(mileage=77_000)
    Holding.objects.filter(vehicle=history.cars[5]).update(customer=dealer.dana)
    Vehicle.objects.filter(pk=history.cars[6].pk).update(statutory_test_due_on=date(2026, 12, 31), country="CN")
    gone = Visit.objects.filter(vehicle__in=history.cars[10:20]).order_by("pk").values_list("pk", flat=True)[:7]
    Visit.objects.filter(pk__in=list(gone)).update(gone_on=TODAY)
    Vehicle.objects.filter(pk__in=[car.pk for car in history.cars[20:24]]).update(gone_on=TODAY)
    Customer.objects.filter(pk=Holding.objects.get(vehicle=history.cars[30], until_on=None).customer_id).update(gone_on=TODAY)
    later = TODAY + timedelta(days=40)
    facts.refresh(today=later)
    assert differences(by_statements(later, monkeypatch), rows()) == ""
    assert manifest().layers != layers


def test_another_keeper_is_seen_also_on_the_day_on_which_layers_are_made_one(dealer: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "MOST_CHANGED", 2)  # all rows are of one transaction here, so every car counts as changed
    monkeypatch.setattr(daily, "MOST_LAYERS", 1)
    Histories(dealer, 7, cars=12)
    facts.refresh(today=TODAY)
    Holding.objects.filter(role="keeper", until_on=None).update(customer=dealer.dana)
    facts.refresh(today=TODAY)
    assert len(manifest().layers) == 1
    assert set(VehicleFacts.objects.values_list("customer_id", flat=True)) - {None} == {dealer.dana.pk}
    assert differences(by_statements(TODAY, monkeypatch), rows()) == ""


def test_deleted_lines_and_changed_rules_are_seen(dealer: Alpen, monkeypatch: pytest.MonkeyPatch) -> None:
    Histories(dealer, 2, cars=30)
    facts.refresh(today=TODAY)
    JobLine.objects.filter(pk__in=JobLine.objects.order_by("pk").values_list("pk", flat=True)[:20]).delete()
    facts.refresh(today=TODAY)
    assert differences(by_statements(TODAY, monkeypatch), rows()) == ""
    rules.change(actor=dealer.actor("Max Mair"), work_kind="oil_service", words=["Bremsbeläge", "Fahrzeugwäsche"])
    facts.refresh(today=TODAY)
    assert differences(by_statements(TODAY, monkeypatch), rows()) == ""


def test_only_what_came_out_differently_is_written(dealer: Alpen) -> None:
    Histories(dealer, 3, cars=20)
    facts.refresh(today=TODAY)
    before = set(VehicleFacts.objects.values_list("pk", flat=True))
    facts.refresh(today=TODAY + timedelta(days=1))
    after = dict(VehicleFacts.objects.values_list("pk", "computed_on"))
    assert before == set(after)
    assert list(after.values()).count(TODAY) > 10
    assert Build.objects.get().built_for == TODAY + timedelta(days=1)


def manifest() -> place.Manifest:
    found = place.read(scope.organisation_id(), Build.objects.get().token)
    assert found is not None
    return found


@pytest.mark.django_db(transaction=True)
def test_a_build_that_is_killed_before_its_commit_counts_for_nothing(
    postgres_cluster: Any, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of its own, dead by SIGKILL when its files are all there; `tests/proof/test_build_killed.py` kills at any moment."""
    settings.DATA = tmp_path
    monkeypatch.setattr(worth, "LINES", 0)
    monkeypatch.setattr(daily, "MOST_CHANGED", 2)  # as a transaction of another test, still open, lets cars count as changed
    monkeypatch.setattr(daily, "MOST_NEWER", 2)
    alpen, later = autohaus_alpen(), TODAY + timedelta(days=1)
    with alpen.scope():
        rules.install()
        history = Histories(alpen, 6, cars=12)
        facts.refresh(today=TODAY)
        before, files = (Build.objects.get().token, rows()), there()
        history.visit(history.cars[3])
        been(history.cars[4], "2026-03-30", 50_000, "Ölwechsel, ein Text, den noch nie jemand las")
        url = postgres_cluster.url("app", connection.settings_dict["NAME"])
        command = [sys.executable, "-m", "tests.proof.build_house", "die", str(alpen.id), str(later)]
        died = subprocess.run(command, env=os.environ | {"DATABASE_URL": url, "FORECOURT_DATA": str(tmp_path)}, check=False)
        assert died.returncode == -SIGKILL
        assert (Build.objects.get().token, rows()) == before
        assert {name.split("-")[0] for name in there() - files} >= {"facts", "manifest", "work"}
        seen = daily.look(alpen.id, token=Build.objects.get().token)
        assert seen.open_texts is not None  # only texts of changed lines are looked at
        facts.refresh(today=later)
        assert WorkDone.objects.filter(vehicle=history.cars[4], work_kind="oil_service", last_on="2026-03-30").exists()
        assert differences(by_statements(later, monkeypatch), rows()) == ""
        assert profiles.refresh(today=later) == 0
        assert (manifest().layers, "newer" in manifest().files) == ([1, 2], True)
        assert there() == files | named()
        history.visit(history.cars[5])
        zita, hers = Customer.objects.create(number="zita"), Vehicle.objects.create(plate="BZ 999")
        Holding.objects.create(vehicle=hers, customer=zita, role="keeper", from_on=date(2025, 8, 1))
        been(hers, "2025-09-01", 10_000, "Ölwechsel")
        for days in (1, 200):
            facts.refresh(today=later + timedelta(days=days))
            assert differences(by_statements(later + timedelta(days=days), monkeypatch), rows()) == ""
            if days == 1:  # the day after, she brings somebody else's car: where she stands is noted on her own
                lent = been(history.cars[4], "2026-03-31", 50_500, "Ölwechsel")
                Visit.objects.filter(pk=lent.pk).update(customer=zita)
                facts.refresh(today=later + timedelta(days=1))
                assert VehicleFacts.objects.get(vehicle=hers).lifecycle == "valued"
            monkeypatch.setattr(daily, "MOST_NEWER", 0)
        assert "newer" not in manifest().files


def there() -> set[str]:
    """What lies in the lake."""
    return {path.name for path in place.folder(scope.organisation_id()).iterdir()}


def named() -> set[str]:
    """And what of it counts."""
    return {*manifest().files.values(), *manifest().layer_files(), f"manifest-{manifest().token}.json"}


def test_where_the_disk_lost_what_a_file_held_or_the_lake_was_thrown_away_all_is_written_anew(
    dealer: Alpen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "MOST_CHANGED", 2)  # all rows are of one transaction here, so every car counts as changed
    Histories(dealer, 5, cars=12)
    facts.refresh(today=TODAY)
    Visit.objects.filter(pk=Visit.objects.order_by("pk").values("pk")[:1]).update(opened_on=TODAY)
    for each in place.folder(scope.organisation_id()).glob("*.parquet"):
        each.write_bytes(b"")
    facts.refresh(today=TODAY)
    found = rows()
    assert manifest().number == 1
    facts.discard_lake()
    assert not place.folder(scope.organisation_id()).exists()
    facts.refresh(today=TODAY)
    assert (rows(), manifest().number) == (found, 1)


def test_a_text_counts_as_decided_otherwise_only_where_its_decision_differs(tmp_path: Path) -> None:
    before = place.Manifest(number=1, files={"texts": "texts-1.parquet"})
    with engine.duckdb(tmp_path / "spill") as duck:

        def named(earlier: place.Manifest | None, *meanings: tuple[str, str, int]) -> tuple[list[str], bool]:
            (tmp_path / texts.FILE).write_text("".join(f'{key},"{kinds}",{digest}\n' for key, kinds, digest in meanings))
            known = texts.name(duck, tmp_path, tmp_path, earlier, {"oil_service": 0, "inspection": 1})
            return known.decided_otherwise, known.is_altered

        first = (("a", "oil_service", 7), ("b", texts.NONE, 8))
        assert named(None, *first) == ([], False)
        assert texts.kinds(duck, tmp_path) == {"oil_service"}
        duck.run(f"COPY named TO '{tmp_path}/texts-1.parquet'")
        assert named(before, *first) == ([], False)
        assert named(before, ("c", texts.NONE, 1), ("b", texts.NONE, 9), first[0]) == (["b"], False)
        assert duck.run("SELECT text, key, mask, digest FROM named ORDER BY text") == [(0, "a", 1, 7), (1, "b", 0, 9), (2, "c", 0, 1)]
        assert named(before, ("a", "inspection,oil_service", 6), first[1]) == (["a"], True)
        assert duck.run("SELECT mask FROM named WHERE key = 'a'") == [(3,)]
        assert named(before, first[0]) == (["b"], False)
        assert duck.run("SELECT text, key, mask, digest FROM named ORDER BY text") == [(0, "a", 1, 7), (1, "b", 0, None)]
