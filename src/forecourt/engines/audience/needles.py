"""Words as rules write them, and where they stand in a text: all of them found in one pass.

Owns the written form of a word: `*` opens an edge, umlauts are also found as typed without them. Pure.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from forecourt.kernel.identifiers import normal_words

_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
_CHINESE_EDGE = re.compile(f"(?<=[{_CHINESE}])(?=[^{_CHINESE} ])|(?<=[^{_CHINESE} ])(?=[{_CHINESE}])")
# Letters of the trade as Taiwan and Hong Kong write them, read as the mainland does; one for one, so that places stay.
_TRADITIONAL = str.maketrans(
    "鏡車電輪機養氣來鈑驗檢換補燈門後動濾盤壓縮劑風擋變齒帶鏈時規發號碼診斷測試異響聲滲調對倉儲險損傷鏽維護級廠軟體導監視記錄儀紀貼腳墊備廂鉤掛頂雙"
    "單個組條顆線蓋開關鎖鑰遙製鬆緊報價預約議過無沒還為與並進廢舊買賠訂貨絕暫緩隨說請稱應轉軸懸膠總馬達噴燒節積淨潔劃頭頻傳結點渦溫幫離復檔錶場處"
    "實際側邊內項區歸霧極寬長顯讀證標籤驅費員軌裝設飾蠟鍍塗潤專業樣經滿優給數據環當願熱殺臺連續殘輕遠駕駛鋁鋼鐵銅釘彎絲繼濕乾壞壽裡裏週們廣鈕銷廳"
    "樑滾齊讓幾兩種將會從見覽漲凍嚴輔齡遞",
    "镜车电轮机养气来钣验检换补灯门后动滤盘压缩剂风挡变齿带链时规发号码诊断测试异响声渗调对仓储险损伤锈维护级厂软体导监视记录仪纪贴脚垫备厢钩挂顶双"
    "单个组条颗线盖开关锁钥遥制松紧报价预约议过无没还为与并进废旧买赔订货绝暂缓随说请称应转轴悬胶总马达喷烧节积净洁划头频传结点涡温帮离复档表场处"
    "实际侧边内项区归雾极宽长显读证标签驱费员轨装设饰蜡镀涂润专业样经满优给数据环当愿热杀台连续残轻远驾驶铝钢铁铜钉弯丝继湿干坏寿里里周们广钮销厅"
    "梁滚齐让几两种将会从见览涨冻严辅龄递",
)
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))


class Needle(NamedTuple):
    """One word to look for, bare, and which of its edges must be those of a word."""

    text: str
    at_start: bool
    at_end: bool


class Hit(NamedTuple):
    """A needle where it stands; `start` and `end` count characters of the normal text."""

    needle: Needle
    start: int
    end: int


Found = tuple[int, int, int]
"""The number of a needle, and where its pattern begins and ends."""


class Finder:
    """All needles, ready, each known by its number. Edges are looked for as spaces, so that a letter too many is not even a hit."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.needles = list(dict.fromkeys(needles))
        self.numbers = {needle: number for number, needle in enumerate(self.needles)}
        patterns = [_pattern(needle) for needle in self.needles]
        self._before = [pattern.startswith(" ") for pattern in patterns]
        self._after = [pattern.endswith(" ") for pattern in patterns]
        self._automaton = AhoCorasick(patterns) if patterns else None

    def find(self, text: str) -> list[Found]:
        """Every needle that stands in a text as `searchable` makes it, also where they overlap."""
        return [] if self._automaton is None else self._automaton.find_matches_as_indexes(text, overlapping=True)

    def hit(self, found: Found) -> Hit:
        number, start, end = found
        return Hit(self.needles[number], start + self._before[number], end - self._after[number])


def searchable(text: str) -> str:
    """The normal text with a space at every edge of a word: around it, and where Chinese and other letters meet; Chinese in short letters."""
    if not text.isascii():
        text = _CHINESE_EDGE.sub(" ", text.translate(_TRADITIONAL))
    return f" {text} "


def _pattern(needle: Needle) -> str:
    bare = searchable(needle.text)
    starts = needle.at_start and not is_chinese(needle.text[0])
    ends = needle.at_end and not is_chinese(needle.text[-1])
    return bare[0 if starts else 1 : len(bare) if ends else -1]


def written(word: str) -> Needle | None:
    """The needle of one written word; None if nothing of it is left to look for."""
    word = word.strip()
    bare = normal_words(word.strip("*"))
    return Needle(bare, not word.startswith("*"), not word.endswith("*")) if bare else None


def spellings(word: str) -> list[str]:
    """As written, and as typed where a keyboard has no umlauts."""
    typed = word.casefold()
    for umlaut, letters in _UMLAUTS:
        typed = typed.replace(umlaut, letters)
    return [word] if typed == word.casefold() else [word, typed]


def letters(text: str) -> int:
    """How much a word says: a Chinese character as much as three letters."""
    return len(text) - text.count(" ") + (0 if text.isascii() else 2 * sum(map(is_chinese, text)))


def is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"
