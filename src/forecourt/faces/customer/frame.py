"""The frame of a customer's page, and which page serves which link."""

from django.http import HttpRequest

from forecourt.faces.ui import surroundings
from forecourt.runtime import links


def register() -> None:
    """Called once when all apps are ready."""
    surroundings.register(tell)
    links.page("booking", "customer_booking")
    links.page("appointment", "customer_appointment")
    links.page("visit", "customer_visit")
    links.page("survey", "customer_survey")


def tell(request: HttpRequest) -> surroundings.Surroundings | None:
    """The house of a request that came through a link."""
    if getattr(request, "link", None) is None:
        return None
    organisation = request.organisation  # type: ignore[attr-defined]
    return surroundings.Surroundings(organisation=organisation.name, colour=organisation.brand_colour, home_url=request.path)
