"""What this context lets a segment ask: the car, its keeper, its visits, work done and due, and whether we may write.

Left out until there is something to read: the type of vehicle (records have none) and the distance from a site (no coordinates).
"""

from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from forecourt.engines.audience.models import VehicleFacts
from forecourt.engines.audience.register import CARS, Choices, Criterion, Unit, Words, declare
from forecourt.kernel.conditions import Column, Elsewhere, Expression, Kind
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.records.people import consent
from forecourt.records.people.consent import texts

CAR: Final = _("Car")
CUSTOMER: Final = _("Customer")
VISITS: Final = _("Visits")
WORK: Final = _("Work")
PERMISSION: Final = _("Permission")

FUELS: Final = (
    ("petrol", _("Petrol")), ("diesel", _("Diesel")), ("hybrid", _("Hybrid")), ("plugin", _("Plug-in hybrid")),
    ("electric", _("Electric")), ("gas", _("Gas")),
)  # fmt: skip
CUSTOMER_KINDS: Final = (("private", _("Private")), ("business", _("Business")))


def _work_kinds() -> list[tuple[str, Words]]:
    language = get_language() or "en"
    return [(kind.code, kind.label(language)) for kind in WorkKind.objects.all()]


def _sites() -> list[tuple[str, Words]]:
    return [(str(pk), name) for pk, name in Site.objects.values_list("pk", "name")]


def _pairs() -> list[tuple[str, Words]]:
    return [
        (f"{purpose}/{channel}", f"{texts.name(purpose)} {texts.way(channel)}")
        for purpose, channel in consent.PAIRS
        if purpose in consent.ADVERTISING
    ]


def _car(name: str, label: Words, kind: Kind, *, column: str = "", choices: Choices | None = None, unit: Unit = "") -> Criterion:
    sql = f"vehicles_vehicle.{column or name}"
    return Criterion(
        name=name, label=label, group=CAR, kind=kind, column=lambda _of: sql, joins=frozenset({"vehicle"}), choices=choices, unit=unit
    )


def _keeper(name: str, label: Words, kind: Kind, sql: str = "", choices: Choices | None = None) -> Criterion:
    sql = sql or f"people_customer.{name}"
    return Criterion(
        name=name, label=label, group=CUSTOMER, kind=kind, column=lambda _of: sql, joins=frozenset({"customer"}), choices=choices
    )


def _known(
    name: str, label: Words, kind: Kind, *, sql: str = "", choices: Choices | None = None, unit: Unit = "", never: bool = False
) -> Criterion:
    sql = sql or f"{CARS}.{name}"
    return Criterion(name=name, label=label, group=VISITS, kind=kind, column=lambda _of: sql, choices=choices, unit=unit, never=never)


def _due(work_kind: str) -> Column:
    return Elsewhere("due.due_on", "audience_duework due", f"due.vehicle_id = {CARS}.vehicle_id AND due.work_kind = %s", (work_kind,))


def _done(work_kind: str) -> Column:
    return Elsewhere("done.last_on", "audience_workdone done", f"done.vehicle_id = {CARS}.vehicle_id AND done.work_kind = %s", (work_kind,))


def _may_write(pair: str) -> Column:
    """The ledger's own condition, as text; `= TRUE` keeps PostgreSQL from turning it round, so that each row is looked up along the index."""
    purpose, _, channel = pair.partition("/")
    rows = VehicleFacts.objects.all().query
    condition = consent.permitted(purpose=purpose, channel=channel, customer="customer_id").resolve_expression(rows)
    sql, params = condition.as_sql(rows.get_compiler(DEFAULT_DB_ALIAS), connection)
    return Expression(sql, tuple(params))


declare(
    _car("make", _("Make"), "text"),
    _car("model", _("Model"), "text"),
    _car("model_year", _("Model year"), "number", unit="year"),
    _car("first_registered_on", _("First registration"), "day"),
    _car("fuel", _("Fuel"), "text", choices=lambda: list(FUELS)),
    _car("statutory_test_due_on", _("Test due by the papers"), "day"),
    _keeper("city", _("City"), "text"),
    _keeper("postcode", _("Postcode"), "text"),
    _keeper("country", _("Country"), "text"),
    _keeper("customer_kind", _("Type of customer"), "text", "people_customer.kind", lambda: list(CUSTOMER_KINDS)),
    _keeper("language", _("Language"), "text", choices=lambda: list(settings.LANGUAGES)),
    _keeper("has_email", _("E-mail address is known"), "flag", "(people_customer.email <> '')"),
    _known("site", _("Site of the last visit"), "text", sql=f"{CARS}.site_id::text", choices=_sites),
    _known("last_visit_on", _("Last visit"), "day", never=True),
    _known("visits", _("Number of visits"), "number"),
    _known("spent_net", _("Spent so far, net"), "number", unit="money"),
    _known("last_mileage", _("Mileage"), "number", unit="km"),
    _known("km_per_year", _("Kilometres a year"), "number", unit="km"),
    _known("is_service_customer", _("Service customer"), "flag"),
    _known("is_tyre_customer", _("Tyre customer"), "flag"),
    _known("is_lost", _("Lost customer"), "flag"),
    Criterion(name="due", label=_("Due"), group=WORK, kind="day", column=_due, parameters=_work_kinds),
    Criterion(name="done", label=_("Last done"), group=WORK, kind="day", column=_done, parameters=_work_kinds, never=True),
    Criterion(name="may_write", label=_("May be written to"), group=PERMISSION, kind="flag", column=_may_write, parameters=_pairs),
)
