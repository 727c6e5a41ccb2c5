"""What the list of lines to decide is narrowed to, as the address says it, and the words of what was learned."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forecourt.engines.audience.learning import answers, bounds, review
from forecourt.engines.audience.models import Learner
from forecourt.faces.ui import formats
from forecourt.faces.ui.templatetags.ui import language_word
from forecourt.records.catalogue.models import WorkKind

Choices = list[tuple[str, str | Promise]]
_FIELDS = {"q": "text", "language": "language", "suggestion": "suggestion", "certainty": "certainty", "told_by": "told_by"}


def filters(given: QueryDict) -> review.Filters:
    """What cannot be read counts as not set."""
    return review.Filters(**{field: given.get(name, "").replace("\x00", "").strip()[:80] for name, field in _FIELDS.items()})


def address(base: str, asked: review.Filters, line: str = "") -> str:
    """The list so narrowed, at a line."""
    values = {name: getattr(asked, field) for name, field in _FIELDS.items() if getattr(asked, field)}
    query = urlencode(values | ({"line": line} if line else {}))
    return f"{base}?{query}" if query else base


def kept(asked: review.Filters) -> list[tuple[str, str]]:
    """The filters as hidden fields of a form."""
    return [(name, getattr(asked, field)) for name, field in _FIELDS.items() if getattr(asked, field)]


def kinds() -> list[tuple[str, str]]:
    """All kinds of work, named in the reader's language."""
    language = get_language() or "en"
    return [(kind.code, kind.label(language)) for kind in WorkKind.objects.filter(is_active=True)]


def choices(of: list[tuple[str, str]]) -> dict[str, Choices]:
    """What each filter offers."""
    high, medium = {"share": formats.percent(review.HIGH)}, {"share": formats.percent(review.MEDIUM)}
    languages = [(code, language_word(code)) for code in review.languages()]
    return {
        "suggestion": [("", _("All")), *of, (review.NO_KIND, _("None of these")), (review.NO_SUGGESTION, _("No suggestion"))],
        "certainty": [
            ("", _("All")),
            ("high", _("From %(share)s") % high),
            ("medium", _("From %(share)s") % medium),
            ("low", _("Under %(share)s") % medium),
        ],
        "language": [("", _("All")), *languages] if languages else [],
        "told_by": [("", _("All")), ("nothing", _("Nothing decided")), ("model", _("Only comparison decided"))],
    }


def suggestion(line: review.Waiting, names: dict[str, str]) -> str:
    """The kinds in words."""
    if line.suggested is None:
        return _("No suggestion")
    return " + ".join(names.get(kind, kind) for kind in line.suggested) or _("None of these kinds")


def certainty(line: review.Waiting) -> str:
    """How sure that is, in plain words and as a share."""
    if line.suggested is None:
        return ""
    share = {"share": formats.percent(line.certainty)}
    if line.certainty >= review.HIGH:
        return _("very likely, %(share)s") % share
    return (_("likely, %(share)s") if line.certainty >= review.MEDIUM else _("perhaps, %(share)s")) % share


def learner() -> tuple[Learner, list[str]]:
    """The dealer's learner, and what can be said of it, sentence by sentence."""
    known = answers.learner()
    return known, _said(known)


def _said(known: Learner) -> list[str]:
    texts, by_people = known.basis.get("texts", 0), known.basis.get("by_people", 0)
    if not known.is_on:
        return [_("Switched off: lines are read by rules and by people only.")]
    if not known.version:
        facts = {"least": formats.number(bounds.LEAST_TEXTS), "kind": bounds.LEAST_OF_A_KIND, "texts": formats.number(texts + by_people)}
        text = _(
            "Too little to learn from, so it says nothing: it needs %(least)s different decided texts, and %(kind)s of a kind. There are %(texts)s."
        )
        return [text % facts]
    facts = {"day": formats.day(known.taught_at), "texts": formats.number(texts + by_people), "people": formats.number(by_people)}
    learned = _("Learned on %(day)s from %(texts)s texts of yours, %(people)s of them decided by people.") % facts
    if known.threshold is not None:
        facts = {"threshold": formats.percent(known.threshold), "right": formats.percent(known.right)}
        return [learned, _("From %(threshold)s certainty on it decides by itself. Of texts held back, %(right)s were right there.") % facts]
    if by_people < bounds.LEAST_BY_PEOPLE:
        text = _("For now it only suggests. How right it is can be measured once people have decided %(least)s texts of this list.")
        return [learned, text % {"least": bounds.LEAST_BY_PEOPLE}]
    return [
        learned,
        _("It only suggests: of its answers on texts held back, fewer than %(aim)s were right.") % {"aim": formats.percent(bounds.AIM)},
    ]
