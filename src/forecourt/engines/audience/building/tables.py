"""The plain tables that a build reads and makes, all of whole numbers.

| table | a row | columns |
|---|---|---|
| lines | a job line | car, day, nth, is_paid, mask |
| visits | a visit | car, day, nth, site, net |
| readings | an odometer reading, equal ones once | car, day, km, before, back |
| cars | a car | car, km, is_kept, home, registered, test, first_test, service_on, service_km, service_told |
| histories | a car that was here or read | what follows from lines, visits and readings, whatever the day |
| facts | a car | what is known today; for each kind of work when it was last done and when it falls due |

`car` is the lake's own number of a car, `site` and `home` of a site, `first_test` the months from first registration to the first test;
`service_on` and `service_km` are the day and the kilometres that were named for the next service, on the day `service_told`. `nth` counts a car's visits of one
day, `net` is cents; `mask` has the bit of each kind of work that the line is;
`before` is the kilometres of the car's reading before
(0: none), `back` the days from this one to the car's last: a car's readings are always written together. `is_paid` says that line or visit cost something; `is_kept` that the car has a keeper other than the dealer.
"""

from typing import Any, Final

import ibis

LINES: Final = ibis.schema({"car": "int32", "day": "int32", "nth": "int32", "is_paid": "boolean", "mask": "int64"})
VISITS: Final = ibis.schema({"car": "int32", "day": "int32", "nth": "int32", "site": "int32", "net": "int64"})
READINGS: Final = ibis.schema({"car": "int32", "day": "int32", "km": "int32", "before": "int32", "back": "int32"})
CARS: Final = ibis.schema(
    {
        "car": "int32", "km": "int32", "is_kept": "boolean", "home": "int32", "registered": "int32", "test": "int32", "first_test": "int32",
        "service_on": "int32", "service_km": "int32", "service_told": "int32",
    }
)  # fmt: skip

# Powers of two, so that the parts are had again by shifts: a division of whole numbers goes through broken ones in both engines.
_STAY_BITS: Final = 16
_KILOMETRE_BITS: Final = 31


def stay_key(day: Any, nth: Any, site: Any) -> Any:
    """Larger for a later visit; holds where it was."""
    return (day.cast("int64") * (1 << _STAY_BITS) + nth) * (1 << _STAY_BITS) + site


def day_stayed(key: Any) -> Any:
    return (key >> 2 * _STAY_BITS).cast("int32")


def site_of(key: Any) -> Any:
    return (key & (1 << _STAY_BITS) - 1).cast("int32")


def reading_key(day: Any, km: Any) -> Any:
    """Larger for a later reading; holds the kilometres."""
    return day.cast("int64") * (1 << _KILOMETRE_BITS) + km


def day_read(key: Any) -> Any:
    return key >> _KILOMETRE_BITS


def km_read(key: Any) -> Any:
    return key & (1 << _KILOMETRE_BITS) - 1
