"""From the cells of one row to what it says about a customer, a car, an order and a line, or to what is wrong with it.

Files repeat a customer on each of hundreds of lines, so each part is read once per distinct set of cells and remembered; what is
remembered is bounded, and reading a part twice is harmless.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter, ne
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_noop as _

from forecourt.engines.intake.columns import Abroad, Values, columns_of, constants_of, picker
from forecourt.engines.intake.customers import name_of
from forecourt.engines.intake.fields import FIELDS, WHOLE_NAME, Subject
from forecourt.engines.intake.figures import net_of
from forecourt.engines.intake.mapping import Mapping, is_order_only_named
from forecourt.engines.intake.parts import NOTHING, Head, LeftOut, Part, Read, Wrongs, apart, key_of, remember, shape, shown
from forecourt.engines.intake.ports import UNSAVED_FORMULA, Cell, Row
from forecourt.engines.intake.reading import Place, costs_only_itself
from forecourt.engines.intake.styles import ColumnStyle
from forecourt.engines.intake.values import BadValue, Wrong, whole_postcode
from forecourt.kernel.identifiers import is_from_abroad, text_key
from forecourt.records.people.digests import Identifiers
from forecourt.records.people.returns import Memory
from forecourt.runtime.database.bulk import copy_line

_HEAD: Final[tuple[Subject, ...]] = ("customer", "vehicle", "order")
#: The reason of a remark that took nothing away.
KEPT_PLATE: Final = "plate_abroad"
_CELLS: Final = itemgetter(1)


class RowReader:
    """Reads the rows of one file; made once per file."""

    def __init__(
        self,
        *,
        mapping: Mapping,
        header: Sequence[str],
        at: Dictionary[str, int],
        styles: Dictionary[str, ColumnStyle],
        place: Place,
        default_site: UUID | None,
        source: str,
    ) -> None:
        self._header = header
        self._source = source
        self._memory: Memory | None = None
        self._width = len(header)
        self._mapping = mapping
        self._default_site = str(default_site) if default_site else None
        self._order_is_only_named = is_order_only_named(mapping)
        self._subjects = mapping.subjects()
        self._is_last_first = WHOLE_NAME in styles and styles[WHOLE_NAME].name_order == "last"
        self._tells_departures = mapping.tells_departures
        # A line's number is read by itself: all else of it repeats.
        numbers = columns_of("line", {name: index for name, index in at.items() if name == "line.number"}, styles, place)
        self._line_number = numbers[0] if numbers else None
        at = {name: index for name, index in at.items() if name != "line.number"}
        self._file_columns = {name: header[index] for name, index in at.items()}
        self._columns = {subject: columns_of(subject, at, styles, place) for subject in ("customer", "vehicle", "order", "line")}
        self._pick = {subject: picker([index for _name, index, _convert in columns]) for subject, columns in self._columns.items()}
        self._constants = constants_of(mapping, place)
        self._country, self._currency, self._tax_rate = place.country, place.currency, place.tax_rate
        self._abroad = Abroad(at, place)
        # What the last row said besides its line; the lines of an order stand together.
        self._pick_head = picker(sorted(index for subject in _HEAD for _name, index, _convert in self._columns[subject]))
        self._told: Any = self
        self._head = Head(NOTHING, NOTHING, NOTHING, ())
        self._known: dict[str, dict[Any, Part]] = {"customer": {}, "vehicle": {}, "order": {}, "line": {}}

    def leave_out(self, memory: Memory, *, before_asking: Callable[[], None]) -> None:
        """Rows of persons whom the dealer erased. Memory asks the database whether one of them is a customer again."""
        self._memory = memory
        self._before_asking = before_asking

    def warn_before_asking(self, before_asking: Callable[[], None]) -> None:
        """The same, for who has another way to the database, or none."""
        self._before_asking = before_asking

    def read(self, cells: list[Cell]) -> Read | LeftOut | Wrongs:
        """What the row says, that it is an erased person's, or all that is wrong with it."""
        if len(cells) != self._width:
            if any(cell is UNSAVED_FORMULA or str(cell).strip() for cell in cells[self._width :]):
                return self._too_many(cells)
            cells = cells + [""] * (self._width - len(cells))
        told = (self._pick_head(cells), shape(cells)) if self._mapping.no_records else self._pick_head(cells)
        if told != self._told:
            self._told, self._head = told, self._read_head(cells)
        head = self._head
        if head.customer.erased:
            return LeftOut(head.customer.erased, head.named)
        line = self._part("line", cells, self._read_line) if head.has_line else NOTHING
        if line.key is None and not line.wrongs:
            return self._read_without_line(head)
        position, wrongs = self._position(cells)
        if line.wrongs or wrongs or head.wrongs or head.order.key is None:
            orderless = () if head.order.key or head.order.wrongs else (self._missing("order.number"),)
            return self._wrong(head, (*head.wrongs, *line.wrongs, *orderless, *wrongs))
        return Read(head, f"{position}\t{line.told}", line.remarks)

    def _read_without_line(self, head: Head) -> Read | Wrongs:
        if head.wrongs:
            return self._wrong(head, head.wrongs)
        if not (head.gone or head.says_something()):
            return self._wrong(head, (self._missing("customer.number" if self._subjects == {"customer"} else "vehicle.vin"),))
        return Read(head, None, ())

    def _wrong(self, head: Head, wrongs: tuple[Wrong, ...]) -> Wrongs:
        told = Wrongs(wrongs)
        if self._tells_departures:
            told.named = head.names()
        return told

    def _too_many(self, cells: list[Cell]) -> Wrongs:
        """Left of the cell too many it names its things as ever, right of it one cell further."""
        told = Wrongs([Wrong("", str(cells[self._width]), "too_many_cells", _("The row has more cells than the header."))])
        if self._tells_departures:
            told.named = self._read_head(cells[: self._width]).names_with(self._read_head(cells[-self._width :]))
        return told

    # --- rows that stand together ------------------------------------------------------------------------------------

    def runs(self, rows: Sequence[Row]) -> Iterator[tuple[Sequence[Row], Head | None, list[str]]]:
        """The rows in runs that say the same but for their lines; head and job lines where all of a run is right, else None: `read` tells each of them.

        Gone through column by column, which takes a third of the time: a row costs no call of ours.
        """
        cells = list(map(_CELLS, rows))
        lines = self._job_lines(cells)
        if lines is None:
            yield rows, None, []
            return
        told = list(map(self._pick_head, cells))
        starts = [0, *(at for at, is_news in enumerate(map(ne, told, told[1:]), start=1) if is_news), len(rows)]
        for start, end in pairwise(starts):
            run, said = rows[start:end], lines[start:end]
            if told[start] != self._told:
                self._told, self._head = told[start], self._read_head(cells[start])
            head = self._head
            if None in said or head.customer.erased or not head.has_line or head.wrongs or head.order.key is None:
                yield run, None, []
            else:
                key = head.order.key
                yield run, head, [f"{line}\t{key}\t{text}" for (line, _cells), text in zip(run, said, strict=True)]

    def _job_lines(self, cells: list[list[Cell]]) -> list[str | None] | None:
        """Of each row the job line for COPY behind line and order key, None where something is to be said of it; None for rows of all kinds."""
        if not self._columns["line"] or self._mapping.no_records or set(map(len, cells)) != {self._width}:
            return None
        known = self._known["line"]
        parts = [known.get(picked) for picked in map(self._pick["line"], cells)]
        if None in parts:
            parts = [part or self._part("line", row, self._read_line) for part, row in zip(parts, cells, strict=True)]
        if self._line_number is None:
            numbers: list[Any] = ["\\N"] * len(cells)
        else:
            _name, index, convert = self._line_number
            try:
                numbers = list(map(convert, map(itemgetter(index), cells)))
            except BadValue:
                return None
        return [
            f"{number}\t{part.told}" if part and part.key and number is not None and not (part.wrongs or part.remarks) else None
            for number, part in zip(numbers, parts, strict=True)
        ]

    # --- the parts -------------------------------------------------------------------------------------------------

    def _read_head(self, cells: list[Cell]) -> Head:
        customer = self._part("customer", cells, self._read_customer)
        if customer.erased and not self._tells_departures:
            return Head(customer, NOTHING, NOTHING, ())
        vehicle = self._part("vehicle", cells, self._read_vehicle)
        order = self._order(cells, vehicle, customer)
        if self._tells_departures:
            head = apart(customer, vehicle, order)
            is_record = not self._mapping.no_records or shape(cells) not in self._mapping.no_records
            head.name_unread(customer, vehicle, order, cells, self._file_columns, is_record=is_record)
            return head
        return Head(customer, vehicle, order, (*customer.wrongs, *vehicle.wrongs, *order.wrongs))

    def _part(self, subject: Subject, cells: list[Cell], read: Callable[[Values, list[Wrong], list[Wrong]], Part]) -> Part:
        if not self._columns[subject]:
            return NOTHING
        picked, known = self._pick[subject](cells), self._known[subject]
        part = known.get(picked)
        if part is None:
            wrongs: list[Wrong] = []
            remarks: list[Wrong] = []
            part = read(self._values(subject, cells, wrongs, remarks), wrongs, remarks)
            if part.erased is None:
                part.wrongs, part.remarks = tuple(wrongs), tuple(remarks)
            remember(known, picked, part)
        return part

    def _values(self, subject: Subject, cells: list[Cell], wrongs: list[Wrong], remarks: list[Wrong]) -> Values:
        values = dict(self._constants[subject])
        abroad = self._abroad.of(cells) if subject == "customer" else None
        for name, index, convert in self._columns[subject]:
            cell = cells[index]
            if cell == "":
                continue
            try:
                value = (abroad.get(name, convert) if abroad else convert)(cell)
            except BadValue as bad:
                list_of = remarks if costs_only_itself(FIELDS[name], bad) else wrongs
                list_of.append(Wrong(self._header[index], shown(cell), bad.code, bad.reason))
                continue
            if value is not None:
                values[name] = value
        return values

    def _read_customer(self, values: Values, wrongs: list[Wrong], remarks: list[Wrong]) -> Part:
        get = values.get
        name = name_of(get, is_last_first=self._is_last_first)
        if values.get("customer.country"):
            values["customer.postcode"] = whole_postcode(get("customer.postcode"), get("customer.country"))
        number = get("customer.number")
        if number is None:
            number = self._number_from_name(get, name, remarks)
        if number is None:
            return Part()
        reference = number if get("customer.number") else f"~{key_of(number)}"
        kind, *parts_of_name = name
        if self._memory:
            who = self._who(get, reference, name[-1])
            if remembered := self._memory.of(who, before_asking=self._before_asking):
                return Part(erased=remembered)
        told = (
            reference, number, kind, get("customer.salutation"), *parts_of_name, get("customer.language"), get("customer.email"), get("customer.phone"), get("customer.mobile"),
            get("customer.street"), get("customer.postcode"), get("customer.city"), get("customer.country"), get("customer.tier"), get("customer.looks_for"),
            get("customer.allow_service_mail"), get("customer.allow_marketing"),
        )  # fmt: skip
        return self._departing(Part(key_of(f"c:{reference}"), copy_line(told)), values, ("customer", reference, None, None, None))

    def _who(self, get: Callable[[str], Any], reference: str, match_name: str) -> Identifiers:
        telephones = tuple(filter(None, (get("customer.phone"), get("customer.mobile"))))
        email, postcode, street = (get(f"customer.{name}") or "" for name in ("email", "postcode", "street"))
        return Identifiers(((self._source, reference),), match_name, email, telephones, postcode, street)

    def _number_from_name(self, get: Callable[[str], Any], name: tuple[str, ...], remarks: list[Wrong]) -> str | None:
        """Without a number, a name with an address, e-mail or telephone number tells who it is."""
        match_name = name[-1]
        evidence = get("customer.email") or get("customer.mobile") or get("customer.phone")
        if not evidence and get("customer.postcode") and get("customer.street"):
            evidence = f"{get('customer.postcode')} {get('customer.street')}".casefold()
        if not match_name:
            return None
        if not evidence:
            reason = _("A name alone does not tell who the customer is; a number, e-mail, telephone number or address is needed.")
            remarks.append(Wrong(self._column("customer.number", "customer.name", "customer.last_name"), match_name, "name_alone", reason))
            return None
        return "N" + key_of(f"{match_name}|{evidence}")[:10].upper()

    def _read_vehicle(self, values: Values, wrongs: list[Wrong], remarks: list[Wrong]) -> Part:
        get = values.get
        vin, number = get("vehicle.vin"), get("vehicle.number")
        plate, plate_key = get("vehicle.plate") or (None, None)
        if not (vin or number or plate_key):
            return Part()
        # It is known which car is meant: a plate that is none is no reason to keep an order out.
        remarks += [wrong for wrong in wrongs if wrong.reason_code == "no_plate"]
        wrongs[:] = [wrong for wrong in wrongs if wrong.reason_code != "no_plate"]
        if plate and not (vin or number) and is_from_abroad(plate, self._country):
            reason = _("This plate is written as those of another country are; it was kept as it stands, and it alone tells the car.")
            remarks.append(Wrong(self._column("vehicle.plate"), plate, KEPT_PLATE, reason))
        told = (
            number, vin, plate, plate_key, get("vehicle.make"), get("vehicle.model"), get("vehicle.fuel"), get("vehicle.model_year"),
            get("vehicle.first_registration"), get("vehicle.next_statutory_test_on"), None, get("vehicle.mileage"),
            get("vehicle.kind"), get("vehicle.warranty_until"), get("vehicle.contract_until"),
        )  # fmt: skip
        identity = f"v:{vin}" if vin else f"n:{number}" if number else f"p:{plate_key}"
        said = (get("vehicle.handed_over_on"), get("vehicle.next_service_on"), get("vehicle.next_service_km") or None)
        part = Part(key_of(identity), copy_line(told), held=copy_line((said[0], None, *said, None)), said=said)
        return self._departing(part, values, ("vehicle", number, vin, plate_key, None))

    def _order(self, cells: list[Cell], vehicle: Part, customer: Part) -> Part:
        columns = self._columns["order"]
        if not columns:
            return NOTHING
        picked = (self._pick["order"](cells), vehicle.key, customer.key, vehicle.said)
        known = self._known["order"]
        part = known.get(picked)
        if part is None:
            wrongs: list[Wrong] = []
            remarks: list[Wrong] = []
            part = self._read_order(self._values("order", cells, wrongs, remarks), vehicle, customer, wrongs, remarks)
            part.wrongs, part.remarks = tuple(wrongs), tuple(remarks)
            remember(known, picked, part)
        return part

    def _read_order(self, values: Values, vehicle: Part, customer: Part, wrongs: list[Wrong], remarks: list[Wrong]) -> Part:
        number, opened_on, closed_on = values.get("order.number"), values.get("order.opened_on"), values.get("order.closed_on")
        if not values and not wrongs:
            return Part()
        site = values.get("order.site") or self._default_site
        bad = {wrong.column for wrong in wrongs} if wrongs else ()
        if number is None and self._column("order.number") not in bad:
            wrongs.append(self._missing("order.number"))
        if site is None and self._column("order.site") not in bad:
            wrongs.append(self._missing("order.site"))
        if not self._order_is_only_named:
            if opened_on is None and self._column("order.opened_on") not in bad:
                wrongs.append(self._missing("order.opened_on"))
            if vehicle.key is None and not vehicle.wrongs:
                reason = _("The order names no car. Sales without a car, such as parts over the counter, are not taken in.")
                wrongs.append(replace(self._missing("vehicle.vin", "vehicle.plate", "vehicle.number"), reason_text=reason))
        if opened_on is not None and closed_on is not None and closed_on < opened_on:
            reason = _("The order was closed before it was opened; the closing day was left out.")
            remarks.append(Wrong(self._column("order.closed_on"), closed_on.isoformat(), "closed_before_opened", reason))
            closed_on = None
        mileage = values.get("order.mileage")
        told = copy_line((site, number, vehicle.key, customer.key, opened_on, closed_on, mileage))
        part = Part(key_of(f"{site}|{number}"), told, held=copy_line((opened_on, mileage, *vehicle.said, opened_on)))
        if number is None:
            return part
        self._departing(part, values, ("order", number, None, None, site))
        part.is_gone = part.is_gone and site is not None
        return part

    def _departing(self, part: Part, values: Values, names: tuple[object, ...]) -> Part:
        """With what names it, where the file tells departures at all."""
        if self._tells_departures:
            part.is_gone, part.named = bool(values.get(f"{names[0]}.deleted")), copy_line(names)
        return part

    def _read_line(self, values: Values, wrongs: list[Wrong], remarks: list[Wrong]) -> Part:
        get = values.get
        rate, currency = values.pop("line.tax_rate", None), values.pop("line.currency", None)
        code, text = get("line.code") or "", get("line.text") or ""
        if not values and not wrongs:
            return Part()
        if not (code or text) and not wrongs:
            wrongs.append(self._missing("line.text", "line.code"))
        quantity = get("line.quantity")
        told = (
            get("line.kind") or "labour", code, text, text_key(code, text), get("line.hours"), 1 if quantity is None else quantity,
            self._net(get, rate, currency, remarks),
        )  # fmt: skip
        return Part("line", copy_line(told))

    def _net(self, get: Callable[[str], Any], rate: Decimal | None, currency: str | None, remarks: list[Wrong]) -> Decimal | int:
        """In our money and without VAT: as the file says, else worked out of the sum with VAT."""
        net, gross = get("line.amount"), get("line.gross")
        if net is None and gross is not None:
            net = net_of(gross, self._tax_rate if rate is None else rate)
        if net and currency and self._currency and currency != self._currency:
            reason = _("This sum is in another currency than yours; it was left out.")
            remarks.append(Wrong(self._column("line.currency"), currency, "other_currency", reason))
            net = None
        return net or 0

    def _position(self, cells: list[Cell]) -> tuple[object, tuple[Wrong, ...]]:
        if self._line_number is None:
            return "\\N", ()
        _name, index, convert = self._line_number
        try:
            number = convert(cells[index])
        except BadValue as bad:
            return None, (Wrong(self._header[index], shown(cells[index]), bad.code, bad.reason),)
        return number, () if number is not None else (self._missing("line.number"),)

    # --- words -----------------------------------------------------------------------------------------------------

    def _column(self, *names: str) -> str:
        """The column of the first of these fields that has one."""
        return next((self._mapping.columns[name] for name in names if name in self._mapping.columns), "")

    def _missing(self, *names: str) -> Wrong:
        column = self._column(*names)
        if names[0].startswith("vehicle."):
            reason = _("The row does not say which car it is about.")
        else:
            reason = _("This must not be empty.") if column else _("The row does not say which customer it is about.")
        return Wrong(column, "", "missing", reason)
