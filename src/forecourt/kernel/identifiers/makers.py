"""World manufacturer identifiers of the brands that come into a European, Chinese or North American workshop.

Codes that several brands share and that cannot be told apart are left out: no answer is better
than a wrong one. A code may go on with its fourth and fifth place (`5XYZ`, `1C4RJ`). SAE assigns
the codes under ISO 3780; this is a selection, checked against published VINs with their makers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forecourt.kernel.identifiers.words import folded

_CODES = {
    "Acura": "JH4 19U 19V 2HN 5J8 5FR",
    "Alfa Romeo": "ZAR ZAS",
    "Aston Martin": "SCF",
    "Audi": "WAU WUA WA1 WU1 TRU 93U",
    "BMW": "WBA WBS WBY WBX WB1 WB3 WB4 WB5 4US 5UX 5UM 5YM LBV 3MW X4X",
    "Bentley": "SCB SJA",
    "Buick": "1G4 2G4 3G4 5GA LSG",
    "BYD": "LGX LC0",
    "Cadillac": "1G6 1GY 3GY W06",
    "Chery": "LVV LNN",
    "Chevrolet": "1G1 1GC 1GN 2G1 2GC 2GN 3G1 3GC 3GN KL1 KL8",
    "Chrysler": "1C4GJ 1C4GP 1C4RC 2C3CC 2C3KA 2C3LA 2C4RC",
    "Citroën": "VF7 VR7",
    "Dacia": "UU1",
    "Daewoo": "KLA",
    "DAF": "XLR",
    "Daihatsu": "JDA",
    "Dodge": "1B3 1B4 1B7 1C4RD 1C4SD 2B3 2B4 2B7 2C3CD 2D8 3B7 3D7",
    "DS": "VR1",
    "Ducati": "ZDM",
    "FAW-Volkswagen": "LFV",
    "Ferrari": "ZFF",
    "Fiat": "ZFA ZFC 9BD NM4",
    "Ford": ("WF0 NM0 VS6 SFA AFA LVS MAJ MNA MNB MPB UN1 X9F 6FP 8AF 9BF 1FA 1FB 1FC 1FD 1FM 1FT 1ZV 2FA 2FM 2FT 3FA 3FE 3FM 3FT"),
    "Freightliner": "1FU 1FV 2FU 2FV 3AK 3AL",
    "Geely": "LB3 L6T",
    "Genesis": "KMT KMU",
    "GMC": "1GT 1GK 1GD 2GT 2GK 3GT 3GK",
    "Great Wall": "LGW",
    "Harley-Davidson": "1HD 5HD",
    "Honda": ("JHM JHL JHF SHH SHS LHG LVH NLA MAK MRH 93H 1HG 2HG 2HJ 2HK 3HG 3CZ 3GP 19X 5FN 5FP 5J6 5KB 7FA"),
    "Hummer": "5GN 5GR 5GT",
    "Hyundai": "KMH KM8 KMF TMA NLH MAL LBE 2HM 5NM 5NP 5NT 5XYZ 9BH",
    "Infiniti": "JNK JNR JNX 5N3",
    "International": "1HS 1HT 2HS 3HA 3HC 3HS",
    "Isuzu": "JAA JAC JAL MPA",
    "Iveco": "ZCF",
    "JAC": "LJ1",
    "Jaguar": "SAJ",
    "Jeep": "1J4 1J8 1JC 1C4BJ 1C4HJ 1C4JJ 1C4NJ 1C4PJ 1C4RJ 1C4SJ 1C6HJ 1C6JJ 1C6RJ 3C4NJ ZACCJ ZACNJ ZACPJ MCA",
    "Kawasaki": "JKA JKB",
    "Kenworth": "1NK 1XK 2NK 2XK 3WK",
    "Kia": "KNA KNC KND KNE KNH U5Y U6Y LJD MZB XWE 3KP 5XX 5XYK 5XYP 5XYR",
    "KTM": "VBK",
    "Lada": "XTA",
    "Lamborghini": "ZHW ZPB",
    "Lancia": "ZLA",
    "Land Rover": "SAL",
    "Lexus": "JTH JTJ JT6 JT8 2T2 58A",
    "Lincoln": "1LN 2LM 2LN 3LN 5LM 5L1",
    "Lotus": "SCC",
    "Mack": "1M1 1M2",
    "MAN": "WMA",
    "Maserati": "ZAM ZN6",
    "Mazda": "JM0 JM1 JM3 JM4 JM6 JM7 JMZ LVR MM6 MM7 MM8 1YV 3MD 3MV 3MZ 4F2 4F4 7MM",
    "McLaren": "SBM",
    "Mercedes-Benz": ("WDB WDC WDD WDF WDY WD3 WD4 W1K W1N W1T W1V W1W W1X W1Y W1Z WMX VSA LE4 4JG 55S"),
    "Mercury": "1ME 1ZW 2ME 2MR 3ME 4M2",
    "MINI": "WMW",
    "Mitsubishi": "JMB JMY JA3 JA4 4A3 MMB MMC XMC",
    "Neoplan": "WAG",
    "NIO": "LJ1E6 LJ1EF",
    "Nissan": ("JN1 JN3 JN6 JN8 SJN VSK VNV VWA LGB MDH MNT 94D 1N4 1N6 3N1 3N6 3N8 5BZ 5N1"),
    "Oldsmobile": "1G3",
    "Opel": "W0L W0V VXE VXK",
    "Peterbilt": "1NP 1XP 2NP",
    "Peugeot": "VF3 VR3",
    "Piaggio": "ZAP",
    "Plymouth": "1P3 1P4 2P4 3P3",
    "Polestar": "LPS YSM",
    "Pontiac": "1G2 2G2 6G2",
    "Porsche": "WP0 WP1",
    "RAM": "1C6RD 1C6RR 1C6SR 3C6",
    "Renault": "VF1 VF2 VF6 VS5 KNM MEE X7L 8A1 93Y",
    "Rivian": "7FC 7PD",
    "Rolls-Royce": "SCA SLA",
    "Rover": "SAR",
    "SAIC": "LSJ LSF LSH LSK SDP",
    "Saab": "YS3",
    "SAIC Volkswagen": "LSV",
    "Saturn": "1G8 5GZ",
    "Scania": "YS2 YS4",
    "SEAT": "VSS",
    "Setra": "WKK",
    "smart": "WME HES",
    "SsangYong": "KPT",
    "Škoda": "TMB",
    "Subaru": "JF1 JF2 4S3 4S4",
    "Suzuki": "JSA JS2 JS3 TSM MA3",
    "Tesla": "5YJ 7SA LRW XP7 SFZ",
    "Toyota": (
        "JT1 JT2 JT3 JT4 JT5 JT7 JTB JTD JTE JTF JTG JTK JTL JTM JTN SB1 VNK NMT TW1 YAR AHT "
        "LFM LVG MR0 MR1 MR2 6T1 8AJ 9BR 2T1 2T3 4T1 4T3 4TA 5TB 5TD 5TE 5TF 7MU 7SV"
    ),
    "Triumph": "SMT",
    "VinFast": "RLL",
    "Volkswagen": "WVW WV1 WV2 WV3 WV4 WVG 1V2 1VW 3VW 3VV 8AW 9BW AAV",
    "Volvo": "YV1 YV2 YV3 YV4 LVY LYV 7JR",
    "XPeng": "L1N",
    "Yamaha": "JYA",
}

MAKER_OF: Mapping[str, str] = MappingProxyType({code: make for make, codes in _CODES.items() for code in codes.split()})

# What else people and programs call a make, in letters and digits only.
_ALSO_CALLED: Mapping[str, str] = MappingProxyType({
    "vw": "volkswagen", "vwnfz": "volkswagen", "vwnutzfahrzeuge": "volkswagen", "volkswagennutzfahrzeuge": "volkswagen", "volkswagenvw": "volkswagen",
    "volkswagenpkw": "volkswagen", "vwpkw": "volkswagen", "大众": "volkswagen", "mercedes": "mercedesbenz", "mb": "mercedesbenz", "benz": "mercedesbenz",
    "daimlerbenz": "mercedesbenz", "mercedesb": "mercedesbenz", "奔驰": "mercedesbenz", "alfa": "alfaromeo", "landr": "landrover", "rangerover": "landrover",
    "chevy": "chevrolet", "skodaauto": "skoda", "bmwag": "bmw", "宝马": "bmw", "audiag": "audi", "奥迪": "audi", "丰田": "toyota",
    "本田": "honda", "日产": "nissan", "福特": "ford", "现代": "hyundai", "起亚": "kia", "比亚迪": "byd", "bmwmini": "mini",
    "fiatprofessional": "fiat", "hyundaimotor": "hyundai", "toyotamotor": "toyota", "dsautomobiles": "ds", "teslamotors": "tesla", "特斯拉": "tesla",
})  # fmt: skip


def make_key(make: str) -> str:
    """Equal for two ways of writing one make: "VW" and "Volkswagen", "MERCEDES" and "Mercedes-Benz", "Skoda" and "Škoda"."""
    bare = "".join(letter for letter in folded(make) if letter.isalnum())
    return _ALSO_CALLED.get(bare, bare)
