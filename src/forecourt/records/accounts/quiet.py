"""The quiet hours that people set for themselves: asked by whoever is about to write to them without need."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from forecourt.records.accounts.models import CustomerLink
from forecourt.runtime import scope

Hours = tuple[time, time]


def of_customers(customer_ids: Collection[UUID]) -> dict[UUID, Hours]:
    """From when until when these customers of the dealer in scope want quiet, as far as their accounts say so."""
    if not customer_ids:
        return {}
    links = CustomerLink.objects.filter(
        organisation_id=scope.organisation_id(), customer_id__in=customer_ids, vehicle_id=None, ended_at=None,
        account__quiet_from__isnull=False, account__quiet_until__isnull=False,
    )  # fmt: skip
    wanted = links.values_list("customer_id", "account__quiet_from", "account__quiet_until")
    return {customer_id: (begins, ends) for customer_id, begins, ends in wanted if begins is not None and ends is not None}


def after(at: datetime, hours: Hours, zone: str) -> datetime:
    """The first moment from `at` on that is not quiet at the place; `at` itself if it is not. Hours may run over midnight."""
    begins, ends = hours
    local = at.astimezone(ZoneInfo(zone))
    now = local.time()
    over_midnight = begins > ends
    if not (now >= begins or now < ends if over_midnight else begins <= now < ends):
        return at
    day = local.date() + timedelta(days=1 if over_midnight and now >= begins else 0)
    return datetime.combine(day, ends, ZoneInfo(zone)).astimezone(at.tzinfo)
