"""Which column says what: kept per source, checked against a header, in JSON as it is saved.

What is required follows from what is mapped: a vehicle needs a VIN, plate or number; an order its number and, unless it is
only named by its lines, a day and a vehicle; a line an order and a code or words. Guessing a mapping is for `guessing`.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from forecourt.engines.intake.fields import FIELDS, Subject
from forecourt.engines.intake.ports import AS_DETECTED, ENCODINGS, FIXED, NO_HEADER, Manner
from forecourt.engines.intake.styles import DateOrder, DecimalSign, DistanceUnit
from forecourt.engines.intake.words import NameOrder
from forecourt.kernel.errors import Refusal
from forecourt.kernel.identifiers import folded
from forecourt.runtime.sentences import Sentence, joined, quoted
from forecourt.runtime.sentences import sentence as _

_CUSTOMER_NAMES = ("customer.name", "customer.last_name", "customer.company")
_LAST_HEADER_LINE = 200
_DELETIONS = ("customer.deleted", "vehicle.deleted", "order.deleted")
#: What a file can be the complete list of.
LISTED = ("customer", "vehicle", "order")
_VEHICLE_KEYS = ("vehicle.vin", "vehicle.plate", "vehicle.number")


@dataclass(frozen=True)
class Guess:
    """Why a column was taken for a field; confidence from 0 to 1."""

    field: str
    column: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class Mapping:
    """How one source's files are read."""

    # field → column as the file calls it
    columns: dict[str, str]
    # field → value for all rows, such as customer.language → "it"
    constants: dict[str, str] = field(default_factory=dict)
    # For all columns; None: decided per column from its values.
    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None
    # Where national telephone numbers and plates are at home (ISO 3166); empty: the organisation's country, whatever language its
    # columns are named in: a dealer in Bozen writes German and telephones in Italy.
    country: str = ""
    guesses: tuple[Guess, ...] = field(default=(), compare=False)
    # field → how a person said that its column is written
    date_orders: dict[str, DateOrder] = field(default_factory=dict)
    decimals: dict[str, DecimalSign] = field(default_factory=dict)
    units: dict[str, DistanceUnit] = field(default_factory=dict)
    name_orders: dict[str, NameOrder] = field(default_factory=dict)
    manner: Manner = AS_DETECTED
    # Of these the file is the whole list (customer, vehicle, order): what it does not name is gone from its source.
    complete: tuple[str, ...] = ()
    # What the first filled cell of rows says that are no records, such as "summe": `no_records.shape`.
    no_records: tuple[str, ...] = ()

    def maps(self, *names: str) -> bool:
        """Whether any of these fields has a column or a constant."""
        return any(name in self.columns or name in self.constants for name in names)

    def subjects(self) -> set[Subject]:
        """What the file tells something about."""
        return {FIELDS[name].subject for name in self.columns}

    def dump(self) -> dict[str, Any]:
        """As it is saved."""
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "date_order": self.date_order,
            "decimal": self.decimal,
            "country": self.country,
            "date_orders": dict(self.date_orders),
            "decimals": dict(self.decimals),
            "units": dict(self.units),
            "name_orders": dict(self.name_orders),
            "complete": list(self.complete),
            "no_records": list(self.no_records),
            "reading": {name: value for name, value in asdict(self.manner).items() if value is not None},
        }

    @property
    def tells_departures(self) -> bool:
        """Whether its files say what is gone from the source."""
        return bool(self.complete) or self.maps(*_DELETIONS)

    @property
    def kind(self) -> str:
        """The kind of file it reads, such as "customer+vehicle": one source sends several."""
        return "+".join(sorted(self.subjects()))


def load(saved: Dictionary[str, Any]) -> Mapping:
    """A mapping from its saved form. Raises Refusal for what is none; fields that no longer exist are refused by name."""
    columns, constants = _texts(saved.get("columns")), _texts(saved.get("constants") or {})
    unknown = sorted({*columns, *constants} - FIELDS.keys())
    if unknown:
        raise Refusal("unknown_fields", _("These fields are not known: %(fields)s.") % {"fields": ", ".join(unknown)}, fields=unknown)
    date_order, decimal = saved.get("date_order") or None, saved.get("decimal") or None
    date_orders, decimals = _texts(saved.get("date_orders") or {}), _texts(saved.get("decimals") or {})
    if {date_order, *date_orders.values()} - {None, "dmy", "mdy"} or {decimal, *decimals.values()} - {None, ",", "."}:
        raise Refusal("not_a_mapping", _("“date_order” is dmy or mdy, “decimal” is a comma or a point."))
    units = _texts(saved.get("units") or {})
    if set(units.values()) - {"km", "mi"}:
        raise Refusal("not_a_mapping", _("A unit is km or mi."))
    name_orders = _texts(saved.get("name_orders") or {})
    if set(name_orders.values()) - {"first", "last"}:
        raise Refusal("not_a_mapping", _("“name_orders” says first or last: which name stands first."))
    return Mapping(
        columns=columns, constants=constants, date_order=date_order, decimal=decimal, country=str(saved.get("country") or ""),
        date_orders=cast("dict[str, DateOrder]", date_orders), decimals=cast("dict[str, DecimalSign]", decimals),
        units=cast("dict[str, DistanceUnit]", units), name_orders=cast("dict[str, NameOrder]", name_orders),
        manner=manner_from(saved.get("reading") or {}), complete=listed_in(columns, saved.get("complete") or ()),
        no_records=tuple(map(str, saved.get("no_records") or ())),
    )  # fmt: skip


def listed_in(columns: Dictionary[str, str], asked: Iterable[Any]) -> tuple[str, ...]:
    """Of what a person says that it is the complete list, what these columns tell anything about."""
    asked, told = set(asked), {FIELDS[name].subject for name in columns}
    return tuple(subject for subject in LISTED if subject in asked and subject in told)


def manner_from(saved: Dictionary[str, Any]) -> Manner:
    """How a file is to be read, from its saved form or from a form's answers; blank is "as detected". Raises Refusal."""
    encoding, delimiter, quote = (str(saved.get(name) or "") or None for name in ("encoding", "delimiter", "quote"))
    told = saved.get("header_line")
    line = "" if told is None else str(told).strip()
    if encoding not in (None, *ENCODINGS):
        raise Refusal("unknown_encoding", _("This encoding is not known: %(encoding)s.") % {"encoding": encoding})
    if delimiter == FIXED:
        quote = None
    elif any(sign is not None and (len(sign) != 1 or sign in "\r\n") for sign in (delimiter, quote)) or (quote and quote == delimiter):
        raise Refusal("not_one_sign", _("Cells are parted by one character and quoted by another one."))
    if line and not (line.isascii() and line.isdecimal() and NO_HEADER <= int(line) <= _LAST_HEADER_LINE):
        raise Refusal(
            "no_such_line",
            _("The line of the header is a number from 1 to %(most)s, or 0 where there is none.") % {"most": _LAST_HEADER_LINE},
        )
    return Manner(encoding, delimiter, quote, int(line) if line else None)


def _texts(pairs: object) -> dict[str, str]:
    if not isinstance(pairs, dict) or not all(isinstance(text, str) for pair in pairs.items() for text in pair):
        raise Refusal("not_a_mapping", _("The mapping must say “columns”, with a column for each field."))
    return dict(pairs)


def require_complete(mapping: Mapping, header: Sequence[str]) -> dict[str, int]:
    """The index of each field's column. Raises Refusal naming what is missing and what the file has."""
    if not mapping.columns:
        raise Refusal(
            "no_columns_known",
            _("None of the columns is known. The file has: %(found)s.") % {"found": _listed(header)},
            found=list(header),
        )
    at, missing = places(mapping, header)
    if missing:
        raise Refusal(
            "missing_columns",
            _("The file lacks these columns: %(missing)s. It has: %(found)s.") % {"missing": _listed(missing), "found": _listed(header)},
            missing=missing,
            found=list(header),
        )
    needs = unmet(mapping)
    if needs:
        raise Refusal(
            "missing_columns",
            _("More columns are needed: %(missing)s. The file has: %(found)s.")
            % {"missing": joined("; ", list(needs)), "found": _listed(header)},
            missing=needs,
            found=list(header),
        )
    return at


def unmet(mapping: Mapping) -> list[str]:
    """What is still needed, in words; empty if the mapping is complete."""
    subjects, needs = mapping.subjects(), []
    if "customer" in subjects and not mapping.maps("customer.number", *_CUSTOMER_NAMES):
        needs.append(_either("customer.number", *_CUSTOMER_NAMES))
    if "vehicle" in subjects and not mapping.maps(*_VEHICLE_KEYS):
        needs.append(_either(*_VEHICLE_KEYS))
    if subjects & {"order", "line"} and not mapping.maps("order.number"):
        needs.append(_either("order.number"))
    if "line" in subjects and not mapping.maps("line.code", "line.text"):
        needs.append(_either("line.code", "line.text"))
    # Lines of orders that came with an earlier file need no more than the order's number.
    if "order" in subjects and (not is_order_only_named(mapping)):
        if not mapping.maps("order.opened_on"):
            needs.append(_either("order.opened_on"))
        if not mapping.maps(*_VEHICLE_KEYS):
            needs.append(_either(*_VEHICLE_KEYS))
    return needs


def is_order_only_named(mapping: Mapping) -> bool:
    """Whether the file holds lines of orders that another file brought."""
    told = {name for name in mapping.columns if FIELDS[name].subject in ("order", "vehicle")}
    return "line" in mapping.subjects() and told <= {"order.number", "order.site", "order.deleted"}


def bare(name: str) -> str:
    """A column name for comparison: no case, accents, spaces or punctuation."""
    return "".join(letter for letter in folded(name) if letter.isalnum())


def places(mapping: Mapping, header: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """The index of each field's column, and the columns that the file lacks; names are compared loosely where they differ."""
    exact = {name: index for index, name in enumerate(header)}
    loose = {bare(name): index for index, name in reversed(list(enumerate(header)))}
    at, missing = {}, []
    for name, column in mapping.columns.items():
        index = exact.get(column, loose.get(bare(column)))
        if index is None:
            missing.append(column)
        else:
            at[name] = index
    return at, missing


def _either(*names: str) -> str:
    return joined(" / ", [FIELDS[name].label for name in names])


def _listed(names: Sequence[str], at_most: int = 30) -> Sentence:
    listed = quoted(list(names[:at_most]))
    return joined(" ", [listed, "…"]) if len(names) > at_most else listed
