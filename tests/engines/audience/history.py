"""Visits for the tests of audience, written as short as `been(car, "2025-03-01", 40_000, "Inspektion")`."""

from datetime import date
from decimal import Decimal

from forecourt.kernel.identifiers import text_key
from forecourt.records.dealership.models import Site
from forecourt.records.history.models import JobLine, Visit
from forecourt.records.vehicles import vehicles
from forecourt.records.vehicles.models import Vehicle


def been(car: Vehicle, day: str, km: int | None, *lines: str | tuple[str, str], net: str = "100", site: Site | None = None) -> Visit:
    """One visit; a line is its text, or (code, text)."""
    keeper = vehicles.keeper_of(car.pk)
    visit = Visit.objects.create(
        site=site or Site.objects.order_by("name")[0], vehicle=car, customer=keeper, number=f"A{Visit.objects.count() + 1}", source="test",
        opened_on=date.fromisoformat(day), mileage=km, net_total=Decimal(net) * len(lines),
    )  # fmt: skip
    for position, line in enumerate(lines, start=1):
        code, text = line if isinstance(line, tuple) else ("", line)
        JobLine.objects.create(visit=visit, position=position, code=code, text=text, text_key=text_key(code, text), net_amount=Decimal(net))
    return visit
