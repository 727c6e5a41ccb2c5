"""How rules are spoken of: kinds of work, why a line is of a kind, what a version changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forecourt.engines.audience import layers
from forecourt.engines.audience.matching import Decision
from forecourt.records.catalogue.models import WorkKind

_SHOWN = 6


def labels() -> dict[str, str]:
    """Every kind of work by its code, in the catalogue's order; one that only rules know goes by its code."""
    language = get_language() or "en"
    found = {kind.code: kind.label(language) for kind in WorkKind.objects.all()}
    return found | {rule.work_kind: rule.work_kind for rule in layers.ours() if rule.work_kind not in found}


def read_as(decisions: Sequence[Decision], named: dict[str, str]) -> list[tuple[str, str]]:
    """Each kind of a line with what decided it."""
    return [(named.get(each.work_kind, each.work_kind), reason(each)) for each in decisions]


def reason(decision: Decision) -> str:
    if decision.by == "code":
        return _("by the code %(value)s") % {"value": decision.value}
    return _("by the word “%(value)s”") % {"value": decision.value}


def changes(told: Iterable[dict[str, Any]], named: dict[str, str]) -> list[str]:
    """What a version changed, a sentence for each change."""
    return [sentence for each in told for sentence in _change(each, named.get(each["kind"], each["kind"]))]


def _change(told: dict[str, Any], kind: str) -> list[str]:
    facts = {"kind": kind, "rule": told["standard"].rpartition(".")[2], "more": _listed(told["more"]), "less": _listed(told["less"])}
    match told["what"]:
        case "product":
            return [_("%(kind)s: the product brought better rules") % facts]
        case "off":
            return [
                _("%(kind)s: our rule “%(rule)s” switched off") % facts if facts["rule"] else _("%(kind)s: a rule switched off") % facts
            ]
        case "on":
            return [_("%(kind)s: our rule “%(rule)s” switched on") % facts if facts["rule"] else _("%(kind)s: a rule switched on") % facts]
        case "without":
            pairs = (("more", _("%(kind)s: taken out of ours: %(more)s")), ("less", _("%(kind)s: put back into ours: %(less)s")))
        case "unless_words":
            pairs = (("more", _("%(kind)s: exceptions added: %(more)s")), ("less", _("%(kind)s: exceptions taken away: %(less)s")))
        case "codes":
            pairs = (("more", _("%(kind)s: codes added: %(more)s")), ("less", _("%(kind)s: codes taken away: %(less)s")))
        case _:
            pairs = (("more", _("%(kind)s: words added: %(more)s")), ("less", _("%(kind)s: words taken away: %(less)s")))
    return [sentence % facts for part, sentence in pairs if told[part]]


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_SHOWN])
    return _("%(words)s and %(count)s more") % {"words": shown, "count": len(words) - _SHOWN} if len(words) > _SHOWN else shown
