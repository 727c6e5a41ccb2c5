"""A round over many dealers goes on where one of them has a fault, and ends where the database is away."""

import pytest
from django.db import OperationalError

from forecourt.runtime import background, scope
from tests.cast import Alpen, Rosso


def test_ones_fault_is_logged_and_no_others(alpen: Alpen, rosso: Rosso, caplog: pytest.LogCaptureFixture) -> None:
    seen = []
    for dealer in (alpen, rosso):
        with background.apart(dealer.organisation.pk, "looking at %s", dealer.organisation.slug):
            seen.append(scope.organisation_id())
            if dealer is alpen:
                raise ValueError
    assert seen == [alpen.organisation.pk, rosso.organisation.pk]
    assert [each.getMessage() for each in caplog.records] == [f"looking at {alpen.organisation.slug} failed"]


def test_a_database_that_is_away_ends_the_round(alpen: Alpen) -> None:
    with pytest.raises(OperationalError), background.apart(alpen.organisation.pk, "looking"):
        raise OperationalError
