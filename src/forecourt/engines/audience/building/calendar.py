"""What a build goes by of the day on which it is made, as a table of one row.

No statement holds the day itself, so that the one made yesterday serves today: making it takes longer than working out the few cars of a day.
"""

from datetime import date
from typing import Final

import pyarrow as pa

from forecourt.engines.audience.building.terms import (
    FIRST_SERVICE,
    LOST_AFTER_MONTHS,
    SERVICE_CUSTOMER_MONTHS,
    TYRE_CUSTOMER_MONTHS,
    Terms,
)

STILL_SHOWN_DAYS: Final = 30
FIRST_SERVICE_SHOWN_MONTHS: Final = 12
#: A first service is asked for so long after it fell due, and some days more: what it counts from may lie in a longer month.
FIRST_SERVICE_ASKED_MONTHS: Final = FIRST_SERVICE_SHOWN_MONTHS + 1
LONGEST_LIFE_MONTHS: Final = 480
FURTHEST_AHEAD_MONTHS: Final = 120


def ago(months: int) -> str:
    """The column of the day so many months ago; less than none are months ahead."""
    return f"ago_{months}" if months >= 0 else f"ahead_{-months}"


def table(terms: Terms) -> pa.Table:
    """`today` and the days so many months `ago`; of the first day that is still shown, `shown_day` in its month and `shown_month` since the year 0."""
    asked = {kind.months + FIRST_SERVICE_ASKED_MONTHS for kind in terms.kinds if kind.code == FIRST_SERVICE and kind.months}
    months = {
        SERVICE_CUSTOMER_MONTHS, TYRE_CUSTOMER_MONTHS, LOST_AFTER_MONTHS, FIRST_SERVICE_SHOWN_MONTHS, LONGEST_LIFE_MONTHS, -FURTHEST_AHEAD_MONTHS,
    }  # fmt: skip
    shown = date.fromordinal(terms.today.toordinal() - STILL_SHOWN_DAYS)
    days = {"today": terms.today.toordinal(), "shown_day": shown.day, "shown_month": shown.year * 12 + shown.month}
    days |= {ago(each): terms.ago(each) for each in sorted(months | asked)}
    return pa.table({name: pa.array([day], pa.int32()) for name, day in days.items()})
