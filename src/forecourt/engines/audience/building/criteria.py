"""What a segment may ask of the table `facts`, under the names of `audience.register`: criteria of the car's visits and of work done and due."""

from datetime import date
from typing import Any, Final

import ibis

from forecourt.engines.audience.building.falling import due
from forecourt.engines.audience.building.histories import newest
from forecourt.engines.audience.building.terms import Terms

_EPOCH: Final = date(1970, 1, 1)


def columns(facts: Any, terms: Terms) -> dict[str, Any]:
    """The column of each criterion, for `kernel.conditions.columns`."""
    known = {
        "last_visit_on": _day(facts.last_visit),
        "visits": facts.visits,
        "spent_net": facts.spent.cast("decimal(18, 2)") / 100,
        "last_mileage": facts.last_km,
        "km_per_year": facts.yearly,
        "is_service_customer": facts.is_service,
        "is_tyre_customer": facts.is_tyre,
        "is_lost": facts.is_lost,
        "tyres_stored_on": _day(facts.tyres_stored),
    }
    known |= {f"done:{kind.code}": _day(facts[newest(kind.bit)].nullif(0)) for kind in terms.done_kinds}
    return known | {f"due:{kind.code}": _day(facts[due(kind.bit)]) for kind in terms.due_kinds}


def _day(number: Any) -> Any:
    return (ibis.literal(_EPOCH) + (number - _EPOCH.toordinal()).cast("int32").as_interval("D")).cast("date")
