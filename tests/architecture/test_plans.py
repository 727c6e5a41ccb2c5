"""Under the row-level policies the big lists still go by their indexes, by the column that is searched and not by the dealer alone.

An operator that is not leakproof (LIKE, &&, @>, < on numeric) is asked only after the policy and cannot use an index; here it would show.
The tables are small, so the planner is told not to read them whole: what is pinned is that an index can answer.
"""

from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forecourt.engines.audience.models import DueWork
from forecourt.records.people import customers
from forecourt.records.people.models import Customer
from forecourt.records.vehicles.models import Holding, Vehicle
from forecourt.runtime import audit
from forecourt.runtime.models import EventSubject
from tests.architecture.test_doors import signed_in
from tests.cast import Alpen, autohaus_alpen

LARGE = {
    model._meta.db_table
    for model in (Customer, Vehicle, Holding, DueWork, EventSubject)
} | {"people_nameword", "history_visit", "history_jobline", "messaging_message", "runtime_event", "runtime_auditentry"}  # fmt: skip

# What is asked, the index that answers, and the condition that it must hold.
PINNED: list[tuple[str, Any, str, str]] = [
    ("customers by name", lambda: customers.matching("").order_by("sort_key", "pk")[:50], "customer_by_name", "organisation_id ="),
    ("a name", lambda: customers.matching("dorfer"), "customer_by_word", "word >="),
    ("a number", lambda: Customer.objects.filter(customers.begins("number", "K-1")), "one_customer_per_number", "(number)::text >="),
    ("an address", lambda: customers.matching("dana@"), "customer_by_email", "(email)::text >="),
    ("a plate", lambda: Vehicle.objects.filter(customers.begins("plate_key", "BZ3")), "vehicle_by_plate", "(plate_key)::text >="),
    ("what is due", lambda: DueWork.objects.order_by("due_on", "id")[:50], "due_by_day", "organisation_id ="),
    ("the trail", lambda: audit.entries()[:50], "audit_by_time", "organisation_id ="),
]


@pytest.mark.django_db(transaction=True)
def test_each_search_goes_by_its_index(postgres_cluster: Any) -> None:
    """With what the planner knows of a filled table, which only the owner may tell it, of rows that are committed."""
    alpen = autohaus_alpen()
    with alpen.scope():
        Customer.objects.bulk_create(
            [
                Customer(number=f"N-{number}", email=f"{number}@example.org", sort_key=f"name {number}", match_name=f"name {number}")
                for number in range(800)
            ]
        )
        Vehicle.objects.bulk_create([Vehicle(plate_key=f"XY{number}", vin=f"VIN{number}") for number in range(800)])
    with psycopg.connect(postgres_cluster.url("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        owner.execute("ANALYZE people_customer, people_nameword, vehicles_vehicle")
    wrong = []
    for what, query, index, condition in PINNED:
        with alpen.scope():
            lines = planned(_sql(query())).splitlines()
        place = next((number for number, line in enumerate(lines) if f" {index} " in f"{line} "), None)
        if place is None or not any("Index Cond" in line and condition in line for line in lines[place : place + 3]):
            wrong.append("\n".join([what, *lines]))
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("path", ["/staff/customers/", "/staff/customers/?q=dana+dorfer", "/staff/due/", "/staff/board/", "one car"])
def test_no_page_reads_a_large_table_whole(path: str, alpen: Alpen) -> None:
    client = signed_in(alpen, "administrator")
    url = reverse("vehicles:vehicle", args=[alpen.golf.pk]) if path == "one car" else path
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    asked = [each["sql"] for each in captured if each["sql"].startswith("SELECT") and "set_config" not in each["sql"]]
    assert asked
    with alpen.scope():
        whole = [sql for sql in asked for table in LARGE if f"Seq Scan on {table} " in planned(sql)]
    assert not whole


def _sql(rows: QuerySet[Any]) -> str:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        list(rows)
    return next(
        each["sql"] for each in reversed(captured.captured_queries) if each["sql"].startswith("SELECT") and "set_config" not in each["sql"]
    )


def planned(sql: str) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)
    return plan
