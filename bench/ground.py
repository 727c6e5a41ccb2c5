"""What a benchmark that works without a whole house stands on: a database with all tables, and a dealer with one site."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any


@contextmanager
def database() -> Iterator[None]:
    """A database with all tables, running as long as this takes: of FORECOURT_DATA, or the one that DATABASE_URL names."""
    from forecourt.config.environment import environment
    from forecourt.config.postgres import running

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
    with running(environment().data) if environment().runs_database else nullcontext():
        subprocess.run([sys.executable, "-m", "forecourt.config.command", "migrate"], check=True, stdout=subprocess.DEVNULL)
        yield


def site(
    purpose: str, *, opening_hours: str = "Mo-Fr 08:00-17:00", zone: str = "Europe/Rome", has_work: bool = True, is_demo: bool = False
) -> tuple[Any, Any]:
    """A site of a new dealer, and the system as its actor; `has_work` brings the standard kinds of work."""
    from forecourt.records.catalogue import standard
    from forecourt.records.dealership import organisations, sites
    from forecourt.runtime import scope
    from forecourt.runtime.actors import system

    slug = f"bench-{purpose}-{time.time_ns()}"
    organisation = organisations.found(slug=slug, name="Bench", country="IT", language="de", is_demo=is_demo, needs_second_factor=False)
    actor = system(organisation.pk, via="bench")
    with scope.of(organisation.pk):
        entity = organisations.add_legal_entity(actor=actor, name="Bench", address="Bozen", tax_number="IT0", invoice_prefix="B")
        place = sites.open_site(
            actor=actor, legal_entity_id=entity.pk, slug="bozen", code="BOZ", name="Bozen", street="1", postcode="39100", city="Bozen",
            country="IT", phone="+390471000000", email="b@example.org", zone=zone, opening_hours=opening_hours,
        )  # fmt: skip
        if has_work:
            standard.install(actor=actor)
    return place, actor


def bays(place: Any, actor: Any, number: int, skills: tuple[str, ...] = ("basic",), equipment: tuple[str, ...] = ("lift",)) -> list[Any]:
    """So many bays with a technician each."""
    from forecourt.journeys.workshop import resources
    from forecourt.records.dealership import bays as records
    from forecourt.records.dealership import staff

    made = []
    for position in range(number):
        member = staff.join(
            actor=actor, email=f"{position}-{time.time_ns()}@example.org", name=f"Technician {position}", role="technician",
            home_site_id=place.pk, site_ids=(place.pk,), skills=skills,
        )  # fmt: skip
        made.append(
            records.add(
                actor=actor, site_id=place.pk, name=f"Bay {position}", technician_id=member.pk, position=position, equipment=equipment
            )
        )
    resources.refresh(site_id=place.pk)
    return made


def row_id(kind: str, number: str = "n") -> str:
    """SQL of the id that the n-th of `kind` gets from `multiply`."""
    return f"md5(t.organisation_id || '{kind}' || ({number}))::uuid"


def multiply(pattern: Any, times: int, *, kind: str, **columns: str) -> None:
    """The row again and again, made inside PostgreSQL, with these columns as SQL of its number n."""
    from django.db import connection

    table = pattern._meta.db_table  # noqa: SLF001
    given = {"id": row_id(kind), **columns}
    names = [field.column for field in pattern._meta.concrete_fields]  # noqa: SLF001
    values = ", ".join(given.get(name, f"t.{name}") for name in names).replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t, generate_series(1, %s) n WHERE t.id = %s",
            [times, pattern.pk],
        )
