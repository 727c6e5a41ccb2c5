"""World manufacturer identifiers of the brands that come into a European or Chinese workshop.

Codes that several brands share and that cannot be told apart are left out: no answer is better
than a wrong one. A code may go on with its fourth and fifth place (`5XYZ`, `1C4RJ`). SAE assigns
the codes under ISO 3780; this is a selection, checked against published VINs with their makers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
    "Dodge": "1B3 1B4 1B7 1C4RD 1C4SD 2B3 2B4 2B7 2C3CD 2D8 3B7 3D7",
    "DS": "VR1",
    "Ferrari": "ZFF",
    "Fiat": "ZFA ZFC 9BD NM4",
    "Ford": ("WF0 NM0 VS6 SFA AFA LVS MAJ MNA MNB MPB UN1 X9F 6FP 8AF 9BF 1FA 1FB 1FC 1FD 1FM 1FT 2FA 2FM 2FT 3FA 3FE 3FM 3FT"),
    "Geely": "LB3 L6T",
    "Genesis": "KMT KMU",
    "GMC": "1GT 1GK 1GD 2GT 2GK 3GT 3GK",
    "Great Wall": "LGW",
    "Honda": ("JHM JHL JHF SHH SHS LHG LVH NLA MAK MRH 93H 1HG 2HG 2HJ 2HK 3HG 3CZ 3GP 19X 5FN 5FP 5J6 5KB 7FA"),
    "Hyundai": "KMH KM8 KMF TMA NLH MAL LBE 2HM 5NM 5NP 5NT 5XYZ 9BH",
    "Infiniti": "JNK JNR JNX 5N3",
    "Isuzu": "JAA JAC JAL MPA",
    "Iveco": "ZCF",
    "JAC": "LJ1",
    "Jaguar": "SAJ",
    "Jeep": "1J4 1J8 1JC 1C4BJ 1C4HJ 1C4JJ 1C4NJ 1C4PJ 1C4RJ 1C4SJ 1C6HJ 1C6JJ 1C6RJ 3C4NJ ZACCJ ZACNJ ZACPJ MCA",
    "Kia": "KNA KNC KND KNE KNH U5Y U6Y LJD MZB XWE 3KP 5XX 5XYK 5XYP 5XYR",
    "Lamborghini": "ZHW ZPB",
    "Lancia": "ZLA",
    "Land Rover": "SAL",
    "Lexus": "JTH JTJ JT6 JT8 2T2 58A",
    "Lotus": "SCC",
    "MAN": "WMA",
    "Maserati": "ZAM ZN6",
    "Mazda": "JM0 JM1 JM3 JM4 JM6 JM7 JMZ LVR MM6 MM7 MM8 1YV 3MD 3MV 3MZ 4F2 4F4 7MM",
    "Mercedes-Benz": ("WDB WDC WDD WDF WDY WD3 WD4 W1K W1N W1T W1V W1W W1X W1Y W1Z WMX VSA LE4 4JG 55S"),
    "MINI": "WMW",
    "Mitsubishi": "JMB JMY JA3 JA4 4A3 MMB MMC XMC",
    "NIO": "LJ1E6 LJ1EF",
    "Nissan": ("JN1 JN3 JN6 JN8 SJN VSK VNV VWA LGB MDH MNT 94D 1N4 1N6 3N1 3N6 3N8 5BZ 5N1"),
    "Opel": "W0L W0V VXE VXK",
    "Peugeot": "VF3 VR3",
    "Polestar": "LPS YSM",
    "Porsche": "WP0 WP1",
    "RAM": "1C6RD 1C6RR 1C6SR 3C6",
    "Renault": "VF1 VF2 VF6 VS5 KNM MEE X7L 8A1 93Y",
    "Rolls-Royce": "SCA SLA",
    "SAIC": "LSJ LSF LSH LSK SDP",
    "Saab": "YS3",
    "Saturn": "1G8 5GZ",
    "SEAT": "VSS",
    "smart": "WME HES",
    "Škoda": "TMB",
    "Subaru": "JF1 JF2 4S3 4S4",
    "Suzuki": "JSA JS2 JS3 TSM MA3",
    "Tesla": "5YJ 7SA LRW XP7 SFZ",
    "Toyota": (
        "JT1 JT2 JT3 JT4 JT5 JT7 JTB JTD JTE JTF JTG JTK JTL JTM JTN SB1 VNK NMT TW1 YAR AHT "
        "LFM LVG MR0 MR1 MR2 6T1 8AJ 9BR 2T1 2T3 4T1 4T3 4TA 5TB 5TD 5TE 5TF 7MU 7SV"
    ),
    "Volkswagen": "WVW WV1 WV2 WV3 WV4 WVG 1V2 1VW 3VW 3VV 8AW 9BW AAV",
    "Volvo": "YV1 YV2 YV3 YV4 LVY LYV 7JR",
    "XPeng": "L1N",
}

MAKER_OF: Mapping[str, str] = MappingProxyType({code: make for make, codes in _CODES.items() for code in codes.split()})
