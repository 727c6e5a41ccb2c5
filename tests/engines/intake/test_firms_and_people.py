"""Firms are told from people by their names alone, where a file does not say it: sixty everyday names of five languages and what they are."""

from typing import Any

import pytest

from forecourt.engines.intake import customers, words

FIRMS = (
    "Bäckerei Huber", "Huber Autohaus", "Gebr. Oberhofer", "Müller & Söhne", "Huber e.K.", "Huber e. U.", "Maier OG", "Meier GmbH&Co.KG", "SV Lana e. V.",
    "Parkhotel Mondschein", "Nestlé SA", "Anna Co",
    "De Luca S.r.l.", "De Luca S.r.l", "Rossi S. p. A.", "Rossi Sas di Rossi Mario & C.", "Maria SAS", "F.lli Bianchi", "Studio Dentistico Verdi", "Rossi Mario & C.",
    "Jones & Sons", "Smith Bros", "Taylor LLP", "Oak Garage",
    "SC Auto Prim SRL", "PFA Popescu Ion", "II Popescu Ion", "Popescu Ion Î.I.", "Popescu Ion PFA", "Autodoc S.R.L.-D",
    "上海大众汽车有限公司", "顺达汽修厂", "老王修车店", "同济大学",
)  # fmt: skip
PEOPLE = (
    "Kim II", "Henry VIII", "James Smith II", "John Brown III", "Karl V.", "Kim Se Young", "Co Anna", "Sas Maria", "Maria Sas", "Anna Ek", "Ek Johan", "João Sá",
    "Maria Sa", "Scott SC Miller",
    "Max Metzger", "Dr. Anna Schreiner", "Familie Huber", "Anna & Peter Huber", "Müller, Anna", "Karl Gebrüder",
    "Mario Fratelli", "De Luca Mario", "Rosa Fabbri", "Marco Studio",
    "Charlotte Church", "Anthony Garage-Smith", "Will Sons",
    "Popescu Ion", "Ion Dascălu", "王小明", "欧阳明行", "李志行", "张中心",
)  # fmt: skip


@pytest.mark.parametrize("name", FIRMS)
def test_a_firm_is_one(name: str) -> None:
    assert words.is_firm(name)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_one(name: str) -> None:
    assert not words.is_firm(name)


@pytest.mark.parametrize(
    ("row", "kind", "told"),
    [
        ({"first_name": "Maria", "last_name": "SAS"}, "private", ("Maria", "Sas", "")),
        ({"first_name": "Anna", "last_name": "Co"}, "private", ("Anna", "Co", "")),
        ({"first_name": "", "last_name": "Rossi Sas"}, "business", ("", "", "Rossi Sas")),
        ({"name": "Kim II"}, "private", ("Kim", "II", "")),
        ({"name": "Popescu Ion II", "kind": "business"}, "business", ("", "", "Popescu Ion II")),
    ],
)
def test_columns_of_their_own_and_a_kind_that_is_said_tell_more_than_the_name(
    row: dict[str, Any], kind: str, told: tuple[str, ...]
) -> None:
    found = customers.name_of({f"customer.{field}": value for field, value in row.items()}.get)
    assert (found[0], found[1:4]) == (kind, told)
