"""Segments for a workshop's year, ready to be looked at, changed and kept. They are rules like any other; nothing is written until somebody keeps one."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from forecourt.engines.audience.register import Words


@dataclass(frozen=True)
class ReadyMade:
    key: str
    name: Words
    description: Words
    rule: dict[str, Any]


def _is(field: str, op: str, value: object = None) -> dict[str, Any]:
    return {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}


_HERE_LATELY: Final = _is("last_visit_on", "within_days", -730)
_NOT_EXPECTED: Final = _is("has_appointment", "eq", value=False)

READY_MADE: Final = (
    ReadyMade(
        "spring_tyres",
        _("Tyre change in spring"),
        _("Tyre customers whose tyres were last changed in autumn and who have no appointment."),
        {
            "all": [
                _is("is_tyre_customer", "eq", value=True),
                _is("done:tyre_change", "within_days", -274),
                _is("done:tyre_change", "before_days", -91),
                _NOT_EXPECTED,
            ]
        },
    ),
    ReadyMade(
        "autumn_tyres",
        _("Tyre change in autumn"),
        _("Cars whose tyres were changed here within a year, but not lately, and who have no appointment."),
        {"all": [_is("done:tyre_change", "within_days", -365), _is("done:tyre_change", "before_days", -122), _NOT_EXPECTED]},
    ),
    ReadyMade(
        "test_due",
        _("Statutory test due in 30 days"),
        _("The statutory test falls due within 30 days, and there is no appointment yet."),
        {"all": [_is("due:statutory_test", "within_days", 30), _NOT_EXPECTED]},
    ),
    ReadyMade(
        "warranty_ends",
        _("Warranty ends soon"),
        _("The warranty ends within 60 days, and there is no appointment yet."),
        {"all": [_is("warranty_until", "within_days", 60), _NOT_EXPECTED]},
    ),
    ReadyMade(
        "lease_ends",
        _("Lease ends in six months"),
        _("The lease or another contract ends within six months."),
        _is("contract_until", "within_days", 183),
    ),
    ReadyMade(
        "service_overdue",
        _("Service overdue"),
        _("Inspection or oil service is past its day, the car was here within two years, and there is no appointment."),
        {
            "all": [
                {"any": [_is("due:inspection", "before_days", 0), _is("due:oil_service", "before_days", 0)]},
                _HERE_LATELY,
                _NOT_EXPECTED,
            ]
        },
    ),
    ReadyMade(
        "lost",
        _("Not here for 24 months"),
        _("Customers who have not been here for two years and may be sent offers by e-mail."),
        {
            "all": [
                _is("last_visit_on", "before_days", -730),
                _is("has_email", "eq", value=True),
                _is("may_write:offers/email", "eq", value=True),
            ]
        },
    ),
    ReadyMade(
        "holiday_check",
        _("Check before the holidays"),
        _("Cars that drive much, three years old or older, not here within the last three months."),
        {
            "all": [
                _is("first_registered_on", "before_days", -1096),
                _is("km_per_year", "ge", 15_000),
                _HERE_LATELY,
                _is("last_visit_on", "before_days", -91),
                _NOT_EXPECTED,
            ]
        },
    ),
    ReadyMade(
        "battery",
        _("Battery check before winter"),
        _("Cars of four years and more whose battery was not changed here within four years; electric ones are left out."),
        {
            "all": [
                _is("first_registered_on", "before_days", -1461),
                {"not": _is("fuel", "eq", "electric")},
                {"not": _is("done:battery", "within_days", -1461)},
                _HERE_LATELY,
            ]
        },
    ),
    ReadyMade(
        "air_conditioning",
        _("Air conditioning in spring"),
        _("Cars of two years and more without an air conditioning service here within two years."),
        {
            "all": [
                _is("first_registered_on", "before_days", -730),
                {"not": _is("done:air_conditioning", "within_days", -730)},
                _HERE_LATELY,
            ]
        },
    ),
)


def ready_made(key: str) -> ReadyMade | None:
    return next((each for each in READY_MADE if each.key == key), None)
