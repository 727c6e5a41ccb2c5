"""What this context lets a segment ask: the car, its keeper, its visits, work done and due, and whether we may write.

Where the customer stands is told by all that they did (`lifecycle`), how regularly one car comes by its own visits. Nearness is asked by kilometres to the site of the last visit (`distances`), or by the postcode region of any site. Stored tyres are work: "Tyre storage".
"""

from typing import Any, Final

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from forecourt.engines.audience import leaving, lifecycle, profiles
from forecourt.engines.audience.building import terms
from forecourt.engines.audience.register import CARS, Criterion, Words, declare
from forecourt.kernel.conditions import Column, Elsewhere, Expression, Kind
from forecourt.records.accounts.models import CustomerLink
from forecourt.records.catalogue.models import WorkKind
from forecourt.records.dealership.models import Site
from forecourt.records.people import consent, standing
from forecourt.records.people.consent import texts
from forecourt.runtime import scope

CAR: Final = _("Car")
CUSTOMER: Final = _("Customer")
VISITS: Final = _("Visits")
WORK: Final = _("Work")
PERMISSION: Final = _("Permission")

FUELS: Final = (
    ("petrol", _("Petrol")), ("diesel", _("Diesel")), ("hybrid", _("Hybrid")), ("plugin", _("Plug-in hybrid")),
    ("electric", _("Electric")), ("gas", _("Gas")),
)  # fmt: skip
VEHICLE_KINDS: Final = (
    ("car", _("Passenger car")), ("van", _("Van")), ("motorcycle", _("Motorcycle")), ("camper", _("Motorhome")),
    ("truck", _("Truck")), ("other", _("Other vehicle")),
)  # fmt: skip
CUSTOMER_KINDS: Final = (("private", _("Private")), ("business", _("Business")))


STAGES: Final = (
    ("prospect", _("Never here")), ("first", _("Here once, within the last 12 months")),
    ("active", _("Here several times, last within 12 months")), ("lapsed", _("Not here for 12 months")),
    ("lost", _("Lost customer")),
)  # fmt: skip
_STAGE: Final = (
    f"(CASE WHEN {CARS}.visits = 0 THEN 'prospect' WHEN {CARS}.is_lost THEN 'lost' WHEN {CARS}.visits_12 = 0 THEN 'lapsed'"
    f" WHEN {CARS}.visits = 1 THEN 'first' ELSE 'active' END)"
)


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


def _periods() -> list[tuple[str, Words]]:
    return [(str(months), ngettext("%(n)s month", "%(n)s months", months) % {"n": months}) for months in profiles.PERIODS]


def _of(group: Words, name: str, label: Words, kind: Kind, sql: str = "", **more: Any) -> Criterion:
    sql = sql or f"{CARS}.{name}"
    return Criterion(name=name, label=label, group=group, kind=kind, column=lambda _of: sql, **more)


def _due(work_kind: str) -> Column:
    return Elsewhere("due.due_on", "audience_duework due", f"due.vehicle_id = {CARS}.vehicle_id AND due.work_kind = %s", (work_kind,))


def _done(work_kind: str) -> Column:
    return Elsewhere("done.last_on", "audience_workdone done", f"done.vehicle_id = {CARS}.vehicle_id AND done.work_kind = %s", (work_kind,))


def _driven_since(work_kind: str) -> Column:
    since = f"({CARS}.last_mileage - done.last_mileage)"
    return Elsewhere(since, "audience_workdone done", f"done.vehicle_id = {CARS}.vehicle_id AND done.work_kind = %s", (work_kind,))


def _may_write(pair: str) -> Column:
    return f"({CARS}.may_write & {profiles.bit(pair)} <> 0)"


def _visited(months: str) -> Column:
    return f"{CARS}.visits_{int(months)}"


def _near(site_id: str) -> Column:
    """Postcodes of a region begin alike: two signs are a province, a county or a postal region in the countries we know."""
    place = "SELECT {of} FROM dealership_site place WHERE place.id = %s"
    begins, country = place.format(of="left(place.postcode, 2)"), place.format(of="place.country")
    sql = f"CASE WHEN {CARS}.postcode <> '' THEN left({CARS}.postcode, 2) = ({begins}) AND {CARS}.country IN ('', ({country})) END"
    return Expression(f"({sql})", (site_id, site_id))


def _linked(_of: str) -> Column:
    """Asked of the links themselves: they are few, and a person may end one at any time."""
    linked = CustomerLink.objects.filter(organisation_id=scope.organisation_id(), ended_at=None, vehicle_id=None).values("customer_id")
    sql, params = linked.query.sql_with_params()
    return Expression(f"({CARS}.customer_id IN ({sql}))", tuple(params))


declare(
    _of(CAR, "make", _("Make"), "text"),
    _of(CAR, "model", _("Model"), "text"),
    _of(CAR, "model_year", _("Model year"), "number", unit="year"),
    _of(CAR, "first_registered_on", _("First registration"), "day"),
    _of(CAR, "fuel", _("Fuel"), "text", choices=lambda: list(FUELS)),
    _of(CAR, "statutory_test_due_on", _("Test due by the papers"), "day"),
    _of(CAR, "vehicle_kind", _("Type of vehicle"), "text", choices=lambda: list(VEHICLE_KINDS)),
    _of(CAR, "warranty_until", _("End of the warranty"), "day"),
    _of(CAR, "contract_until", _("End of the lease or contract"), "day"),
    _of(CUSTOMER, "city", _("City"), "text"),
    _of(CUSTOMER, "postcode", _("Postcode"), "text"),
    _of(CUSTOMER, "country", _("Country"), "text"),
    _of(CUSTOMER, "customer_kind", _("Type of customer"), "text", choices=lambda: list(CUSTOMER_KINDS)),
    _of(CUSTOMER, "language", _("Language"), "text", choices=lambda: list(settings.LANGUAGES)),
    _of(
        CUSTOMER,
        "lifecycle",
        _("Lifecycle stage"),
        "text",
        choices=lambda: list(lifecycle.STAGES),
        tip=_("Set by itself each day, from all cars and visits of the customer. Loyal goes before new, and lost before all."),
    ),
    _of(CUSTOMER, "tier", _("Tier"), "text", choices=lambda: list(standing.TIERS)),
    _of(CUSTOMER, "looks_for", _("Looks for"), "text", choices=lambda: list(standing.LOOKS_FOR)),
    _of(CUSTOMER, "has_email", _("E-mail address is known"), "flag"),
    Criterion(name="has_account", label=_("Uses the app (account linked)"), group=CUSTOMER, kind="flag", column=_linked),
    _of(VISITS, "site", _("Site of the last visit"), "text", f"{CARS}.site_id::text", choices=_sites),
    _of(VISITS, "last_visit_on", _("Last visit"), "day", never=True),
    _of(VISITS, "visits", _("Number of visits"), "number"),
    _of(VISITS, "spent_net", _("Spent so far, net"), "number", unit="money"),
    _of(VISITS, "last_mileage", _("Mileage"), "number", unit="km"),
    _of(VISITS, "km_per_year", _("Kilometres a year"), "number", unit="km"),
    _of(VISITS, "is_service_customer", _("Service customer"), "flag"),
    _of(VISITS, "is_tyre_customer", _("Tyre customer"), "flag"),
    _of(VISITS, "is_lost", _("Lost customer"), "flag"),
    _of(
        VISITS,
        "stage",
        _("How regularly the car comes"),
        "text",
        _STAGE,
        choices=lambda: list(STAGES),
        tip=format_lazy(
            _("Told by the visits of this car and worked out anew each day; lost is who was not here for {months} months."),
            months=terms.LOST_AFTER_MONTHS,
        ),
    ),
    Criterion(
        name="leaving",
        label=_("Risk of leaving"),
        group=VISITS,
        kind="number",
        column=leaving.column,
        unit="percent",
        tip=_(
            "How many in a hundred cars that had been here as often, and last as long ago, did not come in the year after: counted in your own past. Unknown where fewer than 30 cars tell it."
        ),
    ),
    _of(
        CUSTOMER,
        "km_from_site",
        _("Distance from the site"),
        "number",
        unit="km from the site",
        tip=_(
            "As the crow flies, from the keeper's town to that of the site of the last visit; for a car that was never here, to the nearest site."
        ),
    ),
    Criterion(name="near", label=_("Lives in the postcode region of …"), group=CUSTOMER, kind="flag", column=_near, parameters=_sites),
    Criterion(name="visited", label=_("Visits in the last …"), group=VISITS, kind="number", column=_visited, parameters=_periods),
    Criterion(name="due", label=_("Due"), group=WORK, kind="day", column=_due, parameters=_work_kinds),
    Criterion(name="done", label=_("Last done"), group=WORK, kind="day", column=_done, parameters=_work_kinds, never=True),
    Criterion(
        name="driven_since",
        label=_("Driven since the last …"),
        group=WORK,
        kind="number",
        column=_driven_since,
        parameters=_work_kinds,
        unit="km",
        tip=_("From the mileage of that visit to the latest one known."),
    ),
    _of(
        WORK,
        "tyres_stored_on",
        _("Tyres stored here since"),
        "day",
        tip=_("The day of the last line that says so; unknown where they were handed back since."),
    ),
    Criterion(name="may_write", label=_("May be written to"), group=PERMISSION, kind="flag", column=_may_write, parameters=_pairs),
)
