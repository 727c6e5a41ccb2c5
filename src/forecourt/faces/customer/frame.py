"""The frame of a customer's page, and which page serves which link."""

from django.http import HttpRequest
from django.urls import reverse

from forecourt.faces.customer import account_door, door
from forecourt.faces.ui import surroundings
from forecourt.records.accounts import customer_links
from forecourt.records.dealership import organisations
from forecourt.runtime import links


def register() -> None:
    """Called once when all apps are ready."""
    surroundings.register(tell)
    for purpose, page in door.PAGES.items():
        links.page(purpose, page)


def tell(request: HttpRequest) -> surroundings.Surroundings | None:
    """The house of a request for one thing, or of the account's own pages."""
    device = getattr(request, "device", None)
    mark = str(device.pk) if device else None
    if getattr(request, "link", None) is not None:
        organisation = request.organisation  # type: ignore[attr-defined]
        home = reverse("me_cars") if device else request.path
        return surroundings.Surroundings(organisation=organisation.name, colour=organisation.brand_colour, home_url=home, account_mark=mark)
    if device is not None:
        house = account_door.house_of(device.account, list(customer_links.of(device.account))) or organisations.only_one()
    elif request.resolver_match is not None and (request.resolver_match.url_name or "").startswith("me_"):
        house, mark = organisations.only_one(), ""
    else:
        return None
    if house is None:
        return surroundings.Surroundings(home_url=reverse("me_cars"), account_mark=mark)
    return surroundings.Surroundings(organisation=house.name, colour=house.brand_colour, home_url=reverse("me_cars"), account_mark=mark)
