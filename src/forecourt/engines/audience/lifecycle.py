"""Where a customer stands with the dealer: new, growing, valued, loyal (R4), and beside them who never came and who stays away.

Told by all that this customer did, whichever car it was: when a car was handed over or first seen, how many cars there were, and the days of
visits, paid ones apart. Owns the rule as SQL; `profiles` writes what it tells beside the facts of each car.
"""

# ruff: noqa: S608 - put together from our own texts; values go in as parameters

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forecourt.engines.audience.building.terms import LOST_AFTER_MONTHS
from forecourt.engines.audience.register import Words

NEW_MONTHS: Final = 3
"""Months from delivery, or from the first visit of a car that was bought elsewhere."""
VALUED_MONTHS: Final = 24
"""Months within which the last two paid visits lie."""
LOYAL_MONTHS: Final = 36
#: As one moves through them; the last is for who has not been here for `LOST_AFTER_MONTHS`, whatever there was before.
STAGES: Final[tuple[tuple[str, Words], ...]] = (
    ("prospect", _("Prospect: no car from here, no visit")),
    ("new", _("New: three months from the car's delivery")),
    ("growing", _("Growing: until the second paid visit")),
    ("valued", _("Valued: two paid visits in 24 months")),
    ("loyal", _("Loyal: three years, or a second car")),
    ("lost", _("Lost: not here for 24 months")),
)

SHORT: Final[tuple[tuple[str, Words], ...]] = (
    ("prospect", pgettext_lazy("customer", "Prospect")), ("new", pgettext_lazy("customer", "New")), ("growing", pgettext_lazy("customer", "Growing")),
    ("valued", pgettext_lazy("customer", "Valued")), ("loyal", pgettext_lazy("customer", "Loyal")), ("lost", pgettext_lazy("customer", "Lost")),
)  # fmt: skip
"""The words alone, where no rule need be told."""

_TODAY: Final = "%(today)s::date"
# One row a customer. A day with two orders is one visit. Both are asked of the customers `{keepers}` alone, or of all where that is empty.
_PAID: Final = f"FILTER (WHERE net_total > 0 AND opened_on > {_TODAY} - interval '{VALUED_MONTHS} months')"
_BEEN: Final = f"""
SELECT customer_id, min(opened_on) AS first_on, max(opened_on) AS last_on, min(opened_on) {_PAID} < max(opened_on) {_PAID} AS paid_twice
  FROM history_visit WHERE organisation_id = %(organisation)s AND gone_on IS NULL AND customer_id IS NOT NULL {{keepers}} GROUP BY customer_id
"""
_KEPT: Final = """
SELECT customer_id, count(DISTINCT vehicle_id) AS cars, min(from_on) AS first_on, max(from_on) AS last_on
  FROM vehicles_holding WHERE organisation_id = %(organisation)s AND role = 'keeper' {keepers} GROUP BY customer_id
"""


def _after(day: str, months: int) -> str:
    return f"({day} + interval '{months} months')::date"


_LOST_ON: Final = _after("greatest(been.last_on, kept.last_on)", LOST_AFTER_MONTHS)
_LOYAL_ON: Final = _after("least(been.first_on, kept.first_on)", LOYAL_MONTHS)
_NOT_NEW_ON: Final = _after("coalesce(kept.last_on, been.first_on)", NEW_MONTHS)


def told(keepers: str) -> str:
    """A query of `customer_id` and `lifecycle` for the dealer `%(organisation)s` on the day `%(today)s`.

    `keepers` is a query of customer ids, or empty for all who ever kept a car or came. Who has neither is in no row.
    """
    asked, only = (f"WITH asked AS MATERIALIZED ({keepers})", "AND customer_id IN (SELECT customer_id FROM asked)") if keepers else ("", "")
    return f"""
        {asked}
        SELECT customer_id,
               CASE WHEN greatest(been.last_on, kept.last_on) IS NULL THEN 'prospect'
                    WHEN {_LOST_ON} <= {_TODAY} THEN 'lost'
                    WHEN kept.cars > 1 OR {_LOYAL_ON} <= {_TODAY} THEN 'loyal'
                    WHEN {_NOT_NEW_ON} > {_TODAY} THEN 'new'
                    WHEN been.paid_twice THEN 'valued'
                    ELSE 'growing' END AS lifecycle
          FROM ({_BEEN.format(keepers=only)}) been FULL JOIN ({_KEPT.format(keepers=only)}) kept USING (customer_id)"""
