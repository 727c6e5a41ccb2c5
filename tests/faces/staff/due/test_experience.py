"""How right the dates were, in words that a person at a desk says."""

from datetime import date

from django.urls import reverse

from forecourt.engines.audience.models import DueExperience
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen


def test_days_from_a_date_are_told_in_words(alpen: Alpen) -> None:
    known = {"cases": 40, "uses_distance": False, "gathered_on": date(2026, 3, 1), "expected_error": 1, "expected_near": 0.5}
    rates = {"plain_error": 9, "used_error": 9, "plain_near": 0.5, "used_near": 0.5}
    with alpen.scope():
        DueExperience.objects.create(work_kind="inspection", usual=0, early=-12, late=1, **known, **rates)
    page = signed_in(alpen, "manager").get(reverse("due:experience")).content.decode()
    assert "usually on the day, eight of ten from 12 days before to 1 day after" in page
