"""The ways in which the world writes days, amounts, distances and words."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.engines.intake import days, figures, styles, values, words
from forecourt.engines.intake.ports import UNSAVED_FORMULA
from forecourt.engines.intake.styles import ColumnStyle
from forecourt.engines.intake.values import BadValue
from forecourt.kernel.spreadsheets import defused

GERMAN = ColumnStyle()
AMERICAN = ColumnStyle(date_order="mdy", decimal=".")
NEW_YEARS_EVE = datetime.date(2025, 12, 31)


def reason(convert: object, *given_values: object, **options: object) -> str:
    with pytest.raises(BadValue) as caught:
        convert(*given_values, **options)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        "31.12.2025", "31.12.25", "31. 12. 2025", " 31.12.2025 ", "31/12/2025", "31-12-2025", "2025-12-31", "2025/12/31", "2025.12.31", "20251231",
        "31.12.2025 14:30", "31.12.2025 14:30:59", "2025-12-31T14:30:00Z", "2025-12-31 00:00:00.000", "2025-12-31T14:30:00+01:00",
        "2025年12月31日", "2025年12月31日 14:30", "31. Dezember 2025", "31-Dec-2025", "31 dic 2025", "31 decembrie 2025", "December 31, 2025",
        46022, 46022.604, NEW_YEARS_EVE, datetime.datetime(2025, 12, 31, 23, 59),
        "31122025", "20251231143000", "20251231T1430", "2025-12-31+01:00", "2025-12-31Z", 20251231, 20251231.0, 31122025, "Mi 31.12.2025",
        "Mittwoch, 31.12.2025 14:30", "mer. 31/12/2025", "Wed 31/12/2025", "２０２５年１２月３１日", "２０２５－１２－３１",
    ],
)  # fmt: skip
def test_one_day_written_in_many_ways(text: object) -> None:
    assert days.to_date(text, GERMAN) == NEW_YEARS_EVE  # type: ignore[arg-type]


def test_american_days_are_read_as_such_once_the_column_is_known_to_be() -> None:
    assert styles.date_order(["01/02/2025", "12/31/2025"]) == "mdy"
    assert styles.date_order(["01/02/2025", "31/12/2025"]) == "dmy"
    assert styles.date_order(["01/02/2025", "03/04/2025"]) is None
    assert days.to_date("12/31/2025 2:30 PM", AMERICAN) == NEW_YEARS_EVE
    assert days.to_date("31.12.2025", AMERICAN) == NEW_YEARS_EVE


def test_a_month_counts_where_its_first_or_last_day_is_meant() -> None:
    assert days.to_date("03/2026", GERMAN, month_means="last") == datetime.date(2026, 3, 31)
    assert days.to_date("03.19", GERMAN, month_means="first") == datetime.date(2019, 3, 1)
    assert days.to_date("2024年2月", GERMAN, month_means="last") == datetime.date(2024, 2, 29)
    assert reason(days.to_date, "03/2026", GERMAN) == "no_date"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "00.00.0000",
        "0000-00-00",
        "01.01.0001",
        "31.12.9999",
        "1900-01-01",
        0,
        "01.01.1753",
        "1753-01-01 00:00:00",
        "31.12.2999",
        "9999-12-31T23:59:59Z",
        datetime.datetime(9999, 12, 31),
    ],
)
def test_what_old_systems_write_for_no_day_is_no_day(text: object) -> None:
    assert days.to_date(text, GERMAN) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31.02.2025", "no_such_day"),
        ("13/13/2025", "no_such_day"),
        ("soon", "no_date"),
        ("12", "no_date"),
        ("01.01.1875", "date_out_of_range"),
        ("20251331", "no_such_day"),
        ("45210", "no_date"),
        (2019, "no_date"),
        (1700000000, "no_date"),
    ],
)
def test_what_is_no_day_says_so(text: object, code: str) -> None:
    assert reason(days.to_date, text, GERMAN) == code


def test_an_instant_is_on_the_day_that_it_was_at_the_dealers() -> None:
    rome = ZoneInfo("Europe/Rome")
    for instant in ("2025-12-30T23:00:00.000Z", "2025-12-30 23:00:00Z", "2025-12-30 23:00:00.000000+00:00", "2025-12-30T17:00-06:00"):
        assert days.to_date(instant, GERMAN, zone=rome) == NEW_YEARS_EVE
        assert days.to_date(instant, GERMAN) == datetime.date(2025, 12, 30)
    # A day, written where a time is asked for.
    assert days.to_date("2025-12-31T00:00:00Z", GERMAN, zone=ZoneInfo("America/New_York")) == NEW_YEARS_EVE
    assert days.to_date("2025-12-31T23:59:00", GERMAN, zone=rome) == NEW_YEARS_EVE
    assert days.to_date("9999-12-31T23:59:59Z", GERMAN, zone=rome) is None
    assert reason(days.to_date, "2025-12-31T25:00:00Z", GERMAN, zone=rome) == "no_such_day"


def test_years_of_two_digits_may_stand_first() -> None:
    today = datetime.date(2025, 12, 31)
    assert days.to_date("25-12-31", ColumnStyle(has_year_first=True)) == NEW_YEARS_EVE
    assert days.to_date("31/12/2025", ColumnStyle(has_year_first=True)) == NEW_YEARS_EVE
    assert styles.has_year_first(["98-05-10", "01-01-02"])
    assert styles.has_year_first(["25-01-31", "24-02-02"], not_after=today)
    assert styles.has_year_first(["25-01-11", "25-02-12", "24-03-13", "25-04-14", "25-05-15"], not_after=today)
    assert styles.has_year_first(["19-03-01"], is_likely=True)
    # Months of registration, an order a day, one day's file, and what can only be a day first.
    assert not styles.has_year_first(["01/03/19", "01/05/20", "01/07/05"])
    assert not styles.has_year_first(["24/01/25", "25/01/25", "24/02/25"], not_after=today)
    assert not styles.has_year_first(["24/01/25"] * 9, not_after=today)
    assert not styles.has_year_first(["25/01/45", "25-01-31"], not_after=today, is_likely=True)


def test_times_with_am_or_pm_are_american() -> None:
    assert styles.has_american_clock(["01/02/2025 10:15 AM"])
    assert styles.has_american_clock(["1/2/25 1:15:00 p.m."])
    assert not styles.has_american_clock(["01/02/2025 10:15", "01.02.2025 10:15 AM"])
    assert styles.date_order(["01022025", "01312025"]) == "mdy"
    assert days.to_date("01312025", AMERICAN) == datetime.date(2025, 1, 31)


def test_spreadsheet_days_as_plain_numbers_are_recognised_by_their_column() -> None:
    assert styles.has_serial_dates(["46022", "45000", ""])
    assert not styles.has_serial_dates(["46022", "31.12.2025"])
    assert days.to_date("46022", ColumnStyle(has_serial_dates=True)) == NEW_YEARS_EVE


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"), ("1'234,56", "1234.56"), ("1 234,56", "1234.56"), ("1\u00a0234,56", "1234.56"), ("1234,5", "1234.50"), ("1.234", "1234.00"),
        ("12,50-", "-12.50"), ("-12,50", "-12.50"), ("−12,50", "-12.50"), ("(12,50)", "-12.50"), ("+12,50", "12.50"), ("€ 12,50", "12.50"), ("12,50 EUR", "12.50"),
        ("12,50 lei", "12.50"), (",5", "0.50"), ("0,005", "0.01"), (12.345, "12.35"), (7, "7.00"),
        ("125.-", "125.00"), ("125,-", "125.00"), ("CHF 1'080.--", "1080.00"), ("99.–", "99.00"), ("-125,--", "-125.00"), ("12,50–", "-12.50"),
        ("￥１２３４，５０", "1234.50"),
    ],
)  # fmt: skip
def test_amounts_with_decimal_comma(text: object, amount: str) -> None:
    assert figures.to_amount(text, GERMAN) == Decimal(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["12.50", "1,234.56", "1.23.456,00", "12,5,0", "abc", "12 Stück zu 3", "-", "1.234.56", "١٢"])
def test_an_amount_in_another_style_is_refused_rather_than_multiplied(text: str) -> None:
    if text == "-":
        assert figures.to_amount(text, GERMAN) is None
    else:
        assert reason(figures.to_amount, text, GERMAN) == "no_number"


def test_the_decimal_sign_is_told_by_the_column() -> None:
    assert styles.decimal_sign(["1.234", "1.234,5", "10"]) == ","
    assert styles.decimal_sign(["1,234.50", "7"]) == "."
    assert styles.decimal_sign(["12.5"]) == "."
    assert styles.decimal_sign(["1.234.567"]) == ","
    assert styles.decimal_sign(["1.234", "5"]) is None
    # Nothing begins its thousands with a nought.
    assert styles.decimal_sign(["1.000", "0.750"]) == "."
    assert styles.decimal_sign(["１２３４．５０"]) == "."


def test_pieces_that_all_have_three_places_are_no_thousands() -> None:
    assert styles.three_places(["1.000", "4.500", "", "-1.000"]) == "."
    assert styles.three_places(["1,000"]) == ","
    assert styles.three_places(["1.000", "4"]) is None
    assert styles.three_places(["1.000", "1,000"]) is None
    assert styles.three_places([]) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("1:30", "1.50"), ("0:45", "0.75"), ("12:00:30", "12.01"), (datetime.time(1, 30), "1.50"), (datetime.timedelta(hours=26), "26.00"),
        ("1,5", "1.50"), (0.25, "0.25"),
    ],
)  # fmt: skip
def test_hours_may_be_written_as_a_clock_shows_them(text: object, hours: str) -> None:
    assert figures.to_hours(text, GERMAN, largest=Decimal(9_999)) == Decimal(hours)  # type: ignore[arg-type]
    assert reason(figures.to_amount, "1:30", GERMAN) == "no_number"


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=2), st.sampled_from(["de", "en", "ch"]))
def test_every_amount_survives_being_written_and_read(amount: Decimal, country: str) -> None:
    written = f"{amount:,.2f}"
    if country == "de":
        written = written.translate({ord(","): ".", ord("."): ","})
    elif country == "ch":
        written = written.replace(",", "'")
    style = ColumnStyle(decimal="," if country == "de" else ".")
    assert figures.to_amount(written, style) == amount


@given(st.dates(min_value=datetime.date(1950, 1, 1), max_value=datetime.date(2049, 12, 31)))
def test_every_day_survives_being_written_and_read(day: datetime.date) -> None:
    for pattern, style in (("%d.%m.%Y", GERMAN), ("%d.%m.%y", GERMAN), ("%m/%d/%Y", AMERICAN), ("%Y-%m-%d", AMERICAN)):
        assert days.to_date(day.strftime(pattern), style) == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("45.210 km", 45_210),
        ("45,210", 45_210),
        ("45210", 45_210),
        ("45 210", 45_210),
        (45210.0, 45_210),
        ("12,0", 12),
        ("４５,２１０公里", 45_210),
    ],
)
def test_whole_numbers_know_no_third_decimal(text: object, number: int) -> None:
    assert figures.to_integer(text, GERMAN) == number  # type: ignore[arg-type]


def test_whole_numbers_have_limits() -> None:
    assert reason(figures.to_integer, "-5", GERMAN) == "number_too_small"
    assert reason(figures.to_integer, "9999999", GERMAN, largest=2_000_000) == "number_too_large"


def test_text_is_one_clean_line() -> None:
    assert values.to_text(" Öl\u00a0\u00a0und\r\nFilter\t\x07 ", longest=20) == "Öl und Filter"
    assert values.to_text(1001.0, longest=9) == "1001"
    assert values.to_text("   ", longest=9) is None
    assert values.to_cut_text("abcdef", longest=3) == "abc"
    assert reason(values.to_text, "abcdef", longest=3) == "too_long"
    assert reason(values.to_text, "a\x00b", longest=9) == "zero_byte"
    assert reason(values.to_text, "M\ufffdller", longest=9) == "unreadable_letters"
    assert reason(values.to_text, UNSAVED_FORMULA, longest=9) == "unsaved_formula"


@pytest.mark.parametrize("text", ["NULL", "(null)", "\\N", "#N/A", "#NV", "0", "000000", "-", "?", 0, 0.0])
def test_strangers_whose_number_nobody_knew_have_none(text: object) -> None:
    assert values.to_number(text, longest=40) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"),
    [("2,02501E+11", "shortened_number"), ("1.23E+5", "shortened_number"), ("1E+05", "shortened_number"), ("#REF!", "broken_formula"), ("#DIV/0!", "broken_formula")],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_spoiled_is_nobodys(text: str, code: str) -> None:
    assert reason(values.to_number, text, longest=40) == code


def test_other_numbers_and_names_stay_as_they_are() -> None:
    for text in ("001001", "10E5", "A-0", "1E05", "#12", "K/0"):
        assert values.to_number(text, longest=40) == text
    assert values.to_number("Ｇ１２", longest=40) == "G12"
    assert values.to_text("Null", longest=40) == "Null"
    assert values.to_text("0", longest=40) == "0"
    assert values.to_cut_text("NULL", longest=40) is None


@pytest.mark.parametrize("cell", ["=1+1", "+49 abends", "-x", "@SUM(A1)"])
def test_a_cell_made_harmless_for_a_spreadsheet_reads_as_it_was(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert values.plain(defused(cell)) == cell


def test_numbers_stay_numbers_for_a_spreadsheet() -> None:
    assert [defused(cell) for cell in ("-12,50", "+49 333 111", 5, "Öl")] == ["-12,50", "+49 333 111", 5, "Öl"]


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("J", True),
        ("ja", True),
        ("x", True),
        ("1", True),
        ("sì", True),
        ("是", True),
        ("nein", False),
        ("0", False),
        ("nu", False),
        ("", None),
    ],
)
def test_yes_and_no_in_five_languages(word: str, answer: bool | None) -> None:
    assert values.to_yes_no(word) is answer


@pytest.mark.parametrize(
    ("table", "word", "meaning"),
    [
        (words.FUELS, "Benzin", "petrol"), (words.FUELS, "Plug-in Hybrid", "plugin"), (words.FUELS, "纯电", "electric"), (words.FUELS, "Motorină", "diesel"),
        (words.LANGUAGES, "Română", "ro"), (words.COUNTRIES, "Österreich", "AT"), (words.CUSTOMER_KINDS, "Firma", "business"),
        (words.LINE_KINDS, "Manoperă", "labour"), (words.LINE_KINDS, "T", "part"), (words.LINE_KINDS, "配件", "part"), (words.FUELS, "Dampf", None),
    ],
)  # fmt: skip
def test_words_of_files_are_known_in_five_languages(table: dict[str, str], word: str, meaning: str | None) -> None:
    assert words.meaning(table, word) == meaning


def test_names_are_taken_apart() -> None:
    assert words.first_and_last("Müller, Anna Maria") == ("Anna Maria", "Müller")
    assert words.first_and_last("Anna Maria Müller") == ("Anna Maria", "Müller")
    assert words.first_and_last("王小明") == ("", "王小明")
    assert words.first_and_last("Anna von der Heide") == ("Anna", "von der Heide")
    assert words.first_and_last("De Luca") == ("De", "Luca")
    last_first = {
        "Popescu Ion Vasile": ("Ion Vasile", "Popescu"),
        "DE LUCA MARIO": ("MARIO", "DE LUCA"),
        "Rossi, Anna": ("Anna", "Rossi"),
        "Rossi": ("", "Rossi"),
    }
    assert {name: words.first_and_last(name, is_last_first=True) for name in last_first} == last_first
    assert [words.is_firm(name) for name in ("Alpen Bau GmbH", "SC Auto Test SRL", "上海汽车公司", "Agnes Co")] == [True, True, True, True]
    assert [words.is_firm(name) for name in ("Comune di Bolzano", "Fa. Huber", "Gemeinde Eppan", "Hotel Post")] == [True] * 4
    assert not any(words.is_firm(name) for name in ("Anna Agostini", "Hotel", "Anna Comune"))


FIRST_NAMES = ("Anna", "Bruno", "Carla", "Dario", "Elena", "Franco", "Gina")
WHOLE_NAMES = [f"{first} Rossi{chr(97 + number)}{chr(97 + place)}" for place, first in enumerate(FIRST_NAMES) for number in range(6)]


def turned(names: list[str]) -> list[str]:
    return [" ".join(reversed(name.split())) for name in names]


@pytest.mark.parametrize(
    ("column", "names", "order"),
    [
        ("Cliente", WHOLE_NAMES, "first"), ("Cliente", turned(WHOLE_NAMES), "last"), ("Cliente", [name.upper() for name in turned(WHOLE_NAMES)], "last"),
        # Too few, the same ones over and over, or firms tell nothing.
        ("Cliente", turned(WHOLE_NAMES)[:12], "first"), ("Cliente", turned(WHOLE_NAMES[:12]) * 9, "first"),
        ("Cliente", [f"Huber{number} GmbH" for number in range(60)], "first"),
        # What the column is called counts more.
        ("Cognome e nome", [], "last"), ("Nachname, Vorname", [], "last"), ("Nume și prenume", [], "last"), ("Surname/Forename", [], "last"),
        ("Nome e cognome", turned(WHOLE_NAMES), "first"), ("Vor- und Nachname", [], "first"), ("Nume complet", [], "first"), ("Nume client", [], "first"),
    ],
)  # fmt: skip
def test_which_name_stands_first_is_told_by_the_column_or_by_the_names(column: str, names: list[str], order: str) -> None:
    assert styles.name_order(column, names) == order


def test_a_column_may_say_which_name_stands_first() -> None:
    for column in ("Cognome e nome", "Nume și prenume", "Name, Vorname", "Nachname Vorname", "Last name / first name"):
        assert words.order_of_names(column) == "last", column
    for column in ("Nome e cognome", "Vor- und Nachname", "Vorname Name", "First and last name"):
        assert words.order_of_names(column) == "first", column
    for column in ("Name", "Kundenname", "Nume client", ""):
        assert words.order_of_names(column) is None, column
    assert words.first_and_last("Rossi Mario", is_last_first=True) == ("Mario", "Rossi")
    assert words.first_and_last("POPESCU ION MIHAI", is_last_first=True) == ("ION MIHAI", "POPESCU")
    assert words.first_and_last("De Luca Maria", is_last_first=True) == ("Maria", "De Luca")
    assert words.first_and_last("Rossi", is_last_first=True) == ("", "Rossi")
    assert words.first_and_last("Müller, Anna", is_last_first=True) == ("Anna", "Müller")


def test_firms_are_told_by_how_they_begin_and_are_greeted() -> None:
    assert [words.is_firm(name) for name in ("Fa. Huber", "Gemeinde Lana", "COMUNE DI BOLZANO", "Autohaus Meier")] == [True] * 4
    trades = (
        "Bäckerei Huber",
        "Huber Metzgerei",
        "Praxis Dr. Weiß",
        "Elektrotechnik Mair",
        "Panificio Rossi",
        "Studio Rossi Trasporti",
        "Smith Plumbing",
        "Brutăria Ana",
        "上海汽修中心",
    )
    assert [words.is_firm(name) for name in trades] == [True] * len(trades)
    people = (
        "Anna Bäcker",
        "Max Metzger",
        "Eva Dienst",
        "Charlotte Church",
        "Paul Fischer",
        "Maria Bau",
        "Ion Popa",
        "Karl Schreiner",
        "Rosa Fabbri",
        "王中心",
        "Eva Handel",
    )
    assert [name for name in people if words.is_firm(name)] == []
    assert not any(words.is_firm(name) for name in ("Hotel", "Anna Gemeinde", "Comune"))
    assert [words.greets_a_firm(text) for text in ("Firma", "Fa.", "Spett.le", "Società")] == [True] * 4
    assert not any(words.greets_a_firm(text) for text in ("Herr", "Fam.", "", "Frau Dr."))


def test_postcodes_are_whole_and_without_their_country() -> None:
    assert [values.to_postcode(text, longest=12) for text in ("I-39100", "CH 8001", "AB1 2CD", "39100", "")] == [
        "39100",
        "8001",
        "AB1 2CD",
        "39100",
        None,
    ]
    given = [("1067", "DE"), ("184", "IT"), ("10011", "RO"), ("1010", "AT"), ("1067", None), ("12", "DE"), (None, "DE"), ("39100", "IT")]
    assert [values.whole_postcode(*each) for each in given] == ["01067", "00184", "010011", "1010", "1067", "12", None, "39100"]
