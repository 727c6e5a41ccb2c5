"""How far keepers live from the site of their car's last visit, or from the nearest where it never was, in whole kilometres as the crow flies.

Both ends are towns (`towns`), known by the country and town of an address. No coordinate and no town is kept here: `profiles` asks anew whenever it
writes, for the few towns that many customers share.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from forecourt.engines.audience import towns
from forecourt.engines.audience.towns import Town
from forecourt.records.dealership.models import Site
from forecourt.runtime import scope

_ASKED = """
SELECT DISTINCT keeper.country, keeper.city, facts.site_id
  FROM {table} facts JOIN people_customer keeper ON keeper.id = facts.customer_id
 WHERE facts.organisation_id = %(organisation)s AND keeper.city <> ''
   AND (%(vehicles)s::uuid[] IS NULL OR facts.vehicle_id = ANY(%(vehicles)s::uuid[]))
 ORDER BY 1, 2, 3
"""
Places = dict[UUID, tuple[str, Town]]
"""The country and the place of each site whose town is known."""


@dataclass(frozen=True)
class Distance:
    """Of everybody at an address of these words; `site_id` is none for cars that never came."""

    country: str
    city: str
    site_id: UUID | None
    km: int


def known(vehicle_ids: Collection[UUID] | None, *, table: str) -> list[Distance]:
    """For the keepers of these cars of `table`, or of all; who lives in a town that nobody knows is left out."""
    sites = _sites()
    if not sites:
        return []
    with connection.cursor() as cursor:
        values = {"organisation": scope.organisation_id(), "vehicles": None if vehicle_ids is None else list(vehicle_ids)}
        cursor.execute(_ASKED.format(table=table), values)
        asked: list[tuple[str, str, UUID | None]] = cursor.fetchall()
    found = []
    for country, city, site_id in asked:
        km = _km(country, city, [place for each, place in sites.items() if site_id in (None, each)])
        if km is not None:
            found.append(Distance(country, city, site_id, km))
    return found


def edition() -> str:
    """Changes with the addresses of the dealer's sites."""
    told = repr(sorted(map(str, Site.objects.values_list("pk", "country", "city"))))
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def _sites() -> Places:
    """Of several towns of one name, a site lies in the largest."""
    rows = Site.objects.order_by("pk").values_list("pk", "country", "city")
    found = [(pk, country, towns.find(country, city)) for pk, country, city in rows]
    return {pk: (country, known[0]) for pk, country, known in found if known}


def _km(country: str, city: str, sites: Sequence[tuple[str, Town]]) -> int | None:
    """To the nearest of the sites. Of several towns of one name the nearest is meant: that is where a dealer's customers live."""
    away = [towns.km_between(site, town) for of, site in sites for town in towns.find(country or of, city)]
    return round(min(away)) if away else None
