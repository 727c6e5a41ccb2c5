"""The database that the proofs share: they come one after the other, each with a dealer of its own."""

from collections.abc import Iterator

import pytest

from tests.proof.parts import Parts, standing


@pytest.fixture(scope="session")
def ground() -> Iterator[Parts]:
    with standing() as parts:
        yield parts
