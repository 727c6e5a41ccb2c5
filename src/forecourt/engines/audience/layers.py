"""Two layers of rules: ours, which come with the product and grow better with it, and on top what a dealer says.

Owns what a dealer may say and what is in force then: rules of their own; for one of ours, words and codes more, or some taken out, or the
whole rule off; for all rules of a kind of work, words that silence them. Pure but for its words; rows and versions are kept by `rules`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from forecourt.engines.audience import codes, needles, standard
from forecourt.engines.audience.lines import words_of
from forecourt.engines.audience.matching import Words
from forecourt.kernel.errors import Refusal
from forecourt.kernel.identifiers import normal_code, normal_words
from forecourt.kernel.ids import uuid7

WHOLE_KIND: Final = "*"
"""Of a dealer's rule: it silences all rules of its kind of work."""
PARTS: Final = ("codes", "words", "unless_words", "without")
MOST_WORDS: Final = 400
_LONGEST: Final = {"codes": 40, "words": 80, "unless_words": 80, "without": 80}
_Bare = tuple[str, bool, bool]  # what is compared, and whether its edges are open
_SHORTEST_WORD, _SHORTEST_PIECE, _SHORTEST_CHINESE = 2, 3, 2


@dataclass(frozen=True)
class Own:
    """One thing that a dealer says: see `models.Rule`."""

    id: UUID
    work_kind: str
    standard: str = ""
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unless_words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_active: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be other without it."""
        return not any(getattr(self, part) for part in PARTS) and (self.is_active or not self.standard)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        parts = {part: list(getattr(self, part)) for part in PARTS}
        return {"id": str(self.id), "work_kind": self.work_kind, "standard": self.standard, **parts, "is_active": self.is_active}


def own(told: dict[str, Any]) -> Own:
    """From `Own.plain`."""
    parts = {part: tuple(told[part]) for part in PARTS}
    return Own(UUID(told["id"]), told["work_kind"], told["standard"], **parts, is_active=told["is_active"])


def ours(work_kind: str | None = None) -> list[Words]:
    """Our rules, of one kind of work or of all."""
    return [rule for rule in words_of(standard.rules()) if work_kind in (None, rule.work_kind)]


def in_force(own: Iterable[Own]) -> list[Words]:
    """All rules as they decide: ours with what the dealer changed in them, then the dealer's own."""
    told = settled(own)
    changed = {each.standard: each for each in told if each.standard not in ("", WHOLE_KIND)}
    never = {each.work_kind: each.unless_words for each in told if each.standard == WHOLE_KIND and each.is_active}
    found = [_with(rule, changed.get(rule.key)) for rule in ours()]
    found += [
        Words(each.work_kind, each.codes, each.words, each.unless_words, key=str(each.id))
        for each in sorted(told, key=lambda each: each.id)
        if not each.standard and each.is_active
    ]
    return [
        replace(rule, unless_words=_united(rule.unless_words, never[rule.work_kind])) if rule.work_kind in never else rule
        for rule in found
        if rule is not None and (rule.codes or rule.words)
    ]


def settled(own: Iterable[Own]) -> list[Own]:
    """What a dealer says, where the product no longer has a rule that it changed: its words stay, as a rule of the dealer's own."""
    known = {"", WHOLE_KIND, *(rule["key"] for rule in standard.rules())}
    found = [each if each.standard in known else replace(each, standard="", without=()) for each in own]
    return [each for each in found if each.standard or each.words or each.codes]


def _with(rule: Words, change: Own | None) -> Words | None:
    if change is None:
        return rule
    if not change.is_active:
        return None
    out = set(change.without)
    return replace(
        rule,
        codes=_united((each for each in rule.codes if each not in out), change.codes),
        words=_united((each for each in rule.words if each not in out), change.words),
        unless_words=_united((each for each in rule.unless_words if each not in out), change.unless_words),
    )


def _united(some: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))


# -- what may be said --


def cleaned(told: Sequence[Own]) -> list[Own]:
    """What a dealer says of one kind of work, tidied, without what says nothing; Refusal where it cannot be meant.

    Codes: "code_*", `word` names the word, `part` the list it stands in, `rule` the id of the rule that it stands in.
    """
    never = {_bare(word): word for each in told if each.standard == WHOLE_KIND for word in each.unless_words}
    kept = []
    for each in map(_tidied, told):
        if each.is_empty:
            continue
        _refuse_wrong_words(each)
        _refuse_wrong_codes(each)
        _refuse_both(each, never)
        if each.standard == "" and not each.words and not each.codes:
            raise _refusal("rule_empty", _("A rule of your own needs a word or a code that decides, not only exceptions."), each, "words")
        kept.append(each)
    return kept


def _tidied(each: Own) -> Own:
    typed = {part: [" ".join(word.split()) for word in getattr(each, part)] for part in PARTS}
    typed["codes"] = [codes.tidied(code) for code in typed["codes"]]
    tidied: dict[str, Any] = {part: tuple(dict.fromkeys(filter(None, words))) for part, words in typed.items()}
    return replace(each, **tidied)


def _refuse_wrong_words(each: Own) -> None:
    for part in PARTS:
        words = getattr(each, part)
        if len(words) > MOST_WORDS:
            raise _refusal("too_many", _("More than %(most)s words are too many for one rule.") % {"most": MOST_WORDS}, each, part)
        for word in words:
            if len(word) > _LONGEST[part]:
                text = _("“%(word)s” is too long: at most %(most)s letters.") % {"word": word, "most": _LONGEST[part]}
                raise _refusal("word_too_long", text, each, part, word)
            if part in {"words", "unless_words"}:
                _refuse_short(each, part, word)


def _refuse_short(each: Own, part: str, word: str) -> None:
    for piece in word.split(" + "):
        needle = needles.written(piece)
        if needle is None:
            raise _refusal("word_empty", _("“%(word)s” holds no letter or number to look for.") % {"word": word}, each, part, word)
        is_chinese = any(map(needles.is_chinese, needle.text))
        is_open = not (needle.at_start and needle.at_end)
        if len(needle.text) < (_SHORTEST_CHINESE if is_chinese else _SHORTEST_PIECE if is_open else _SHORTEST_WORD):
            text = _("“%(word)s” is too short: it would be found in nearly every line. Write more of the word.") % {"word": word}
            raise _refusal("word_too_short", text, each, part, word)


def _refuse_wrong_codes(each: Own) -> None:
    for code in each.codes:
        if codes.DASH in code:
            _refuse_wrong_range(each, code)
        elif not normal_code(code.replace("*", "")):
            text = _("“%(word)s” holds no letter or number: every code would be one of these.") % {"word": code}
            raise _refusal("code_empty", text, each, "codes", code)
        elif "*" in code.rstrip("*"):
            text = _("“%(word)s”: a star stands only at the end of a code, for codes that begin like this.") % {"word": code}
            raise _refusal("code_star", text, each, "codes", code)


def _refuse_wrong_range(each: Own, code: str) -> None:
    span = codes.span(code)
    low, high = code.split(codes.DASH, 1)
    if span is None:
        text = _("“%(word)s” is no range: both ends need the same letters and then a number, as in 4100–4199.") % {"word": code}
        raise _refusal("range_wrong", text, each, "codes", code)
    if span.low > span.high:
        text = _("“%(word)s” is turned round: write %(right)s.") % {"word": code, "right": f"{high}{codes.DASH}{low}"}
        raise _refusal("range_turned", text, each, "codes", code)


def _refuse_both(each: Own, never: dict[_Bare, str]) -> None:
    exceptions = {_bare(word): word for word in each.unless_words} | never
    for word in each.words:
        if _bare(word) in exceptions:
            text = _("“%(word)s” stands on both sides, as a word that decides and as an exception. Take it out of one.") % {"word": word}
            raise _refusal("word_both", text, each, "words", word)
    if each.standard != WHOLE_KIND:
        return
    for rule in ours(each.work_kind):
        for word in rule.words:
            if _bare(word) in never:
                text = _("“%(word)s” is a word of ours for this work. Take it out there instead of excepting it here.") % {"word": word}
                raise _refusal("word_of_ours", text, each, "unless_words", never[_bare(word)])


def _bare(word: str) -> _Bare:
    word = word.strip()
    return normal_words(word.replace("*", " ")), word.startswith("*"), word.endswith("*")


def _refusal(code: str, text: str, each: Own, part: str, word: str = "") -> Refusal:
    return Refusal(code, text, rule=each.standard or str(each.id), part=part, word=word)


# -- what changed --


def differences(before: Collection[Own], after: Collection[Own]) -> list[dict[str, Any]]:
    """What one set of sayings has more or less than another, a dictionary for each rule and part that `changes` puts into words."""
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    found = []
    for each_id in sorted({*old, *new}):
        was, now = old.get(each_id), new.get(each_id)
        some = now or old[each_id]
        found += [{"kind": some.work_kind, "standard": some.standard, **told} for told in _altered(was, now)]
    return found


def _altered(was: Own | None, now: Own | None) -> Iterator[dict[str, Any]]:
    is_ours = any(each.standard for each in (was, now) if each)
    if (was is None or now is None) and not is_ours:
        yield {"what": "rule", "more": [*now.codes, *now.words] if now else [], "less": [*was.codes, *was.words] if was else []}
        return
    for part in PARTS:
        old, new = getattr(was, part, ()), getattr(now, part, ())
        more, less = [word for word in new if word not in old], [word for word in old if word not in new]
        if more or less:
            yield {"what": part, "more": more, "less": less}
    if (was is None or was.is_active) != (now is None or now.is_active):
        yield {"what": "on" if now is None or now.is_active else "off", "more": [], "less": []}


def begun(work_kind: str, *, standard: str = "") -> Own:
    """An empty one to write into."""
    return Own(uuid7(), work_kind, standard)
