"""Quiet hours of one's own: over midnight, within a day, and where they end."""

import pytest

from forecourt.records.accounts import customer_links, quiet, registration
from forecourt.records.accounts.models import Account
from tests.cast import Alpen, local


@pytest.mark.parametrize(
    ("begins", "ends", "at", "allowed"),
    [
        ("22:00", "07:00", "2026-03-02 21:59", "2026-03-02 21:59"),
        ("22:00", "07:00", "2026-03-02 22:00", "2026-03-03 07:00"),
        ("22:00", "07:00", "2026-03-03 06:59", "2026-03-03 07:00"),
        ("22:00", "07:00", "2026-03-03 07:00", "2026-03-03 07:00"),
        ("12:00", "14:30", "2026-03-02 13:00", "2026-03-02 14:30"),
        ("12:00", "14:30", "2026-03-02 14:30", "2026-03-02 14:30"),
        ("22:00", "07:00", "2026-03-28 23:00", "2026-03-29 07:00"),  # the clocks change that night
    ],
)
def test_what_is_quiet_waits_until_its_end(begins: str, ends: str, at: str, allowed: str) -> None:
    from datetime import time

    hours = time.fromisoformat(begins), time.fromisoformat(ends)
    assert quiet.after(local(at), hours, "Europe/Rome") == local(allowed)


def test_only_who_is_the_customer_decides_when_it_is_quiet(alpen: Alpen) -> None:
    from datetime import time

    owner, driver = (registration.register(email=f"{name}@quiet.example", name="") for name in ("owner", "driver"))
    Account.objects.update(quiet_from=time(22), quiet_until=time(7))
    with alpen.scope():
        link = customer_links.begin(account=owner, customer_id=alpen.dana.pk, way="dealer_code")
        drives = customer_links.begin_driver(account=driver, owner=link, vehicle_id=alpen.golf.pk, may_book=True, may_approve=True)
        assert drives.customer_id == alpen.dana.pk
        assert quiet.of_customers([alpen.dana.pk, alpen.customers["dieter"].pk]) == {alpen.dana.pk: (time(22), time(7))}
        customer_links.end(link=link)
        assert quiet.of_customers([alpen.dana.pk]) == {}
