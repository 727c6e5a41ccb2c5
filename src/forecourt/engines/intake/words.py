"""The words with which files name kinds of customer, languages, countries, fuels and kinds of line."""

from typing import Final

from forecourt.kernel.identifiers import folded


def _table(meanings: dict[str, str]) -> dict[str, str]:
    return {
        word: meaning for meaning, words in meanings.items() for word in (meaning.casefold(), *(folded(each) for each in words.split()))
    }


CUSTOMER_KINDS: Final = _table(
    {
        "private": "p priv privat privatkunde privato privata persona persoana pf fizica consumer retail person individual 个人 私人",
        "business": "b g f c gewerbe gewerblich gewerbekunde firma firmenkunde unternehmen azienda societa ditta company corporate "
        "commercial trade fleet juridica pj pg companie 公司 单位 企业 geschaftskunde",
    }
)
LANGUAGES: Final = _table(
    {
        "de": "d deu ger deutsch german tedesco germana 德语 de-de de-at de-ch",
        "it": "i ita italiano italienisch italian italiana 意大利语 it-it",
        "en": "e eng english englisch inglese engleza 英语 en-gb en-us gb",
        "ro": "r ron rum romana rumanisch romanian rumeno 罗马尼亚语 ro-ro",
        "zh-hans": "zh cn chn zho chi chinese chinesisch cinese chineza 中文 汉语 zh-cn zh_cn zh_hans",
    }
)
COUNTRIES: Final = _table(
    {
        "DE": "d deu ger germany deutschland germania germany 德国",
        "AT": "a aut austria osterreich oesterreich",
        "CH": "che schweiz suisse svizzera switzerland",
        "IT": "i ita italia italien italy 意大利",
        "GB": "uk gbr england grossbritannien vereinigtes-konigreich united-kingdom regno-unito",
        "RO": "rou rom romania rumanien 罗马尼亚",
        "CN": "chn china cina 中国",
        "FR": "f fra france frankreich francia",
        "US": "usa",
    }
)
FUELS: Final = _table(
    {
        "petrol": "benzin super otto benzina gasoline gas-oline benzine b 汽油",
        "diesel": "d dizel gasolio motorina 柴油",
        "hybrid": "hev mhev hybrid-benzin hybrid/benzin hybrid/diesel hibrid ibrido ibrida mild-hybrid vollhybrid 混动 油电混合 混合动力",
        "plugin": "phev plug-in plug-in-hybrid plug-in-hybrid/benzin plugin-hybrid hibrid-plug-in ibrida-plug-in 插电混动 插电式混合动力",
        "electric": "e ev bev elektro elektrisch strom elettrica elettrico electricity electrica 电动 纯电 电",
        "gas": "cng lpg autogas erdgas gpl metano gnc 天然气 液化气",
    }
)
LINE_KINDS: Final = _table(
    {
        "labour": "l a aw lohn arbeit arbeitslohn labor lab work service mo manodopera lavoro lavorazione manopera lucrare m 工时 人工 项目 工",
        "part": "p t teil teile artikel material ersatzteil et parts ricambio ricambi ric articolo piesa piese articol 配件 零件 件 材料",
    }
)


def meaning(table: dict[str, str], text: str) -> str | None:
    """What a word of a file means; None if it is not known."""
    word = folded(text).strip(" .:")
    return table.get(word) or table.get(word.replace(" ", "-"))


_FIRMS: Final = frozenset(
    [
        "gmbh",
        "ag",
        "kg",
        "ohg",
        "ug",
        "gbr",
        "mbh",
        "e.k.",
        "ek",
        "e.v.",
        "ev",
        "co",
        "co.",
        "se",
        "srl",
        "s.r.l.",
        "spa",
        "s.p.a.",
        "snc",
        "s.n.c.",
        "sas",
        "s.a.s.",
        "srls",
        "sa",
        "s.a.",
        "ltd",
        "ltd.",
        "limited",
        "plc",
        "llc",
        "inc",
        "inc.",
        "pfa",
        "sc",
        "s.c.",
        "ii",
        "公司",
    ]
)


# What a firm or an office says before its name, and nobody's first or last name is.
_BEFORE_A_FIRM: Final = frozenset(
    "fa. firma autohaus landkreis gemeinde stadtgemeinde marktgemeinde landesverwaltung autonome freiwillige ditta comune provincia regione azienda "
    "carrozzeria autofficina autotrasporti impresa istituto parrocchia associazione cooperativa hotel albergo ristorante primaria primăria consiliul asociatia "
    "asociația county borough".split()
)  # fmt: skip


def is_firm(name: str) -> bool:
    """Whether a name ends or begins as those of firms do."""
    said = name.casefold().split()
    return "公司" in name or any(word.strip(",") in _FIRMS for word in said) or (len(said) > 1 and said[0] in _BEFORE_A_FIRM)


# What a last name may begin with.
_PARTICLES: Final = frozenset(
    "von vom van der den zu zum zur de del della dello dei degli di da dal dalla lo la li le du des ten ter mac mc o".split()
)  # fmt: skip


def first_and_last(name: str, *, is_last_first: bool = False) -> tuple[str, str]:
    """A person's whole name in two; "Müller, Anna" and "Anna Müller" are one, and "De Luca Anna" is where last names stand first."""
    if "," in name:
        last, first = name.split(",", 1)
        return first.strip(), last.strip()
    said = name.split()
    if is_last_first and len(said) > 1:
        end = next((place for place, word in enumerate(said[:-1], start=1) if word.casefold() not in _PARTICLES), len(said) - 1)
        return " ".join(said[end:]), " ".join(said[:end])
    begin = max(len(said) - 1, 0)
    while begin > 1 and said[begin - 1].casefold() in _PARTICLES:
        begin -= 1
    return " ".join(said[:begin]), " ".join(said[begin:])
