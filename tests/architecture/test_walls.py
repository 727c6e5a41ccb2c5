"""The second wall, tried with SQL of our own as the application's role: no scope, a wrong scope, a reused connection, a new table."""

import functools
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, models, transaction
from django.db.models.query import RawQuerySet

from forecourt.kernel.ids import uuid7
from forecourt.records.people.models import Customer
from forecourt.runtime import scope
from forecourt.runtime.database import EVERYWHERE_ROLE, walls
from forecourt.runtime.models import LiveFragment
from forecourt.runtime.scope import ScopedModel
from tests.architecture.test_doors import houses  # noqa: F401 - a fixture
from tests.cast import Alpen, Rosso

SCOPED = [model for model in apps.get_models() if issubclass(model, ScopedModel)]
TABLES = sorted(model._meta.db_table for model in SCOPED)

# Tables without a policy, and why. By name or, ending in _, by how they begin.
OPEN = {
    "accounts_account": "a person's login belongs to the person, not to a dealer",
    "accounts_addresschange": "of a login",
    "accounts_customerlink": "which customers of which dealers a person is; asked by the person's own login, before any dealer is chosen",
    "accounts_device": "of a login",
    "accounts_driverinvitation": "from one person to another, for a car that both may hold at several dealers",
    "accounts_passkey": "of a login",
    "accounts_phone": "of a login",
    "accounts_proof": "of a login",
    "accounts_signin": "the sessions of a login",
    "account_": "allauth's addresses and confirmations, of logins",
    "auth_": "Django's groups and permissions, unused",
    "dealership_organisation": "names the dealers; asked before it is known whose scope to open",
    "django_": "Django's own: migrations, content types, sessions (signed in or not, before a scope is known)",
    "mfa_": "passkeys and second factors, of logins; their secrets are sealed",
    "messaging_personalletter": "a mail to the owner of a login, no dealer's; it holds no secret and no text",
    "procrastinate_": "jobs of all dealers wait in one queue; they carry ids, codes and numbers",
    "runtime_budget": "what a source has spent of a limit, by digest; asked before it is known where somebody signs in",
    "runtime_reaction": "an event's id and a subscriber's name; the event itself is behind its policy",
}


@pytest.fixture
def two_dealers(alpen: Alpen, rosso: Rosso, houses: Any) -> tuple[Alpen, Rosso]:  # noqa: F811
    return alpen, rosso


@contextmanager
def told(organisation_id: object) -> Iterator[Any]:
    """A cursor whose transaction names this organisation to PostgreSQL, past all of our Python; everything is taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('forecourt.organisation', %s, true)", [str(organisation_id or "")])
        yield cursor
        transaction.set_rollback(True)


def ask(cursor: Any, sql: str, values: Any = None) -> Any:
    cursor.execute(sql, values)
    return cursor.fetchone()[0]


def refused(cursor: Any, sql: str, values: Any = None) -> bool:
    """Whether a policy refuses this, or the guard of invoice lines, which is asked first and sees no approved item."""
    try:
        with transaction.atomic():
            cursor.execute(sql, values)
    except (ProgrammingError, IntegrityError) as problem:
        return "row-level security policy" in str(problem) or "needs an approved item" in str(problem)
    return False


def test_every_table_has_a_policy_or_a_reason(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT ("
            "relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid))"
        )
        bare = {name for (name,) in cursor.fetchall()}
    without = {name for name in bare if not any(name == each or (each.endswith("_") and name.startswith(each)) for each in OPEN)}
    assert not without, f"Make these a ScopedModel, or give OPEN the reason: {sorted(without)}"
    unused = {each for each in OPEN if not any(name == each or (each.endswith("_") and name.startswith(each)) for name in bare)}
    assert not unused


def test_every_scoped_table_stands_behind_its_wall(db: None) -> None:
    assert walls.missing() == []
    assert {wall.table for wall in walls.walls()} == {*TABLES, "runtime_livefragment"}


def test_a_table_that_lost_its_policy_is_missed(db: None) -> None:
    wall = walls.Wall("people_customer", own="true")
    assert walls._wanted(wall) != walls._standing()["people_customer"]


def test_the_applications_role_can_neither_bypass_nor_own(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN (current_user, %s)", [EVERYWHERE_ROLE])
        assert {row[1:] for row in cursor.fetchall()} == {(False, False)}
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_has_role(current_user, relowner, 'USAGE')")
        assert cursor.fetchone() == (0,)
        assert ask(cursor, "SELECT pg_has_role(current_user, %s, 'USAGE')", [EVERYWHERE_ROLE]) is False


def test_without_a_scope_sql_reads_changes_and_adds_nothing(two_dealers: tuple[Alpen, Rosso]) -> None:
    _try_as_a_stranger(two_dealers[0], told_organisation=None)


def test_with_another_dealers_scope_sql_reads_changes_and_adds_nothing(two_dealers: tuple[Alpen, Rosso]) -> None:
    _try_as_a_stranger(two_dealers[0], told_organisation=uuid7())
    _try_as_a_stranger(two_dealers[0], told_organisation=two_dealers[1].id)


def _try_as_a_stranger(owner: Alpen, told_organisation: object) -> None:
    filled = 0
    for table in TABLES:
        with told(owner.id) as cursor:
            mine = ask(cursor, f"SELECT count(*) FROM {table}")
            own = ask(cursor, f"SELECT to_json(t)::text FROM (SELECT * FROM {table} LIMIT 1) t") if mine else None
        filled += bool(mine)
        with told(told_organisation) as cursor:
            assert ask(cursor, f"SELECT count(*) FROM {table} WHERE organisation_id = %s", [owner.id]) == 0, table
            for change in (f"UPDATE {table} SET organisation_id = organisation_id", f"DELETE FROM {table}"):
                cursor.execute(f"{change} WHERE organisation_id = %s", [owner.id])
                assert cursor.rowcount == 0, (table, change)
            bare = json.dumps({"id": str(uuid7()), "organisation_id": str(owner.id)})  # policies are asked before all other constraints
            added = f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, %s::json)"
            assert refused(cursor, added, [own or bare]), table
    assert filled >= 20  # else little was tried


def test_a_row_cannot_be_given_away(alpen: Alpen, rosso: Rosso) -> None:
    with told(alpen.id) as cursor:
        assert refused(cursor, "UPDATE people_customer SET organisation_id = %s", [rosso.id])


def test_a_trigger_writes_nothing_for_somebody_else(alpen: Alpen, rosso: Rosso) -> None:
    with told(rosso.id) as cursor:
        assert ask(cursor, "SELECT count(*) FROM people_nameword WHERE organisation_id <> %s", [rosso.id]) == 0
        cursor.execute("UPDATE people_customer SET match_name = 'taken over'")
    with told(alpen.id) as cursor:
        assert ask(cursor, "SELECT count(*) FROM people_nameword WHERE word IN ('taken', 'over')") == 0
        assert ask(cursor, "SELECT count(*) FROM people_nameword") > 0


def test_the_total_of_an_invoice_is_checked_although_the_scope_is_closed_at_commit(alpen: Alpen) -> None:
    """Row by row under the policy: the deferred check must find the invoice."""
    with told(alpen.id) as cursor:
        cursor.execute("SELECT set_config('forecourt.organisation', '', true)")
        with pytest.raises(DatabaseError, match="make up its total"), transaction.atomic():
            cursor.execute("SELECT offers_check_totals(%s)", [uuid7()])


def test_live_fragments_are_read_across_dealers_only_by_supervision(alpen: Alpen, rosso: Rosso) -> None:
    with rosso.scope():
        LiveFragment.objects.create(organisation_id=rosso.id, topic="board:x", variants={"de": "Eve Esposito"})
    with told(alpen.id) as cursor:
        assert ask(cursor, "SELECT count(*) FROM runtime_livefragment WHERE organisation_id IS NOT NULL") == 0
        added = "INSERT INTO runtime_livefragment (organisation_id, topic, variants) VALUES (%s, 'board:x', '{}')"
        assert refused(cursor, added, [rosso.id])
    with scope.everywhere("the live process serves all dealers"):
        assert LiveFragment.objects.filter(organisation_id=rosso.id).count() == 1


def test_supervision_reads_only_what_says_why(alpen: Alpen) -> None:
    open_to_it = {model._meta.db_table for model in SCOPED if model.seen_everywhere} | {"runtime_livefragment"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s", [EVERYWHERE_ROLE])
        granted = set(cursor.fetchall())
    # As the grantee itself, for who may not see the grants of others.
    with scope.everywhere("what it may"), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        readable = {
            name for (name,) in cursor.fetchall() if ask(cursor, "SELECT has_table_privilege(current_user, %s::text, 'SELECT')", [name])
        }
        writable = {name for name in TABLES if ask(cursor, "SELECT has_table_privilege(current_user, %s::text, 'INSERT, UPDATE')", [name])}
    assert readable == open_to_it
    assert not writable
    assert granted <= {(name, right) for name in open_to_it for right in ("SELECT", "DELETE")}


@pytest.mark.django_db(transaction=True)
def test_after_an_exception_a_reused_connection_shows_nothing(transactional_db: None) -> None:
    from tests.cast import autohaus_alpen

    alpen = autohaus_alpen()
    for error in (ZeroDivisionError, DatabaseError):
        with pytest.raises(error), alpen.scope(), transaction.atomic():
            assert Customer.objects.exists()
            _fail(error)
        _assert_nothing_is_seen()
    with alpen.scope():  # a job's reads, outside any transaction
        assert Customer.objects.exists()
        with pytest.raises(DatabaseError):
            _fail(DatabaseError)
        assert Customer.objects.exists()
    _assert_nothing_is_seen()
    with scope.everywhere("of the last test"), pytest.raises(DatabaseError), transaction.atomic():
        _fail(DatabaseError)
    _assert_nothing_is_seen()


def _fail(error: type[Exception]) -> None:
    if error is ZeroDivisionError:
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def _assert_nothing_is_seen() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            assert ask(cursor, f"SELECT count(*) FROM {table}") == 0, table
        assert ask(cursor, "SELECT current_user") == ask(cursor, "SELECT session_user")


# -- every method of a manager, by introspection, so that the next release of Django adds its own --

# What a method needs; and None for those that ask nothing of the database.
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "aggregate": (models.Count("pk"),),
    "bulk_create": ([],),
    "bulk_update": ([], ["city"]),
    "complex_filter": ({},),
    "contains": (Customer(pk=uuid7()),),
    "dates": ("created_at", "day"),
    "datetimes": ("created_at", "day"),
    "earliest": ("pk",),
    "in_bulk": ([],),
    "latest": ("pk",),
    "raw": ("SELECT * FROM people_customer",),
    "using": ("default",),
}
WITH_ANOTHER = {"union", "intersection", "difference"}
NOT_ASKED = {"resolve_expression", "create", "get_or_create", "update_or_create", "aupdate_or_create"}  # parts of others, or they only add


def methods() -> list[str]:
    """Of the manager and its QuerySet, public, synchronous."""
    found = {*dir(type(Customer.objects)), *dir(scope.ScopedQuerySet)}
    return sorted(
        name
        for name in found
        if not name.startswith("_")
        and callable(method := getattr(models.QuerySet, name, None))
        and inspect.isfunction(method)
        and not inspect.iscoroutinefunction(method)
        and name not in NOT_ASKED
    )


def test_no_method_shows_more_than_the_scope(alpen: Alpen, rosso: Rosso) -> None:
    """Within Rosso's scope nothing that a method gives, or evaluates to, is Alpen's; the rows of Alpen stay as they were."""
    before = _customers(alpen)
    tried = methods()
    assert {"all", "exists", "count", "raw", "values_list", "aggregate", "update", "delete", "union", "iterator", "explain"} <= set(tried)
    for name in tried:
        with rosso.scope(), transaction.atomic():
            for call in _calls(name):
                found = _evaluated(call)
                assert str(alpen.dana.pk) not in found, name
                assert "Dana" not in found, name
            transaction.set_rollback(True)
    assert _customers(alpen) == before


def _calls(name: str) -> Iterator[Callable[[], Any]]:
    """On the manager, and on what `all` gives, with the least arguments that it takes."""
    for root in (Customer.objects, Customer.objects.all()):
        if hasattr(root, name):
            values = (Customer.objects.all(),) if name in WITH_ANOTHER else ARGUMENTS.get(name, ())
            yield functools.partial(getattr(root, name), *values)


def _evaluated(call: Callable[[], Any]) -> str:
    try:
        with transaction.atomic():
            answer = call()
            many = answer if isinstance(answer, models.QuerySet | RawQuerySet) or hasattr(answer, "__next__") else [answer]
            return repr([vars(each) if isinstance(each, models.Model) else each for each in many])
    except (Customer.DoesNotExist, models.ProtectedError, ValueError):  # nothing there, or held by others, or needs an order first
        return ""


def _customers(dealer: Alpen) -> list[Any]:
    with dealer.scope():
        return list(Customer.objects.order_by("pk").values())
