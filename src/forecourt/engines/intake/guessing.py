"""Which column probably says what: by its name in many languages and systems, and by what stands in it."""

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from functools import cache
from typing import Final

from django.utils.translation import gettext as _

from forecourt.engines.intake import days, styles, values, words
from forecourt.engines.intake.fields import DATE_READINGS, FIELDS, MILEAGES
from forecourt.engines.intake.mapping import Guess, Mapping, bare
from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell
from forecourt.engines.intake.presets import Preset, presets
from forecourt.kernel.identifiers import normal_vin

_PART_OF_NAME: Final = 5
_LEAST: Final = 0.35
#: What systems in Italian call the name of any customer, and the share of firms from which on it is one of firms.
_EVERYBODY: Final = ("ragionesoc", "ragsoc")
_ALL_FIRMS: Final = 0.8
# Columns about the dealer's own people, whose addresses and numbers are not the customer's.
_STAFF: Final = re.compile(
    r"berater|annehmer|mechaniker|monteur|verkaufer|bearbeiter|mitarbeiter|advis[eo]r|technician|mechanic|sales(?:man|person|rep)|seller|employee"
    r"|consulente|accettatore|meccanico|venditore|operatore|consilier|mecanic|vanzator|receptioner|顾问|技师|接待|销售员|业务员|制单|操作员"
)
# Days and amounts that are not those that the end of the column's name makes of them.
_OTHER_DAYS: Final = re.compile(
    r"gebur|^geb|birth|^dob|nascita|naster|出生|生日|ander|modif|update|druck|print|stampa|export|letzt|last|ultim|garanti|warranty|garanzia"
    r"|versicher|insur|leas|vertrag|contract|bestell|liefer|deliver|consegna|zahl|fallig|due|scaden"
    r"|next|nachst|naechst|prossim|urmato|下次"
)
_OTHER_AMOUNTS: Final = re.compile(
    r"brut|gross|lord|mwst|^ust|steuer|vat|tax|iva$|^iva|tva|rabatt|nachlass|discount|scont|reducer|einkauf|^ek|cost|kosten|税|折扣|成本|einzel|unit|gesamt|summe|totale|合计|总"
)
_OTHER_MILEAGES: Final = re.compile(
    r"alt$|old|vorher|previous|letzt|last|ultim|verkauf|sale|vendita|nachst|next|prossim|interval|garanti|warranty"
)
#: What their names speak of is to come.
_NEXT: Final = frozenset({"vehicle.next_statutory_test_on", "vehicle.next_service_on", "vehicle.next_service_km"})
_IN_BRACKETS: Final = re.compile(r"[(\[（][^)\]）]*[)\]）]")
_OF_SUBJECT: Final = {
    "line": "line lines item items position positions positionen job jobs operation operations labor labour parts righe riga linii",
    "customer": "customer client owner kunde cliente",
    "vehicle": "vehicle car fahrzeug veicolo vehicul",
    "order": "order orders repairorder repairorders workorders ro invoices auftrag auftrage commessa commesse",
}
_SUBJECTS: Final = {word: subject for subject, told in _OF_SUBJECT.items() for word in told.split()}
_CUSTOMER_NUMBER: Final = re.compile(r"[A-Za-z]{0,3}[-/. ]?\d[\d\-/.]*")
_MILEAGE: Final = re.compile(r"(?:\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+|\d{4,6})\s*(?:km|mi|公里)?", re.IGNORECASE)
_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def guess(header: Sequence[str], sample: Sequence[Sequence[Cell]]) -> Mapping:
    """The likeliest mapping, with a confidence and a reason for each column; a field and a column are used once."""
    preset = _prevailing(header)
    columns = [[row[index] for row in sample if index < len(row)] for index in range(len(header))]
    guesses = [each for index, name in enumerate(header) for each in _guesses_for(name, columns[index], preset)]
    guesses += [each for index, name in enumerate(header) for each in _by_content(name, columns[index])]
    chosen = _names_settled(_best(guesses), dict(zip(header, columns, strict=True)))
    if not {each.field for each in chosen} & {"line.code", "line.text"}:
        chosen = [each for each in chosen if not each.field.startswith("line.")]  # the sum of an order makes no line
    chosen = _without_orders(chosen)
    return Mapping(
        columns={each.field: each.column for each in sorted(chosen, key=lambda each: list(FIELDS).index(each.field))},
        guesses=tuple(chosen),
    )


def _prevailing(header: Sequence[str]) -> Preset | None:
    """The preset that knows most of these names."""
    names = {bare(name) for name in header}
    counted = [(len(names & _known(preset.name).keys()), preset) for preset in presets().values()]
    most, preset = max(counted, key=lambda pair: pair[0])
    return preset if most else None


@cache
def _known(preset: str) -> dict[str, str]:
    """Bare column name → field; the earlier field keeps a name that two claim."""
    known: dict[str, str] = {}
    for name, columns in presets()[preset].columns.items():
        for column in columns:
            known.setdefault(bare(column), name)
    return known


def is_known(column: str) -> bool:
    """Whether a field or any system's column is called so."""
    name = bare(column)
    return name in _FIELD_NAMES or any(name in _known(preset) for preset in presets())


_FIELD_NAMES: Final = {bare(name): name for name in FIELDS}


def _guesses_for(column: str, cells: Sequence[Cell], prevailing: Preset | None) -> Iterable[Guess]:
    name = bare(re.sub(r" \(\d+\)$", "", column).replace("#", " number"))
    if _STAFF.search(name):
        return
    if name in _FIELD_NAMES:
        yield Guess(_FIELD_NAMES[name], column, 1.0, _("The column is called like the field."))
        return
    seen = set()
    if (below := _below(column)) is not None:
        seen.add(below)
        yield Guess(below, column, 0.75, _("The name holds a known one."))
    for preset in sorted(presets().values(), key=lambda preset: preset is not prevailing):
        field = _known(preset.name).get(name)
        if field and field not in seen:
            seen.add(field)
            confidence = 0.95 if prevailing is preset else 0.8
            reason = _("“%(column)s” is a known name (%(preset)s).") % {"column": column, "preset": _(preset.title)}
            field, confidence = _told_by_cells(field, confidence, cells)
            yield Guess(field, column, _weighed(field, confidence, cells), reason)
    if not seen and (plain := bare(_IN_BRACKETS.sub("", column))) != name:
        # "Mileage (km)", but not "Amount (gross)".
        known = (_known(preset.name).get(plain) for preset in presets().values())
        field = next((each for each in known if each and not _means_another(each, name)), None)
        if field:
            seen.add(field)
            yield Guess(field, column, _weighed(field, 0.75, cells), _("The name holds a known one."))
    if not seen:
        yield from _by_part_of_name(column, name, cells)


def _told_by_cells(field: str, confidence: float, cells: Sequence[Cell]) -> tuple[str, float]:
    """Where one name is used for two things: "Kunde" beside "Name" is the number; the next service is a day, or kilometres."""
    if field == "customer.name" and (_share(cells, _is_customer_number) or 0) > 0.8:
        return "customer.number", confidence - 0.05
    if field == "vehicle.next_service_on" and (_share(cells, _is_mileage) or 0) > 0.8:
        return "vehicle.next_service_km", confidence
    return field, confidence


def _below(column: str) -> str | None:
    """What "lines.net" is: a column of an object inside another one, by its own name among those of that subject."""
    above, _point, name = column.rpartition(".")
    subject = _SUBJECTS.get(bare(above.rpartition(".")[2]))
    if subject is None:
        return None
    known = [field for preset in presets() if (field := _known(preset).get(bare(name)))]
    of_subject = next((field for field in known if FIELDS[field].subject == subject), None)
    # An order speaks of its customer and car too.
    return of_subject or (known[0] if known and subject == "order" else None)


def _means_another(field: str, name: str) -> bool:
    reading = FIELDS[field].reading
    if reading in DATE_READINGS:
        return field not in _NEXT and _OTHER_DAYS.search(name) is not None
    if field in MILEAGES:
        return field not in _NEXT and _OTHER_MILEAGES.search(name) is not None
    return reading == "amount" and _OTHER_AMOUNTS.search(name) is not None


def _by_part_of_name(column: str, name: str, cells: Sequence[Cell]) -> Iterable[Guess]:
    longest: dict[str, str] = {}
    # What an object is called says nothing of each column inside it.
    begins = bare(column.rpartition(".")[2]) or name
    for preset in presets().values():
        for known, field in _known(preset.name).items():
            is_part = len(known) >= _PART_OF_NAME and (begins.startswith(known) or name.endswith(known))
            if is_part and not _means_another(field, name) and len(known) > len(longest.get(field, "")):
                longest[field] = known
    for field, known in longest.items():
        confidence = 0.45 + 0.2 * len(known) / len(name)
        yield Guess(field, column, _weighed(field, confidence, cells), _("The name holds a known one."))


def _by_content(column: str, cells: Sequence[Cell]) -> Iterable[Guess]:
    if _STAFF.search(bare(column)):
        return
    if (_share(cells, _is_vin) or 0) > 0.8:
        yield Guess("vehicle.vin", column, 0.85, _("The cells are vehicle identification numbers."))
    if (_share(cells, lambda text: bool(_EMAIL.match(text))) or 0) > 0.8:
        yield Guess("customer.email", column, 0.7, _("The cells are e-mail addresses."))


def _weighed(field: str, confidence: float, cells: Sequence[Cell]) -> float:
    """Less where the cells contradict the name."""
    reading = FIELDS[field].reading
    fits = _FITS.get(reading)
    if fits is None:
        return confidence
    share = _share(cells, fits)
    if share is None:
        return confidence
    return confidence if share >= 0.5 else confidence * 0.5


def _share(cells: Sequence[Cell], fits: Callable[[str], bool]) -> float | None:
    """The share of cells that fit; None if all are blank."""
    texts = [text for cell in cells if cell is not UNSAVED_FORMULA and (text := _text(cell))]
    return sum(1 for text in texts if fits(text)) / len(texts) if texts else None


def _text(cell: Cell) -> str:
    """A spreadsheet's whole numbers are no fractions."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _is_vin(text: str) -> bool:
    try:
        return bool(normal_vin(text)) and not text.isdigit()
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    is_serial = styles.has_serial_dates([text])
    for style in (styles.ColumnStyle("dmy", has_serial_dates=is_serial), styles.ColumnStyle("mdy", has_year_first=True)):
        try:
            days.to_date(text, style, month_means="first")
        except values.BadValue as bad:
            if bad.code == "no_such_day":
                return True
            continue
        return True
    return False


def _is_customer_number(text: str) -> bool:
    return _CUSTOMER_NUMBER.fullmatch(text) is not None


def _is_mileage(text: str) -> bool:
    """Whole thousands, mostly; what may be a spreadsheet's day is one only if it is a round number."""
    number = int(re.sub(r"\D", "", text)) if _MILEAGE.fullmatch(text) else 0
    return number >= 1000 and (number % 100 == 0 or not styles.has_serial_dates([str(number)]))


def _is_number(text: str) -> bool:
    return any(letter.isdigit() for letter in text) and sum(letter.isalpha() for letter in text) <= 3


_FITS: Final[dict[str, Callable[[str], bool]]] = {
    "vin": _is_vin,
    "date": _is_date,
    "past_date": _is_date,
    "amount": _is_number,
    "quantity": _is_number,
    "integer": _is_number,
    "email": lambda text: "@" in text,
    "phone": _is_number,
}


def _best(guesses: Iterable[Guess]) -> list[Guess]:
    chosen: list[Guess] = []
    fields: set[str] = set()
    columns: set[str] = set()
    for each in sorted(guesses, key=lambda each: -each.confidence):
        if each.confidence >= _LEAST and each.field not in fields and each.column not in columns:
            chosen.append(each)
            fields.add(each.field)
            columns.add(each.column)
    return chosen


def _without_orders(chosen: list[Guess]) -> list[Guess]:
    """A list of customers or cars may name the site, a mileage or the day of a sale, and asks for no order because of it."""
    fields = {each.field for each in chosen}
    orders = {field for field in fields if FIELDS[field].subject == "order"}
    if "order.number" in orders or any(field.startswith("line.") for field in fields):
        chosen = [each for each in chosen if each.field != "vehicle.handed_over_on"]  # there it is when the car was collected
    if not orders or orders - {"order.opened_on", "order.site", "order.mileage"} or any(field.startswith("line.") for field in fields):
        return chosen
    sold = {name for name, field in _known("parts_sales").items() if field == "order.opened_on"}
    if any(each.field == "order.opened_on" and bare(each.column) not in sold for each in chosen):
        return chosen
    of_the_car = {}
    if fields & {"vehicle.vin", "vehicle.plate", "vehicle.number"}:
        told = {"order.mileage": "vehicle.mileage", "order.opened_on": "vehicle.handed_over_on"}
        of_the_car = {of_order: of_car for of_order, of_car in told.items() if of_car not in fields}
    kept = [replace(each, field=of_the_car.get(each.field, each.field)) for each in chosen]
    return [each for each in kept if FIELDS[each.field].subject != "order"]


def _names_settled(chosen: list[Guess], columns: Dictionary[str, list[Cell]]) -> list[Guess]:
    """ "Name" beside "Vorname" is the last name; "Nome" or "Nume" alone is the whole name; so is "Ragione sociale" alone, if it does not hold firms throughout."""
    fields = {each.field for each in chosen}
    renamed = {}
    if "customer.first_name" in fields and "customer.name" in fields and "customer.last_name" not in fields:
        renamed["customer.name"] = "customer.last_name"
    elif not fields & {"customer.name", "customer.company"}:
        if "customer.first_name" in fields and "customer.last_name" not in fields:
            renamed["customer.first_name"] = "customer.name"
        elif "customer.last_name" in fields and "customer.first_name" not in fields:
            renamed["customer.last_name"] = "customer.name"
    elif not fields & {"customer.name", "customer.first_name", "customer.last_name", "customer.kind"}:
        [company] = [each.column for each in chosen if each.field == "customer.company"]
        if bare(company).startswith(_EVERYBODY) and (_share(columns[company], words.is_firm) or 0) < _ALL_FIRMS:
            renamed["customer.company"] = "customer.name"
    return [Guess(renamed.get(each.field, each.field), each.column, each.confidence, each.reason) for each in chosen]
