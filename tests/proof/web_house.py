"""What the bookings of a proof stand on: `python -m tests.proof.web_house page api …` makes a dealer with one bay and prints its bookings.

Each booking is a POST as a browser (page) or a program (api) sends it, for a customer and a day of its own.
"""

import json
import sys
from datetime import datetime, timedelta
from typing import Any

import django


def seed(faces: list[str]) -> dict[str, Any]:
    from bench import race
    from forecourt.config.environment import environment
    from forecourt.records.people.models import Customer
    from forecourt.runtime import clock, scope

    house = race.open_dealer(len(faces))
    with scope.of(house["site"].organisation_id):
        for each in Customer.objects.all():
            Customer.objects.filter(pk=each.pk).update(email=f"{each.number.lower()}@example.org", language="en")
    return {
        "organisation_id": str(house["site"].organisation_id),
        "bookings": [
            _booking(race, house, position, face, starts_at, environment().origin)
            for position, (face, starts_at) in enumerate(zip(faces, _mornings(clock.now(), house["site"].zone, len(faces)), strict=True))
        ],
    }


def _booking(race: Any, house: dict[str, Any], position: int, face: str, starts_at: datetime, url: str) -> dict[str, Any]:
    one = {**house, "customers": [house["customers"][position]]}
    [request] = (race.page_requests if face == "page" else race.api_requests)(one, starts_at, url)
    return {"face": face, "path": request.path, "body": request.body.decode(), "headers": request.headers}


def _mornings(now: datetime, zone: str, number: int) -> list[datetime]:
    from zoneinfo import ZoneInfo

    days = (now.astimezone(ZoneInfo(zone)) + timedelta(days=7 + ahead) for ahead in range(2 * number + 7))
    return [day.replace(hour=10, minute=0, second=0, microsecond=0) for day in days if day.weekday() < 5][:number]


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(seed(sys.argv[1:])))
