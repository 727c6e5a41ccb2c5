"""Language and appearance of a signed-in customer: kept with the account, and each dealer writes in the language that was chosen."""

from django.http import HttpRequest

from forecourt.faces.customer import browser
from forecourt.records.accounts import customer_links, profile
from forecourt.records.accounts.models import Account
from forecourt.records.people import customers
from forecourt.runtime import scope


def keep(request: HttpRequest, *, language: str = "", theme: str = "") -> None:
    """What was chosen in the menu of a page, for the account that this browser is signed in to, if any."""
    device = browser.device_of(request)
    if device is None:
        return
    profile.choose(account=device.account, language=language, theme=theme)
    if language:
        write_in(device.account, language)


def write_in(account: Account, language: str) -> None:
    """Every dealer whose customer this account is; whose car it only drives, decides for themselves."""
    for link in customer_links.of(account):
        if link.is_owner:
            with scope.of(link.organisation_id):
                customers.write_in(actor=customer_links.actor_of(link), customer_id=link.customer_id, language=language)
