"""Days as whole numbers (1 is 1 January of the year 1, as `date.toordinal` counts), and months added to them, as Ibis expressions.

Both engines take the last day of a month that has no such day, as `kernel.quantities.months_later` does; a test holds them to it.
"""

from datetime import date
from typing import Any, Final

import ibis

_EPOCH: Final = date(1970, 1, 1)
_BEFORE_EPOCH: Final = _EPOCH.toordinal()


def months_later(day: Any, months: Any) -> Any:
    """The same day so many months on, or the last of that month; both may be columns."""
    months = months if isinstance(months, ibis.Expr) else ibis.literal(months)
    later = as_date(day) + months.cast("int32").as_interval("M")
    return (later.delta(ibis.literal(_EPOCH), unit="day") + _BEFORE_EPOCH).cast("int32")


def as_date(day: Any) -> Any:
    """As the engine's own date."""
    return ibis.literal(_EPOCH) + (day - _BEFORE_EPOCH).cast("int32").as_interval("D")
