"""How fast the two screens of the desk are drawn, beside the limit: a bare Django list of 50 rows of the same table.

    python -m bench.pages [--runs 100] [--customers 1300] [--profile board|due]

All go through the same settings, the same middleware and the same WSGI handler in this process, as one signed-in adviser, in turns.
The board has 30 jobs on 10 bays, a third of the cars already here; the due list shows 50 rows of some 5,000 rows, what is due on the cars
of 1,300 customers. Both come in by the import and the actions that everyone uses. The bare list is what a Django developer would write first:
a ListView with a pager's count and a template with nothing but a table.
"""

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import ground
from bench.figures import Figure, Times, tell

RATIO = 4.0
BAYS, JOBS_A_BAY = 10, 3
_BARE = """<!doctype html><html lang="en"><head><title>Due</title></head><body><h1>Due</h1>
<p>{{ paginator.count }}</p><table><thead><tr><th>Plate</th><th>Car</th><th>Work</th><th>Due</th><th>Last</th></tr></thead><tbody>
{% for row in object_list %}<tr><td><a href="/bare/{{ row.pk }}/">{{ row.vehicle.plate }}</a></td>
<td>{{ row.vehicle.make }} {{ row.vehicle.model }}</td><td>{{ row.work_kind }}</td><td>{{ row.due_on }}</td><td>{{ row.last_done_on }}</td></tr>
{% endfor %}</tbody></table><p>{{ page_obj.number }} / {{ paginator.num_pages }}</p></body></html>"""


def measure(runs: int, customers: int, profiled: str = "") -> list[Figure]:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    site, actor = ground.site("pages", opening_hours="Mo-Su 07:00-18:00", is_demo=True)
    adviser = _furnish(site, actor, customers)
    settings.ROOT_URLCONF = _with_a_bare_list(site.organisation_id)
    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(settings.PUBLIC_URL.rsplit(":", 1)[1]))
    client.force_login(adviser.account, backend=settings.AUTHENTICATION_BACKENDS[0])
    day = _tomorrow(site)
    paths = {"bare": "/bare/", "board": f"/staff/board/?day={day:%Y-%m-%d}", "due": "/staff/due/"}
    if profiled:
        _profile(client, paths[profiled])
    taken = _in_turns(client, paths, runs)
    bare = Times.of(taken["bare"])
    queries = {name: _queries(client, path) for name, path in paths.items()}
    shown = {
        "board": (_count(client, paths["board"], "data-appointment="), BAYS * JOBS_A_BAY),
        "due": (_count(client, paths["due"], "row-link"), 50),
    }
    names = {"board": f"planning board, {BAYS * JOBS_A_BAY} jobs on {BAYS} bays", "due": f"due list, 50 of {_total(site):,} rows"}
    figures = []
    for name, what in names.items():
        times = Times.of(taken[name])
        there, wanted = shown[name]
        figures.append(
            Figure(
                what=f"{what}, {queries[name]} queries", measured=str(times), limit=f"{bare} (bare list, {queries['bare']} queries)",
                ratio=times.p50 / bare.p50, promise=f"p50 <= {RATIO:.0f}x", is_met=times.p50 <= RATIO * bare.p50,
                wrong="" if there == wanted else f"{there} shown, not {wanted}",
            )
        )  # fmt: skip
    return figures


def _in_turns(client: Any, paths: dict[str, str], runs: int) -> dict[str, list[float]]:
    """Each once, then each again, so that whatever else the machine does hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in paths}
    for turn in range(runs + 10):
        for name, path in paths.items():
            began = time.perf_counter()
            answer = client.get(path)
            if turn >= 10:
                taken[name].append(time.perf_counter() - began)
            assert answer.status_code == 200, (path, answer.status_code)
    return taken


def _queries(client: Any, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for each in captured)


def _count(client: Any, path: str, mark: str) -> int:
    return int(client.get(path).content.decode().count(mark))


def _profile(client: Any, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(10):
        client.get(path)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(20):
        client.get(path)
    profile.disable()
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).sort_stats(order).print_stats(45)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    for each in captured:
        print(f"{each['time']} s  {each['sql'][:400]}")


def _with_a_bare_list(organisation_id: Any) -> str:
    """The name of this module as URLs: all of ours and the bare list."""
    from django.contrib.auth.mixins import LoginRequiredMixin
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import include, path
    from django.views.generic import ListView

    from forecourt.engines.audience.models import DueWork
    from forecourt.runtime import scope

    template = engines["django"].from_string(_BARE)

    class BareList(LoginRequiredMixin, ListView):  # type: ignore[type-arg]  # Django knows no parameter here
        paginate_by = 50
        ordering = ("due_on", "id")

        def get_queryset(self) -> Any:
            return DueWork.objects.select_related("vehicle").order_by("due_on", "id")

        def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
            return HttpResponse(template.render(context, self.request))

        def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            with scope.of(organisation_id):
                return super().get(request, *args, **kwargs)

    module = sys.modules[__name__]
    module.urlpatterns = [path("", include("forecourt.config.urls")), path("bare/", BareList.as_view())]  # type: ignore[attr-defined]
    return "bench.pages"


def _furnish(site: Any, actor: Any, customers: int) -> Any:
    """Cars and their history by an import, jobs by booking, some cars already here; gives the adviser."""
    from forecourt.engines.audience import facts, rules
    from forecourt.records.dealership import staff
    from forecourt.runtime import events, scope

    with scope.of(site.organisation_id), events.unheard("live"):
        adviser = staff.join(
            actor=actor, email=f"{time.time_ns()}@example.org", name="Lena", role="adviser", home_site_id=site.pk, site_ids=(site.pk,)
        )
        rules.install(actor=actor)
        bays = ground.bays(site, actor, BAYS, skills=("basic", "brakes"), equipment=("lift", "tyres"))
        _import(site, actor, customers)
        facts.refresh()
        _book(site, actor, bays)
    return adviser


def _import(site: Any, actor: Any, customers: int) -> None:
    from forecourt.demo.export import Group, write
    from forecourt.engines.intake import running, uploads
    from forecourt.runtime import clock

    group = Group("bench", ((site.slug, site.code),), "IT", (("de", 60), ("it", 40)), customers, "cp1252", 118.0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.csv"
        write(path, group, today=clock.today(site.zone))
        came = uploads.receive_path(actor=actor, path=path, source="bench")
    running.run(actor=actor, import_id=came.pk)


def _book(site: Any, actor: Any, bays: list[Any]) -> None:
    """Three jobs a bay, tomorrow; of each bay the first car is here already."""
    from forecourt.journeys.workshop import appointments, arrivals
    from forecourt.records.vehicles.models import Holding

    day, zone = _tomorrow(site), ZoneInfo(site.zone)
    holdings = iter(Holding.objects.filter(until_on=None).order_by("vehicle__plate_key", "pk")[: BAYS * JOBS_A_BAY])
    for bay in bays:
        for number, hour in enumerate((8, 11, 14)):
            holding = next(holdings)
            made = appointments.book(
                actor=actor, customer_id=holding.customer_id, vehicle_id=holding.vehicle_id, site_id=site.pk, work_kinds=["oil_service"],
                starts_at=datetime(day.year, day.month, day.day, hour, tzinfo=zone), source="bench", bay_id=bay.pk,
            )  # fmt: skip
            if number == 0:
                arrivals.check_in(actor=actor, appointment_id=made.pk)


def _tomorrow(site: Any) -> Any:
    from forecourt.runtime import clock

    return clock.today(site.zone) + timedelta(days=1)


def _total(site: Any) -> int:
    from forecourt.engines.audience.models import DueWork
    from forecourt.runtime import scope

    with scope.of(site.organisation_id):
        return int(DueWork.objects.filter(site_id=site.pk).count())


def main(runs: int = 100, customers: int = 1_300, profiled: str = "") -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
    with ground.database():
        return measure(runs, customers, profiled)


if __name__ == "__main__":
    sys.modules["bench.pages"] = sys.modules[__name__]  # the URLs are found by the module's name
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--customers", type=int, default=1_300)
    parser.add_argument("--profile", choices=("bare", "board", "due"), default="")
    given = parser.parse_args()
    sys.exit(tell(main(given.runs, given.customers, given.profile)))
