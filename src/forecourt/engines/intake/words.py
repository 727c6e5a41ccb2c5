"""The words with which files name kinds of customer, tiers, languages, countries, fuels, kinds of vehicle and of line."""

import re
from itertools import pairwise
from typing import Final, Literal

from forecourt.kernel.identifiers import folded


def _table(meanings: dict[str, str]) -> dict[str, str]:
    return {
        word: meaning for meaning, words in meanings.items() for word in (meaning.casefold(), *(folded(each) for each in words.split()))
    }


#: What people write where a car's number or plate must not stay empty, in small letters.
NOT_KNOWN: Final = frozenset({
    "n/a", "na", "n.n.", "null", "none", "nan", "tba", "tbc", "unbekannt", "unbek.", "unknown", "sconosciuto", "sconosciuta", "necunoscut",
    "ohne", "keine", "kein", "keins", "ohne kennzeichen", "kein kennzeichen", "neu", "neuwagen", "abgemeldet", "nicht zugelassen", "no plate",
    "new", "unregistered", "senza", "senza targa", "nessuna", "non targata", "nuova", "nuovo", "da immatricolare", "fara", "fără", "fără număr",
    "nou", "noua", "nouă", "xx", "xxx", "xxxx", "未知", "无", "无牌", "未上牌", "新车",
})  # fmt: skip

CUSTOMER_KINDS: Final = _table(
    {
        "private": "p priv privat privatkunde privato privata persona persoana pf fizica consumer retail person individual 个人 私人",
        "business": "b g f c gewerbe gewerblich gewerbekunde firma firmenkunde unternehmen azienda societa ditta company corporate "
        "commercial trade fleet juridica pj pg companie 公司 单位 企业 geschaftskunde",
    }
)
TIERS: Final = _table(
    {
        "standard": "basis base basic bronze bronzo normal normale clasic 普通 标准 铜卡",
        "silver": "silber argento argint 银 银卡 白银",
        "gold": "oro aur 金 金卡 黄金",
        "exclusive": "exklusiv esclusivo esclusiva exclusiv platin platinum platino platina vip premium 尊享 白金 钻石 贵宾",
    }
)
LOOKS_FOR: Final = _table(
    {
        "exclusive": "exklusiv exklusivitat esclusivo esclusivita exclusiv exclusivitate exclusivity prestige prestigio luxury luxus lusso 尊贵 豪华",
        "quality": "qualitat qualita calitate 品质 质量",
        "pleasure": "driving-pleasure driving fahrfreude fahrspass freude piacere piacere-di-guida placerea-condusului sport sportiv sportivo 驾驶乐趣 运动",
        "price": "preis prezzo pret price-conscious price-sensitive preisbewusst preissensibel budget sparsam economico economic economy convenienza "
        "价格 性价比 经济",
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
        "US": "usa united-states vereinigte-staaten stati-uniti",
        "BE": "b bel belgien belgium belgio belgia",
        "BG": "bgr bulgarien bulgaria",
        "CZ": "cze tschechien czechia czech-republic cechia repubblica-ceca cehia",
        "ES": "esp spanien spain spagna spania",
        "HR": "hrv kroatien croatia croazia croatia",
        "HU": "hun ungarn hungary ungheria ungaria",
        "IE": "irl irland ireland irlanda",
        "LI": "fl lie liechtenstein",
        "LU": "lux luxemburg luxembourg lussemburgo",
        "MD": "mda moldau moldova moldavia republica-moldova",
        "NL": "nld niederlande netherlands paesi-bassi olanda tarile-de-jos holland",
        "PL": "pol polen poland polonia",
        "PT": "prt portugal portogallo portugalia",
        "RS": "srb serbien serbia",
        "SI": "slo svn slowenien slovenia",
        "SK": "svk slowakei slovakia slovacchia slovacia",
        "TR": "tur turkei turkiye turkey turchia turcia",
        "UA": "ukr ukraine ucraina",
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
VEHICLE_KINDS: Final = _table(
    {
        "car": "pkw personenwagen personenkraftwagen auto m1 passenger-car cars autovettura autovetture vettura automobile autoturism "
        "autoturisme turism 轿车 小轿车 乘用车 小型轿车 小型客车 suv",
        "van": "transporter lieferwagen kastenwagen nfz-leicht n1 vans light-commercial-vehicle light-commercial lcv furgone furgoni "
        "veicolo-commerciale-leggero autoutilitara autoutilitară furgoneta 面包车 轻型货车 厢式货车 轻客",
        "motorcycle": "motorrad krad kraftrad roller motorroller motorbike bike scooter moto motociclo motocicletta motocicleta motocicletă scuter "
        "摩托车 摩托",
        "camper": "wohnmobil reisemobil campingbus motorhome motor-home autocaravan caravan-motor camper autorulota autorulotă 房车 旅居车",
        "truck": "lkw lastwagen lastkraftwagen n2 n3 trucks lorry hgv heavy-goods-vehicle autocarro camion camioane autocamion 卡车 货车 重型货车",
        "other": "sonstige sonstiges andere anhanger anhänger traktor trailer tractor altro altri rimorchio trattore altele altul remorca tractor 其他 挂车",
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


CURRENCIES: Final = _table(
    {
        "EUR": "€ euro euros",
        "CHF": "fr sfr franken franchi",
        "GBP": "£ pound pounds",
        "RON": "lei leu",
        "CNY": "¥ ￥ 元 rmb cnh 人民币",
        "USD": "$ us$ dollar dollars",
    }
)
_CURRENCY: Final = re.compile(r"[€£¥￥元$]|\b(?:eur|euros?|chf|s?fr|gbp|ron|lei|leu|cny|rmb|usd)\b", re.IGNORECASE)


def currency_in(text: str) -> str:
    """Which money a written sum names (ISO 4217); "" if none."""
    found = _CURRENCY.search(text)
    return (meaning(CURRENCIES, found[0]) or "") if found else ""


# Legal forms that are nobody's name.
_FORMS: Final = frozenset(
    "gmbh mbh ag kg ohg og ug gbr gesbr keg co.kg co.kg. e.k. e.k e.u. e.u e.v. e.v srl s.r.l. s.r.l srls s.r.l.s. srl-d s.r.l.-d spa s.p.a. s.p.a snc s.n.c. "
    "s.n.c s.a.s. s.a.s s.a. s.a scarl s.c.a.r.l. onlus ltd ltd. limited plc llc llp inc inc. sarl sàrl eurl d.o.o. s.r.o. sro kft pfa s.c. i.i. î.i. 公司".split()
)
# Legal forms that are last names, too (Kim Se Young, Anna Ek, Sas Maria): behind the name of a firm only.
_FORMS_BEHIND: Final = frozenset({"co", "co.", "se", "ek", "ev", "sa", "sas", "sc"})
# And those that stand before it; behind a name, II tells a second of the same name as often as an întreprindere individuală.
_FORMS_BEFORE: Final = frozenset({"sc", "ii"})
_SPACED_FORM: Final = re.compile(r" (?:s\. r\. ?l|s\.r\. l|s\. p\. ?a|s\. n\. ?c|s\. a\. ?s|e\. [kuv])\.?(?= di | & |$)")
_AND: Final = frozenset({"&", "e", "und", "u.", "and", "si", "și"})
_AND_WHO: Final = frozenset("sons son söhne soehne sohn figli figlio partner partners cie cie. associati soci co co. c. fiii".split())
# The commonest first names, for the few last names that are legal forms, too.
_FIRST_NAMES: Final = frozenset(
    "anna maria eva elena laura julia lisa sara sarah petra monika sabine andrea claudia christine barbara brigitte ursula karin katharina lena sofia sophie emma "
    "giulia chiara francesca paola giovanna rosa lucia carla silvia martina mary emily olivia jane susan karen linda ioana mihaela cristina alexandra gabriela ana "
    "daniela georgiana raluca max peter paul thomas michael martin markus stefan andreas christian daniel alexander josef johann hans karl franz georg erik johan "
    "mario marco luca paolo giuseppe giovanni antonio francesco roberto alessandro andrei ion mihai alexandru adrian florin gheorghe vasile nicolae cristian "
    "john james robert david william richard joseph charles mark george kevin brian".split()
)


NameOrder = Literal["first", "last"]
"""Which name of a person stands first."""

# What a firm or an office says before its name, and nobody's first or last name is.
_FIRST_OF_FIRMS: Final = frozenset(
    "fa. firma autohaus autowerkstatt landkreis gemeinde stadtgemeinde marktgemeinde landesverwaltung autonome freiwillige gasthof ditta spett.le comune provincia "
    "regione azienda carrozzeria autofficina autotrasporti impresa istituto parrocchia associazione cooperativa hotel albergo ristorante primaria primăria "
    "consiliul asociatia asociația county borough gebr gebr. gebrüder gebrueder f.lli flli fratelli studio a.s.d. asd".split()
)  # fmt: skip
# What firms and offices call themselves beside a name, wherever it stands; nobody's last name is among them.
_TRADES: Final = frozenset(
    "apotheke autohaus autowerkstatt baufirma bauunternehmen bestattungen café catering diakonie elektrotechnik fahrschule feuerwehr gasthaus gebäudereinigung grundschule hausverwaltung "
    "heizungsbau hochbau holzbau immobilien ingenieurbüro kanzlei kfz-werkstatt kindergarten landtechnik maschinenbau metallbau notariat pension pflegedienst "
    "physiotherapie planungsbüro praxis raiffeisen raiffeisenkasse rechtsanwälte restaurant sanitär sparkasse spedition sportverein stadtwerke stahlbau steuerkanzlei "
    "taxi tiefbau tierarztpraxis transporte volksbank weingut zahnarztpraxis "
    "agriturismo autofficina autoscuola carrozzeria autonoleggio cantina condominio consorzio costruzioni edil edilizia falegnameria farmacia fondazione idraulica immobiliare impianti "
    "macelleria officina ospedale panificio pasticceria pizzeria polisportiva scuola termoidraulica tipografia traslochi trasporti trattoria "
    "association bakery bros bros. builders clinic consulting consultants council dental electrical garage haulage holdings landscaping logistics ltd motors pharmacy plumbing restaurant "
    "roofing services solutions surgery trading transport university "
    "brutaria brutărie brutăria cabinet comuna constructii construcții farmacie farmacia fundatia fundația instalatii instalații parohia pensiunea scoala școala "
    "spitalul".split()
)
# German trades are written as one word.
_TRADE: Final = re.compile(
    r"\w{3,}(?:erei|orei|betriebe?|handel|handlung|technik|werkstatt|zentrum|verband|verwaltung|dienste?|büro|buero|vermietung|unternehmen|genossenschaft|gesellschaft"
    r"|versicherung|praxis|kanzlei|schule|verein|feuerwehr|reinigung|hotel)"
)
_CHINESE_FIRM: Final = re.compile(
    r"公司|.{2}(?:集团|事务所|学校|医院|中心|酒店|餐厅|银行|合作社|工作室|超市|工厂|商行|经营部|委员会|政府|幼儿园|[厂店局]|学院|大学|协会|研究[院所]|服务部|维修部|物流|车队)$"
)
_SALUTATIONS_OF_FIRMS: Final = frozenset(
    ["firma", "firm", "fa", "ditta", "spett.le", "spettle", "spettabile", "spett. ditta", "spett.le ditta", "azienda", "societa", "company", "messrs", "societate", "sc", "单位", "公司"]
)  # fmt: skip
_LAST_NAME: Final = frozenset({"cognome", "nachname", "familienname", "zuname", "surname", "last", "lastname", "nume", "name"})
_FIRST_NAME: Final = frozenset({"nome", "vorname", "vor", "rufname", "first", "firstname", "forename", "given", "prenume"})
# What a last name may begin with.
_PARTICLES: Final = frozenset(
    "von vom van der den zu zum zur de del della dello dei degli di da dal dalla lo la le li du des ten ter mac mc o".split()
)  # fmt: skip


def is_firm(name: str) -> bool:
    """Whether a name ends or begins as those of firms do, or names a trade."""
    told = [word.strip(",") for word in name.casefold().replace("&", " & ").split()]
    if not _FORMS.isdisjoint(told) or (not name.isascii() and _CHINESE_FIRM.search(name)):
        return True
    if len(told) < 2:
        return False
    if told[0] in _FIRST_OF_FIRMS or any(word in _TRADES or _TRADE.fullmatch(word) for word in told):
        return True
    return _has_a_form_beside(told, name) or ("." in name and _SPACED_FORM.search(name.casefold()) is not None)


def _has_a_form_beside(told: list[str], name: str) -> bool:
    """Whether a legal form stands where it is none of a person's names, or "& Sons" does."""
    if told[0] in _FORMS_BEFORE and len(told) > 2:
        return True
    for word, behind in pairwise(told):
        if (word in _AND and behind in _AND_WHO) or (word in _FORMS_BEHIND and word != told[0] and behind in {"di", "&"}):
            return True
    if told[-1] not in _FORMS_BEHIND:
        return False
    is_a_last_name = len(told) == 2 and told[0] in _FIRST_NAMES and told[-1] != "co" and name.rsplit(maxsplit=1)[-1].istitle()
    return not is_a_last_name


def greets_a_firm(salutation: str) -> bool:
    """Whether nobody but a firm is addressed so."""
    return folded(salutation).strip(" .:") in _SALUTATIONS_OF_FIRMS


def order_of_names(column: str) -> NameOrder | None:
    """In which order whole names stand, if their column says so: "Cognome e nome", "Nume și prenume", "Vor- und Nachname"."""
    told = re.findall(r"[^\W\d_]+", folded(column))
    last = next((at for at, word in enumerate(told) if word in _LAST_NAME), None)
    first = next((at for at, word in enumerate(told) if word in _FIRST_NAME), None)
    if last is None or first is None:
        return None
    return "last" if last < first else "first"


def first_and_last(name: str, *, is_last_first: bool = False) -> tuple[str, str]:
    """A person's whole name in two; "Müller, Anna" and "Anna Müller" are one, and so is "Müller Anna" where the last name is first."""
    if "," in name:
        last, first = name.split(",", 1)
        return first.strip(), last.strip()
    told = name.split()
    if is_last_first and len(told) > 1:
        end = next((place for place, word in enumerate(told[:-1], start=1) if word.casefold() not in _PARTICLES), len(told) - 1)
        return " ".join(told[end:]), " ".join(told[:end])
    begin = max(len(told) - 1, 0)
    while begin > 1 and told[begin - 1].casefold() in _PARTICLES:
        begin -= 1
    return " ".join(told[:begin]), " ".join(told[begin:])
