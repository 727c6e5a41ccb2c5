"""A page offers nobody what they would be refused: every address on it opens for whoever sees the page."""

import re
from typing import Any

import pytest
from django.urls import reverse

from forecourt.runtime import access
from tests.architecture import world
from tests.architecture.test_doors import houses, signed_in  # noqa: F401 - the fixture is used
from tests.cast import Alpen

OFFERED = re.compile(r'href="(/staff/[^"#]*)"')


@pytest.mark.parametrize("role", access.ROLES)
def test_what_a_page_of_a_customer_or_a_car_offers_opens(alpen: Alpen, houses: dict[str, world.Ids], role: str) -> None:  # noqa: F811
    client = signed_in(alpen, role)
    ids: dict[str, Any] = houses["own"]
    refused = []
    for name, parameter in (("customers:customer", "customer_id"), ("vehicles:vehicle", "vehicle_id")):
        page = client.get(reverse(name, args=[ids[parameter]]))
        assert page.status_code in {200, 403}
        offered = (
            {address.replace("&amp;", "&") for address in OFFERED.findall(page.content.decode())} if page.status_code == 200 else set()
        )
        refused += [(name, address) for address in sorted(offered) if client.get(address).status_code == 403]
    assert not refused
