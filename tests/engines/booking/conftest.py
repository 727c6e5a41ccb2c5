"""Resources without a dealer around them: booking knows none."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from forecourt.engines.booking import resources
from forecourt.engines.booking.models import Resource
from forecourt.kernel.ids import uuid7
from forecourt.runtime import scope

MakeResource = Callable[..., Resource]


@pytest.fixture
def organisation(db: None) -> Iterator[UUID]:
    organisation_id = uuid7()
    with scope.of(organisation_id):
        yield organisation_id


@pytest.fixture
def make(organisation: UUID) -> MakeResource:
    def resource(name: str, *, kind: str = "bay", hours: str = "", zone: str = "Europe/Berlin", **more: object) -> Resource:
        return resources.ensure(kind=kind, ref_id=uuid7(), site_id=None, name=name, hours=hours, zone=zone, **more)  # type: ignore[arg-type]

    return resource
