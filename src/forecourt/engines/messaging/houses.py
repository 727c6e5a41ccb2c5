"""Who writes: the site's name and address as senders and readers see them."""

from forecourt.records.dealership.models import Organisation, Site


def full_name(organisation: Organisation, site: Site | None) -> str:
    """`Autohaus Alpen Bozen`: many sites are called by their town only."""
    if site is None or organisation.name.casefold() in site.name.casefold():
        return site.name if site else organisation.name
    return f"{organisation.name} {site.name}"
