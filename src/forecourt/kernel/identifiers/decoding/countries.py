"""The country in which a maker is registered, by the first two places (ISO 3780), as ISO 3166 codes.

A car may have been built elsewhere. Ranges that are not given out are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

_ORDER: Final = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890"

# First place, range of the second place, country.
_RANGES: Final = """
AAH ZA  AJK CI  ANP BW  ARS NA  ATU MG  AVW MU  AXY TN  A23 ZW  A45 MZ
BAB AO  BFG KE  BLL NG  BRR DZ  B34 LY  CAB EG  CFG MA  CLM ZM  DAE EG
HA0 CN  JA0 JP  KFH IL  KLR KR  KST JO  LA0 CN  MAE IN  MFK ID  MLR TH  MSS MM  MUU MN  MXX KZ  M16 IN
NAE IR  NFG PK  NJJ IQ  NLR TR  NST UZ  NUU AZ  NYY AM  N15 IR  PAC PH  PFG SG  PLR MY  PST BD  RAB AE  RFK TW  RLN VN  RPP LA  RST SA
RUW RU  R11 HK  SAM GB  SNT DE  SUZ PL  S12 LV  S33 GE  TAH CH  TJP CZ  TRV HU  TW2 PT  T35 RS  T66 AD  UAC ES  UHM DK  UNR IE  UUW RO
U12 MK  U57 SK  U80 BA  VAE AT  VFR FR  VSW ES  VX2 RS  V35 HR  V68 EE  WA0 DE  XAC BG  XDE RU  XFH GR  XJK RU  XLR NL  XSW RU  XXY LU
XZ0 RU  YAE BE  YFK FI  YNN MT  YSW SE  YX2 NO  Y35 BY  Y68 UA  ZAU IT  ZXZ SI  Z11 SM  Z35 LT  Z60 RU
1A0 US  2A5 CA  3AX MX  355 DO  366 HN  377 PA  389 PR  4A0 US  5A0 US  6AX AU  6Y1 NZ  7AE NZ  7F0 US
8AE AR  8FG CL  8LN EC  8ST PE  8XZ VE  822 BO  9AE BR  9FG CO  9SV UY  929 BR
"""


def _unrolled() -> Iterator[tuple[str, str]]:
    words = _RANGES.split()
    for places, country in zip(words[::2], words[1::2], strict=True):
        for second in _ORDER[_ORDER.index(places[1]) : _ORDER.index(places[2]) + 1]:
            yield places[0] + second, country


COUNTRY_OF: Final[Mapping[str, str]] = MappingProxyType(dict(_unrolled()))
