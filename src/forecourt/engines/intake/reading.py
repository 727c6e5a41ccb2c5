"""One converter per mapped column, each remembering what it has converted: files repeat themselves.

A converter gives the value or raises `BadValue`. Those of `FORGIVING` readings lose only their own value: the row is taken and
the loss is listed as a remark, because a telephone number with a name in it must not keep a repair order out.
"""

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_noop as _

from forecourt.engines.intake import days, figures, styles, values, words
from forecourt.engines.intake.fields import AMOUNTS, DATE_READINGS, FIELDS, MILEAGES, NUMBER_READINGS, WHOLE_NAME, Field
from forecourt.engines.intake.mapping import Mapping
from forecourt.engines.intake.ports import Cell, Table
from forecourt.engines.intake.styles import ColumnStyle
from forecourt.engines.intake.values import BadValue
from forecourt.kernel.identifiers import NoVin, normal_email, normal_phone, normal_plate, read_vin

Convert = Callable[[Cell], Any]

FORGIVING: Final = frozenset(
    {"email", "phone", "customer_kind", "tier", "looks_for", "language", "country", "fuel", "vehicle_kind", "line_kind", "yes_no", "percent", "currency"}
)  # fmt: skip
_FORGIVEN_FIELDS: Final = frozenset(
    {
        "vehicle.first_registration",
        "vehicle.model_year",
        "vehicle.next_statutory_test_on",
        "vehicle.mileage",
        "order.closed_on",
        "order.mileage",
    }
    | {"vehicle.warranty_until", "vehicle.contract_until", "vehicle.handed_over_on", "vehicle.next_service_on", "vehicle.next_service_km"}
)
#: What is not a plan, and so not in the future.
_PAST: Final = frozenset({"order.closed_on", "vehicle.handed_over_on"})
_NUMBERS: Final = frozenset({"customer.number", "vehicle.number", "order.number"})
_SMALL_FIGURES: Final = frozenset({"line.hours", "line.quantity"})
_AM_AND_DAY_FIRST: Final = frozenset({"AU", "GB", "IE", "IN", "NZ", "ZA"})
_REMEMBERED: Final = 4096
_BETWEEN_PHONES: Final = re.compile(r"\s+/\s+|[;,|(]|\s(?:-|–|o|oder|or|sau|e|und|and|și)\s|/(?=\s*\+)")
_LONGEST_PHONE: Final = 12


@dataclass(frozen=True)
class Place:
    """Where and when the file is at home: what a national number, a plate and a site's name mean, and what is yet to come."""

    country: str
    # No order was opened after it.
    latest: date
    # bare code, slug or name of a site → its id; only sites where the actor may act
    sites: Dictionary[str, UUID]
    # all sites' names, to tell "unknown" from "not yours"
    known_sites: frozenset[str]
    # In which an instant is on a day; None: as it is written.
    zone: tzinfo | None = None
    # In which sums are kept (ISO 4217); empty: any.
    currency: str = ""
    # Percent of VAT in a sum of which the row says no rate.
    tax_rate: Decimal = Decimal(0)


def is_forgiving(field: Field) -> bool:
    """Whether a bad value costs only itself."""
    return field.reading in FORGIVING or field.name in _FORGIVEN_FIELDS


def costs_only_itself(field: Field, bad: BadValue) -> bool:
    """Whether the row is taken without this value."""
    return is_forgiving(field) or bad.code == "other_currency"


def column_styles(
    mapping: Mapping, table: Table, at: Dictionary[str, int], rows: Iterable[list[Cell]], *, place: Place
) -> dict[str, ColumnStyle]:
    """How each mapped column writes dates, numbers and whole names, from its own values, else from its neighbours', else by custom."""
    dates = [name for name in at if FIELDS[name].reading in DATE_READINGS]
    numbers = [name for name in at if FIELDS[name].reading in NUMBER_READINGS]
    rows = list(rows)
    names = [WHOLE_NAME] if WHOLE_NAME in at else []
    cells = {name: [row[at[name]] for row in rows if at[name] < len(row)] for name in (*dates, *numbers, *names)}
    usual_order = mapping.date_order or _usual_order([cell for name in dates for cell in cells[name]], place.country)
    is_year_first = "order.opened_on" in dates and styles.has_year_first(cells["order.opened_on"], not_after=place.latest)
    amounts = [name for name in numbers if FIELDS[name].reading != "integer"]
    usual_sign = (
        mapping.decimal or styles.decimal_sign(cell for name in amounts for cell in cells[name]) or _customary_sign(place.country, table)
    )
    found = {}
    for name in dates:
        chosen = mapping.date_orders.get(name)
        order = chosen or mapping.date_order or styles.date_order(cells[name]) or usual_order
        serial = styles.has_serial_dates(cells[name])
        has_year_first = not (chosen or mapping.date_order) and styles.has_year_first(cells[name], is_likely=is_year_first)
        found[name] = ColumnStyle(
            date_order=order, is_order_chosen=chosen is not None, has_year_first=has_year_first, has_serial_dates=serial
        )
    for name in numbers:
        sign = mapping.decimals.get(name) or mapping.decimal or styles.decimal_sign(cells[name])
        if sign is None and name in _SMALL_FIGURES:
            sign = styles.three_places(cells[name])
        sign = sign or usual_sign
        unit = mapping.units.get(name)
        in_miles = unit == "mi" if unit else name in MILEAGES and styles.is_in_miles(table.header[at[name]], cells[name])
        found[name] = ColumnStyle(decimal=sign, is_in_miles=in_miles)
    for name in names:
        found[name] = ColumnStyle(name_order=mapping.name_orders.get(name) or styles.name_order(table.header[at[name]], cells[name]))
    return found


def _usual_order(cells: list[Cell], country: str) -> styles.DateOrder:
    told = styles.date_order(cells)
    if told is None and (country == "US" or (country not in _AM_AND_DAY_FIRST and styles.has_american_clock(cells))):
        return "mdy"
    return told or "dmy"


def _customary_sign(country: str, table: Table) -> styles.DecimalSign:
    if country in ("GB", "IE", "US", "CN"):
        return "."
    return "," if table.delimiter != "," else "."


def converter(field: Field, style: ColumnStyle, place: Place) -> Convert:
    """The converter of one column."""
    return _Remembering(_convert(field, style, place)).__getitem__


def _convert(field: Field, style: ColumnStyle, place: Place) -> Convert:
    longest, smallest, largest = field.longest, field.smallest, field.largest
    to_amount = figures.to_hours if field.name == "line.hours" else figures.to_amount
    money = place.currency if field.name in AMOUNTS else ""
    to_text = values.to_number if field.name in _NUMBERS else values.to_postcode if field.name == "customer.postcode" else values.to_text
    by_reading: dict[str, Convert] = {
        "text": lambda cell: to_text(cell, longest=longest),
        "cut_text": lambda cell: values.to_cut_text(cell, longest=longest),
        "date": lambda cell: _to_day(cell, style, place, field),
        "past_date": lambda cell: _to_past_date(cell, style, place),
        "amount": lambda cell: to_amount(_in_money(cell, money), style, largest=Decimal(largest)),
        "percent": lambda cell: figures.to_percent(cell, style),
        "currency": _word(words.CURRENCIES),
        "quantity": lambda cell: figures.to_amount(cell, style, places=3, largest=Decimal(largest)),
        "integer": lambda cell: figures.to_integer(cell, style, smallest=smallest, largest=largest),
        "yes_no": values.to_yes_no,
        "deleted": lambda cell: values.to_deleted(cell, latest=place.latest),
        "vin": _to_vin,
        "plate": _to_plate,
        "email": _to_email,
        "phone": lambda cell: _to_phone(cell, place.country),
        "site": lambda cell: _to_site(cell, place),
        "customer_kind": _word(words.CUSTOMER_KINDS),
        "tier": _word(words.TIERS),
        "looks_for": _word(words.LOOKS_FOR),
        "language": _word(words.LANGUAGES),
        "country": _word(words.COUNTRIES),
        "fuel": _word(words.FUELS),
        "vehicle_kind": _word(words.VEHICLE_KINDS),
        "line_kind": _word(words.LINE_KINDS),
    }
    return by_reading[field.reading]


class _Remembering(dict[Cell, Any]):
    """What has been converted; a cell that is known costs no call of ours."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: Cell) -> Any:
        value = self._convert(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = value
        return value


def _to_day(cell: Cell, style: ColumnStyle, place: Place, field: Field) -> date | None:
    day = days.to_date(cell, style, month_means=field.month_means, zone=place.zone)
    if day is not None and day > place.latest and field.name in _PAST:
        raise BadValue("in_the_future", _("This day is yet to come."))
    return day


def _to_past_date(cell: Cell, style: ColumnStyle, place: Place) -> date | None:
    """The day of an order, which it cannot do without: an empty one that is written out is told as what it is."""
    day = days.to_date(cell, style, zone=place.zone)
    if day is None and values.plain(cell):
        raise BadValue("empty_day", _("This is how spreadsheets and old systems write an empty day."))
    if day is not None and day > place.latest:
        raise BadValue("in_the_future", _("This day is yet to come."))
    return day


def _in_money(cell: Cell, currency: str) -> Cell:
    """The cell, unless it names another money; there are no rates here to change it by."""
    if currency and isinstance(cell, str) and words.currency_in(cell) not in ("", currency):
        raise BadValue("other_currency", _("This sum is in another currency than yours; it was left out."))
    return cell


def _to_vin(cell: Cell) -> str | None:
    text = values.plain(cell)
    # What people write when the field must not stay empty.
    if not text.strip("-.?0 xX") or text.casefold() in words.NOT_KNOWN:
        return None
    try:
        # Where a letter was typed for a digit, the preview shows what was read.
        return read_vin(text)[0]
    except NoVin as error:
        if error.code == "placeholder":
            return None
        raise BadValue("no_vin", _("This is no vehicle identification number: 17 letters and digits, without I, O and Q.")) from error


def _to_plate(cell: Cell) -> tuple[str, str] | None:
    """As written, and as compared."""
    text = values.plain(cell)
    if text.casefold() in words.NOT_KNOWN:
        return None
    key = normal_plate(text)
    if len(key) < 2 or not any(letter.isdigit() for letter in key) or not key.strip("0"):
        if key and key.strip("0"):
            raise BadValue("no_plate", _("This is no registration plate."))
        return None
    if len(text) > 16:
        raise BadValue("no_plate", _("This is no registration plate."))
    return text.upper(), key


def _to_email(cell: Cell) -> str | None:
    text = values.plain(cell)
    if "@" not in text:
        if text.strip("-. /") and text != "NULL":
            raise BadValue("no_email", _("This is no e-mail address."))
        return None
    # Two addresses in one cell: the first is the one that was typed first.
    for part in text.replace(",", ";").replace(" ", ";").split(";"):
        try:
            return normal_email(part)
        except ValueError:
            continue
    raise BadValue("no_email", _("This is no e-mail address."))


def _to_phone(cell: Cell, country: str) -> str | None:
    text = values.plain(cell)
    if values.is_shortened(text):
        raise BadValue("no_phone", _("This is no telephone number."))
    if not any(letter.isdigit() for letter in text):
        if text.strip("-. /") and text != "NULL":
            raise BadValue("no_phone", _("This is no telephone number."))
        return None
    # Two numbers in one cell: the first is the one that was typed first.
    for part in (text, *(_BETWEEN_PHONES.split(text) if len(text) > _LONGEST_PHONE else ())):
        try:
            # Past the kernel's own memory of numbers: this module remembers enough.
            return normal_phone.__wrapped__(part, country)
        except ValueError:
            continue
    raise BadValue("no_phone", _("This is no telephone number."))


def _to_site(cell: Cell, place: Place) -> str | None:
    text = values.plain(cell)
    if not text:
        return None
    name = text.casefold()
    site = place.sites.get(name) or place.sites.get(name.lstrip("0"))
    if site is None:
        if name in place.known_sites:
            raise BadValue("site_not_yours", _("You may not import for this site."))
        raise BadValue("unknown_site", _("No site has this code or name."))
    return str(site)


def _word(table: dict[str, str]) -> Convert:
    def convert(cell: Cell) -> str | None:
        text = values.plain(cell)
        if not text:
            return None
        found = words.meaning(table, text)
        if found is None:
            raise BadValue("unknown_word", _("This word is not known here."))
        return found

    return convert
